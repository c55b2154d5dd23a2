/** Rotary positions. */

import type { Tensor } from '../ggml/arena';
import type { RopeParameters } from '../ggml/graph';
import type { Tape } from './tape';
import type { Variable } from './variable';

export interface Positions {
	/** I32 [m]: position of each column in its document. */
	readonly forward: Tensor;
	/** I32 [m]: the same, negated. */
	readonly negated: Tensor;
	/** F32 [dimensions / 2]: divisors of the frequencies (Llama 3); undefined = none. */
	readonly factors: Tensor | undefined;
}

/**
 * Turns each pair of x [head, heads, m] by its position's angle (Su et al. 2021). A turn's gradient is the turn back:
 * dx = the turn of dy by the negated angle.
 */
export function rope(tape: Tape, x: Variable, positions: Positions, parameters: RopeParameters): Variable {
	const { graph } = tape;
	return tape.record(graph.rope(x.tensor, positions.forward, positions.factors, parameters), [x], (dy) =>
		tape.give(x, () =>
			tape.options.forms.ropeBack
				? graph.ropeBack(dy, positions.forward, positions.factors, parameters)
				: graph.rope(dy, positions.negated, positions.factors, parameters),
		),
	);
}
