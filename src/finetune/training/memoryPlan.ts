/** Decides, before anything is loaded, how a run fits into the memory that is free, or says what would. */

import type { GgufTensor } from '../../inference/gguf/ggufTensors';
import type { ModelShape } from '../architectures/architecture';
import type { Dataset } from '../dataset/sample';
import type { Device } from '../ggml/device';
import type { Estimate } from '../job/messages';
import type { TrainingSettings } from '../settings';
import type { Kernels } from './kernels';
import { estimateMemory } from './memoryEstimate';

/** A device, as far as its memory is planned. */
export type PlannedDevice = Pick<Device, 'name' | 'description' | 'isCpu' | 'threads' | 'repacking'>;

export interface MemoryPlan {
	readonly estimate: Omit<Estimate, 'tokens' | 'steps' | 'stepMilliseconds' | 'lookMilliseconds'>;
	/** What computes fastest of what fits. */
	readonly kernels: Kernels;
	/** What is missing and what would fit; undefined where it fits. */
	readonly refusal: string | undefined;
}

/** Share of the free memory that a run may take: the editor and the model host go on beside it. */
const USABLE = 0.9;
/** Bytes of a number in a Q8_0 matrix. */
const Q8_BYTES = 34 / 32;
/** Factor of those where they lie in AMX's layout, which keeps a sum of 4 bytes with each block of 34. */
const AMX_Q8 = 38 / 34;
/** Bytes of a number in a BF16 matrix. */
const BF16_BYTES = 2;
/** Bytes of a BF16 number. */
const KEPT_BYTES = 2;
/** Sequence lengths that are offered where what was asked for does not fit. */
const LENGTHS = [4096, 2048, 1024, 512, 384, 256, 128, 64];

export function planMemory(
	shape: ModelShape,
	tensors: readonly GgufTensor[],
	settings: TrainingSettings,
	dataset: Dataset,
	device: PlannedDevice,
	free: number,
	fastest: Kernels,
): MemoryPlan {
	const tokens = Math.min(shape.vocabulary, dataset.header.train.tokens + dataset.header.heldOut.tokens);
	const repackedQ8 = device.repacking.has('AMX') ? AMX_Q8 : 1;
	const need = (length: number, checkpointing: boolean, copies: Kernels['copies'] = 'Q8_0') => {
		const { loading, ...parts } = estimateMemory(shape, tensors, {
			settings,
			length,
			copyBytes: copies === 'BF16' ? BF16_BYTES : Q8_BYTES * repackedQ8,
			repackedQ8,
			keptBytes: KEPT_BYTES,
			checkpointing,
			tokens,
		});
		return { ...parts, total: parts.weights + Math.max(loading, parts.optimiser + parts.activations) };
	};
	const room = free * USABLE;
	const length = settings.sequenceLength;
	const wanted = settings.gradientCheckpointing;
	const checkpointing = wanted === 'on' || (wanted === 'auto' && need(length, false).total > room);
	const copies = need(length, checkpointing, fastest.copies).total > room ? 'Q8_0' : fastest.copies;
	const chosen = need(length, checkpointing, copies);
	return {
		estimate: {
			device: `${device.name}: ${device.description}`,
			threads: device.threads,
			...chosen,
			free,
			gradientCheckpointing: checkpointing,
		},
		kernels: { ...fastest, copies },
		refusal:
			chosen.total <= room
				? undefined
				: refusal(shape, device, chosen.total, free, fitting(need, length, room)),
	};
}

function fitting(
	need: (length: number, checkpointing: boolean) => { readonly total: number },
	length: number,
	room: number,
): number | undefined {
	return [length, ...LENGTHS.filter((shorter) => shorter < length)].find(
		(one) => need(one, true).total <= room,
	);
}

function refusal(
	shape: ModelShape,
	device: PlannedDevice,
	total: number,
	free: number,
	length: number | undefined,
): string {
	const remedy =
		length === undefined
			? 'Choose a smaller model, or close other programs.'
			: `With gradient checkpointing, a sequence length of ${length} would fit (familiar.finetune.sequenceLength); or close other programs.`;
	const elsewhere = device.isCpu ? '' : ' Or set familiar.model.backend to cpu.';
	return `Fine-tuning ${shape.name} needs about ${gigabytes(total)} GB of memory, and ${gigabytes(free)} GB are free. ${remedy}${elsewhere}`;
}

function gigabytes(bytes: number): string {
	return (bytes / 2 ** 30).toFixed(1);
}
