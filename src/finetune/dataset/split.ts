/** Which files are learned from and which are held out: by seed and name, so that a file keeps its side as others come. */

import { createHash } from 'node:crypto';
import type { Translate } from '../../inference/statusText';
import { english } from '../job/english';

interface SplitFile {
	/** `repository/path`. */
	readonly name: string;
	readonly characters: number;
}

export interface Split<T> {
	readonly train: readonly T[];
	readonly heldOut: readonly T[];
}

/** Share of the text that is held out. A file is never divided, so it may be a tenth more or less of that. */
const HELD_OUT_SHARE = 0.1;
const MARGIN = 0.1;

/** Fewer files teach a model those files by heart and nothing else. */
const FEWEST_FILES = 10;
/** With fewer, the held-out ones are too few to prove a gain. */
const FEWEST_VERIFIABLE = 30;

/** Whether there is enough to learn from; `note` says what the result will not be worth. */
type Enough =
	| { readonly type: 'enough'; readonly note: string | undefined }
	| { readonly type: 'refused'; readonly reason: string };

/** @param translate Default: English. */
export function enough(files: number, translate: Translate = english): Enough {
	if (files === 0) {
		return {
			type: 'refused',
			reason: translate(
				'The open repositories hold no file to learn from. Open a Git repository with code; "Show What Fine-Tuning Would Read" gives the reason for each file that is left out.',
			),
		};
	}
	if (files < FEWEST_FILES) {
		return {
			type: 'refused',
			reason:
				files === 1
					? translate(
							'Only 1 file can be learned from, and at least {0} are needed: from fewer, a model learns little but these files by heart. Open more repositories; "Show What Fine-Tuning Would Read" gives the reason for each file that is left out.',
							FEWEST_FILES,
						)
					: translate(
							'Only {0} files can be learned from, and at least {1} are needed: from fewer, a model learns little but these files by heart. Open more repositories; "Show What Fine-Tuning Would Read" gives the reason for each file that is left out.',
							files,
							FEWEST_FILES,
						),
		};
	}
	return {
		type: 'enough',
		note:
			files < FEWEST_VERIFIABLE
				? translate(
						'{0} files are fewer than {1}: so few can be held out that a gain is not verifiable.',
						files,
						FEWEST_VERIFIABLE,
					)
				: undefined,
	};
}

export function charactersIn(parts: readonly { readonly characters: number }[]): number {
	return parts.reduce((sum, { characters }) => sum + characters, 0);
}

/**
 * Holds out about a tenth of the text, at least one file and never all.
 * @param share of the text, 0 to 1. Default: a tenth.
 * @throws RangeError for fewer than two files: nothing could be held out, or nothing learned
 */
export function split<T extends SplitFile>(
	files: readonly T[],
	seed: number,
	share = HELD_OUT_SHARE,
): Split<T> {
	if (files.length < 2) {
		throw new RangeError(`${files.length} files cannot be split; at least 2 are needed.`);
	}
	const goal = charactersIn(files) * share;
	const drawn = files
		.map((file) => ({ file, key: createHash('sha256').update(`${seed}\0${file.name}`).digest('hex') }))
		.sort((one, other) => (one.key < other.key ? -1 : 1));
	const chosen = new Set<T>();
	let held = 0;
	for (const { file } of drawn) {
		if (held < goal * (1 - MARGIN) && held + file.characters <= goal * (1 + MARGIN)) {
			chosen.add(file);
			held += file.characters;
		}
	}
	if (chosen.size === 0) {
		// Each is more than the share: the smallest, and of equals the first drawn.
		const [smallest] = drawn.map(({ file }) => file).sort((one, other) => one.characters - other.characters);
		if (smallest !== undefined) {
			chosen.add(smallest);
		}
	}
	return {
		train: files.filter((file) => !chosen.has(file)),
		heldOut: files.filter((file) => chosen.has(file)),
	};
}
