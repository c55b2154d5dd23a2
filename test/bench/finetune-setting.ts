/** The ways in which the trainer can compute one and the same LoRA step, and which of them are measured. */
import type { TypeName } from '../../src/finetune/ggml/arena';
import { boolean, type Check, literal, object, shortString } from '../../src/inference/wire/shapes';
import type { Mixture } from './quantised';

export interface Setting {
	readonly base: Mixture;
	/** Type of the transposed copies. */
	readonly copies: TypeName;
	/** Whether matrices may lie in the layouts that the CPU's fastest kernels want. */
	readonly repack: boolean;
	/** Type in which activations wait for the backward pass. */
	readonly keepIn: 'F32' | 'BF16';
	/** Type of the left side of products of activations. */
	readonly products: 'F32' | 'F16' | 'BF16';
	readonly checkpointing: boolean;
}

export const isSetting: Check<Setting> = object<Setting>({
	base: literal('F32', 'Q8_0', 'Q4_0', 'Q4_K_M'),
	copies: shortString,
	repack: boolean,
	keepIn: literal('F32', 'BF16'),
	products: literal('F32', 'F16', 'BF16'),
	checkpointing: boolean,
});

const usual: Setting = {
	base: 'Q8_0',
	copies: 'Q8_0',
	repack: true,
	keepIn: 'BF16',
	products: 'F32',
	checkpointing: false,
};

/** The setting whose gradient the others' are held against: no rounding but the base's own. */
export function exact(base: Mixture): Setting {
	return { ...usual, base, copies: 'F32', repack: false, keepIn: 'F32' };
}

/** The usual setting and its neighbours: each choice is varied alone, on the bases where it matters. */
export const SETTINGS: readonly Setting[] = [
	usual,
	{ ...usual, repack: false },
	{ ...usual, keepIn: 'F32' },
	{ ...usual, products: 'BF16' },
	{ ...usual, products: 'F16' },
	{ ...usual, checkpointing: true },
	{ ...usual, copies: 'BF16' },
	{ ...usual, base: 'Q4_0' },
	{ ...usual, base: 'Q4_0', copies: 'BF16' },
	{ ...usual, base: 'Q4_0', copies: 'Q4_0' },
	{ ...usual, base: 'Q4_K_M' },
	{ ...usual, base: 'Q4_K_M', checkpointing: true },
];

/** For example `Q4_0, copies Q8_0 repacked, kept BF16, products F32, checkpointed`. */
export function describe({ base, copies, repack, keepIn, products, checkpointing }: Setting): string {
	const layout = repack ? ' repacked' : '';
	const repeated = checkpointing ? ', checkpointed' : '';
	return `${base}, copies ${copies}${layout}, kept ${keepIn}, products ${products}${repeated}`;
}
