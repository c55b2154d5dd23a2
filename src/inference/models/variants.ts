/** The models among the files of a repository: parts put together, each with its quantisation and its size. */

import { partNames, partNumber } from '../modelFile';
import { modelFileName } from './names';

/** A file as the hub lists it. */
export interface ListedFile {
	/** From the root of the repository. */
	readonly path: string;
	readonly bytes: number;
	/** In hexadecimal; undefined for files that git itself holds. */
	readonly sha256: string | undefined;
}

export interface Variant {
	/** As in the file's name, for example `Q4_K_M`; undefined where it says nothing. */
	readonly quantisation: string | undefined;
	/** The first part first. */
	readonly files: readonly ListedFile[];
	/** Of all files. */
	readonly bytes: number;
}

/** Not a model of its own: the eyes of another one, a table that was used for quantising, a helper for speculation. */
const COMPANION = /mmproj|imatrix|(^|[-_.])mtp([-_.]|$)/i;
const QUANTISATION =
	/(?<![a-z0-9])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|F16|F32|FP16))(?=[-.]|$)/i;

/** The quantisation in the name of a file; undefined where there is none. */
export function quantisationOf(name: string): string | undefined {
	return QUANTISATION.exec(name)?.[1]?.toUpperCase();
}

/** Sorted by size, the smallest first; what has a part missing is no model. */
export function variantsOf(files: readonly ListedFile[]): readonly Variant[] {
	const byPath = new Map(files.map((file) => [file.path, file]));
	return files
		.flatMap((file): Variant[] => {
			const name = modelFileName(file.path);
			if (name === undefined || COMPANION.test(name)) {
				return [];
			}
			const { number, count } = partNumber(name) ?? { number: 1, count: 1 };
			if (number > 1 || count > files.length) {
				return [];
			}
			const folder = file.path.slice(0, file.path.length - name.length);
			const names = partNames(name) ?? [name];
			const parts = names.flatMap((part) => byPath.get(`${folder}${part}`) ?? []);
			return parts.length === names.length
				? [
						{
							// Some repositories have a folder for each.
							quantisation: quantisationOf(name) ?? quantisationOf(folder.replace(/\/$/, '')),
							files: parts,
							bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
						},
					]
				: [];
		})
		.sort((one, other) => one.bytes - other.bytes);
}

/** From the best to the smallest that is still good; more bits than those of the first make no difference. */
const BEST_FIRST = [
	'Q8_0',
	'Q6_K',
	'Q5_K_M',
	'UD-Q4_K_XL',
	'Q4_K_M',
	'MXFP4',
	'Q4_K_S',
	'Q4_1',
	'Q4_0',
] as const;

/** Good for their size, in the order in which they are preferred. */
const USUAL = ['Q4_K_M', 'UD-Q4_K_XL', 'Q4_K_S', 'Q4_0', 'Q5_K_M', 'Q4_1', 'Q6_K', 'Q8_0', 'MXFP4'] as const;

/**
 * The one to offer first; undefined where there are none.
 * @param preferred a quantisation; undefined where any will do.
 */
export function usualVariant(
	variants: readonly Variant[],
	preferred: string | undefined,
): Variant | undefined {
	return (
		[preferred, ...USUAL]
			.map((name) => variants.find(({ quantisation }) => quantisation !== undefined && quantisation === name))
			.find((variant) => variant !== undefined) ?? variants[0]
	);
}

/**
 * The one to recommend: the best that fits and is quick enough, where it is known how quick; else the usual one where that
 * fits, else the best that does; undefined where there are none.
 * @param preferred a quantisation; undefined where any will do. @param isChosen whether the user named it: then it is taken.
 */
export function bestVariant(
	variants: readonly Variant[],
	preferred: string | undefined,
	isChosen: boolean,
	fitOf: (variant: Variant) => {
		readonly fits: boolean;
		readonly isComfortable: boolean;
		readonly isKnown: boolean;
	},
): Variant | undefined {
	const usual = usualVariant(variants, preferred);
	if (usual === undefined || (isChosen && usual.quantisation === preferred)) {
		return usual;
	}
	const good = BEST_FIRST.flatMap((name) => variants.find(({ quantisation }) => quantisation === name) ?? []);
	const known = good.filter((variant) => fitOf(variant).isKnown);
	return (
		known.find((variant) => fitOf(variant).isComfortable) ??
		[usual, ...good, ...variants.toReversed()].find((variant) => fitOf(variant).isComfortable) ??
		[usual, ...good].find((variant) => fitOf(variant).fits) ??
		variants.find((variant) => fitOf(variant).fits) ??
		usual
	);
}
