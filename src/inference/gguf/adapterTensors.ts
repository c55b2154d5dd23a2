/** What must hold of an adapter's tensors before llama.cpp sees them: pairs that fit the base's matrices. */
import type { GgufTensor } from './ggufTensors';

/** Types that are computed with as they are, and whose numbers can be checked. */
const TYPES: readonly string[] = ['F32', 'F16', 'BF16', 'Q8_0'];

/** What is wrong, naming the tensor; undefined where all pairs fit. */
export function adapterTensorsProblem(
	tensors: readonly GgufTensor[],
	base: ReadonlyMap<string, GgufTensor>,
): string | undefined {
	const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
	let pairs = 0;
	for (const tensor of tensors) {
		if (!TYPES.includes(tensor.type.name)) {
			return `tensor "${tensor.name}" has the type ${tensor.type.name} instead of ${TYPES.join(', ')}`;
		}
		const [, matrix, half] = /^(.*)\.lora_([ab])$/.exec(tensor.name) ?? [];
		if (matrix === undefined) {
			// llama.cpp passes over these.
			if (tensor.name.endsWith('_norm.weight')) {
				continue;
			}
			return `tensor "${tensor.name}" is no half of a pair: its name does not end with .lora_a or .lora_b`;
		}
		const other = `${matrix}.lora_${half === 'a' ? 'b' : 'a'}`;
		const partner = byName.get(other);
		if (partner === undefined) {
			return `tensor "${tensor.name}" has no partner "${other}"`;
		}
		if (half === 'a') {
			const problem = pairProblem(matrix, tensor, partner, base.get(matrix));
			if (problem !== undefined) {
				return problem;
			}
			pairs++;
		}
	}
	return pairs > 0 ? undefined : 'it has no tensors of an adapter';
}

function pairProblem(
	name: string,
	a: GgufTensor,
	b: GgufTensor,
	matrix: GgufTensor | undefined,
): string | undefined {
	if (matrix === undefined || matrix.shape.length < 2) {
		return `tensor "${a.name}" is for a matrix "${name}" that the loaded model does not have`;
	}
	const size = (tensor: GgufTensor, dimension: number) => tensor.shape[dimension] ?? 1;
	// llama.cpp looks embeddings up in A: both halves of their pair lie the other way round.
	const isEmbedding = name.endsWith('token_embd.weight');
	const [inputs, rankOfA] = isEmbedding ? [size(b, 1), size(a, 0)] : [size(a, 0), size(a, 1)];
	const [rankOfB, outputs] = isEmbedding ? [size(b, 0), size(a, 1)] : [size(b, 0), size(b, 1)];
	const fits =
		inputs === size(matrix, 0) &&
		outputs === size(matrix, 1) &&
		rankOfA === rankOfB &&
		[2, 3].every((at) => size(a, at) === size(matrix, at) && size(b, at) === size(matrix, at));
	return fits
		? undefined
		: `tensors "${a.name}" (${a.shape.join(' x ')}) and "${b.name}" (${b.shape.join(' x ')}) do not fit the loaded model's matrix (${matrix.shape.join(' x ')})`;
}
