/** Bits and bytes by language, and bits per byte: what every peer is measured in. */

import { isRecord } from '../../../src/inference/record';
import { type Check, count, number, object } from '../../../src/inference/wire/shapes';
import { HEADLINE, type HeldOutFile, measuredBytes } from './heldOut';

export interface Sum {
	readonly bits: number;
	/** UTF-8 bytes. */
	readonly bytes: number;
}

/** By language, and of those in front together. */
export type Sums = Readonly<Record<string, Sum>>;

export const FRONT = HEADLINE.join(' + ');

const isSum = object<Sum>({ bits: number, bytes: count });
export const isSums: Check<Sums> = (value): value is Sums =>
	isRecord(value) && Object.values(value).every((sum) => isSum(sum));

/** The files of the languages in front together, then of each language, in the order in which they come. */
export function groupsOf(files: readonly HeldOutFile[]): ReadonlyMap<string, readonly HeldOutFile[]> {
	const groups = new Map([[FRONT, files.filter(({ language }) => HEADLINE.includes(language))]]);
	for (const language of new Set(files.map((file) => file.language))) {
		groups.set(
			language,
			files.filter((file) => file.language === language),
		);
	}
	return groups;
}

/** @param bits of each file, in the order of the files. */
export function sumsOf(files: readonly HeldOutFile[], bits: readonly number[]): Sums {
	const bitsOf = new Map(files.map((file, index) => [file, bits[index] ?? Number.NaN]));
	return Object.fromEntries(
		[...groupsOf(files)].map(([name, group]) => [
			name,
			{
				bits: group.reduce((sum, file) => sum + (bitsOf.get(file) ?? Number.NaN), 0),
				bytes: measuredBytes(group),
			},
		]),
	);
}

/** NaN for a group that is not there. */
export function bitsPerByte(sums: Sums, group: string): number {
	const sum = sums[group];
	return sum === undefined || sum.bytes === 0 ? Number.NaN : sum.bits / sum.bytes;
}

/** Group by group. */
export function addSums(all: readonly Sums[]): Sums {
	const added = new Map<string, Sum>();
	for (const [group, { bits, bytes }] of all.flatMap((sums) => Object.entries(sums))) {
		const before = added.get(group) ?? { bits: 0, bytes: 0 };
		added.set(group, { bits: before.bits + bits, bytes: before.bytes + bytes });
	}
	return Object.fromEntries(added);
}
