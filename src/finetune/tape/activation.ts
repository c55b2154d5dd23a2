/** The non-linear middle of an MLP. */

import type { Tensor } from '../ggml/arena';
import type { Tape } from './tape';
import type { Variable } from './variable';

type Activation = 'silu' | 'gelu';

/** √(2/π) and the cubic term of the tanh form of GELU (Hendrycks and Gimpel 2016). */
const GELU_ROOT = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

/**
 * f(gate)·up, both [n, m].
 * dGate = dy·up·f'(gate), dUp = dy·f(gate).
 */
export function gatedUnit(tape: Tape, gate: Variable, up: Variable, kind: Activation): Variable {
	const { graph } = tape;
	const apply = (one: Tensor, other: Tensor) => {
		if (!tape.options.forms.gatedUnit) {
			return graph.multiply(activate(tape, one, kind), other);
		}
		return kind === 'silu' ? graph.swiglu(one, other) : graph.geglu(one, other);
	};
	const needed = gate.needsGradient || up.needsGradient;
	const output = apply(gate.tensor, up.tensor);
	if (needed) {
		gate.retain(tape.compactly);
		up.retain(tape.compactly);
	}
	return tape.record(
		output,
		[gate, up],
		(dy) => {
			tape.give(up, () => graph.multiply(dy, activate(tape, gate.recall(), kind)));
			tape.give(gate, () => slopeTimes(tape, graph.multiply(dy, up.recall()), gate.recall(), kind));
		},
		needed ? () => apply(gate.recall(), up.recall()) : undefined,
	);
}

/** f(x), x [n, m]; dx = dy·f'(x). */
export function activation(tape: Tape, x: Variable, kind: Activation): Variable {
	const output = activate(tape, x.tensor, kind);
	if (x.needsGradient) {
		x.retain(tape.compactly);
	}
	return tape.record(
		output,
		[x],
		(dy) => tape.give(x, () => slopeTimes(tape, dy, x.recall(), kind)),
		x.needsGradient ? () => activate(tape, x.recall(), kind) : undefined,
	);
}

function activate({ graph }: Tape, x: Tensor, kind: Activation): Tensor {
	return kind === 'silu' ? graph.silu(x) : graph.gelu(x);
}

/** dy·f'(x). */
function slopeTimes(tape: Tape, dy: Tensor, x: Tensor, kind: Activation): Tensor {
	const { graph } = tape;
	if (kind === 'gelu') {
		return graph.multiply(dy, geluSlope(tape, x));
	}
	if (tape.options.forms.siluBack) {
		return graph.siluBack(dy, x);
	}
	// σ·(1 + x·(1 − σ)) = σ + silu − σ·silu
	const sigma = graph.sigmoid(x);
	const silu = graph.silu(x);
	return graph.multiply(dy, graph.subtract(graph.add(sigma, silu), graph.multiply(sigma, silu)));
}

/**
 * gelu(x) = x/2·(1 + t), t = tanh(r·(x + c·x³));
 * gelu'(x) = (1 + t)/2 + x/2·(1 − t²)·r·(1 + 3c·x²).
 */
function geluSlope({ graph }: Tape, x: Tensor): Tensor {
	const squared = graph.square(x);
	const inner = graph.multiply(x, graph.scale(squared, GELU_ROOT * GELU_CUBIC, GELU_ROOT));
	const t = graph.tanh(inner);
	const ramp = graph.multiply(x, graph.scale(squared, 1.5 * GELU_ROOT * GELU_CUBIC, 0.5 * GELU_ROOT));
	return graph.add(graph.scale(t, 0.5, 0.5), graph.multiply(ramp, graph.scale(graph.square(t), -1, 1)));
}
