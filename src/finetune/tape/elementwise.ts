/** Operations on single numbers, and changes of shape. */

import type { Tensor } from '../ggml/arena';
import type { Tape } from './tape';
import type { Variable } from './variable';

/** a + b, both [n, m]; da = db = dy. */
export function add(tape: Tape, a: Variable, b: Variable): Variable {
	return tape.record(tape.graph.add(a.tensor, b.tensor), [a, b], (dy) => {
		tape.give(a, () => dy);
		tape.give(b, () => dy);
	});
}

/** factor·x; dx = factor·dy. A factor of 1 costs nothing. */
export function scale(tape: Tape, x: Variable, factor: number): Variable {
	return factor === 1
		? x
		: tape.record(tape.graph.scale(x.tensor, factor), [x], (dy) =>
				tape.give(x, () => tape.graph.scale(dy, factor)),
			);
}

/** x [head·heads, m] → [head, heads, m]; the gradient goes back into the first shape. */
export function splitHeads(tape: Tape, x: Variable, headSize: number): Variable {
	const [width, positions] = x.tensor.shape;
	const shape = [headSize, width / headSize, positions];
	return tape.record(tape.graph.reshape(x.tensor, shape), [x], (dy) =>
		tape.give(x, () => tape.graph.reshape(dy, [width, positions])),
	);
}

/** Factor by which a gradient passes cap·tanh(x / cap): 1 − tanh², from tanh itself. */
export function softCapSlope(tape: Tape, tanh: Tensor): Tensor {
	return tape.graph.scale(tape.graph.square(tanh), -1, 1);
}
