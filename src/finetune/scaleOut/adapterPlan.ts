/** Which matrices of the base get an adapter, as PEFT and mlx-lm name them, and how many numbers that trains. */

import type { ModelShape } from '../architectures/architecture';
import { type AdapterBase, moduleOfTensor } from '../peft/modules';
import type { Target, TrainingSettings } from '../settings';
import type { AdapterPlan } from './facts';

/** Names within a layer of the GGUF. */
const MATRIX: Readonly<Record<Target, string>> = {
	q: 'attn_q',
	k: 'attn_k',
	v: 'attn_v',
	o: 'attn_output',
	gate: 'ffn_gate',
	up: 'ffn_up',
	down: 'ffn_down',
};

/** @throws Error where the base has none of the matrices. */
export function adapterPlanOf(
	shape: Pick<ModelShape, 'architecture' | 'layers' | 'heads' | 'keyValueHeads'>,
	tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
	{ rank, targets, topLayers }: Pick<TrainingSettings, 'rank' | 'targets' | 'topLayers'>,
): AdapterPlan {
	const shapes = new Map(tensors.map((tensor) => [tensor.name, tensor.shape]));
	const base: AdapterBase = {
		...shape,
		shapeOf: (name) => {
			const [inputs, outputs] = shapes.get(name) ?? [];
			return inputs === undefined || outputs === undefined ? undefined : [inputs, outputs];
		},
	};
	const first = topLayers === 0 ? 0 : Math.max(0, shape.layers - topLayers);
	const paths = new Set<string>();
	let parameters = 0;
	for (let layer = first; layer < shape.layers; layer++) {
		for (const target of targets) {
			const module = moduleOfTensor(`blk.${layer}.${MATRIX[target]}.weight`, base);
			const size = module === undefined ? undefined : base.shapeOf(module.tensor);
			// Some architectures have no gate.
			if (module !== undefined && size !== undefined) {
				paths.add(module.module);
				parameters += rank * (size[0] + size[1]);
			}
		}
	}
	if (paths.size === 0) {
		throw new Error(
			`The model has none of the matrices ${targets.join(', ')} under a name that PEFT knows: its architecture is ${shape.architecture}.`,
		);
	}
	return {
		paths: [...paths],
		modules: [...paths].map((path) => path.slice(path.indexOf('.') + 1)),
		layers:
			first === 0 ? undefined : Array.from({ length: shape.layers - first }, (_, index) => first + index),
		parameters,
	};
}
