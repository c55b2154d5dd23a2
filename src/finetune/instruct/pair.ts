/** A question about the user's code and its answer, as makers find them. Types only. */

/** Where a pair is from; each can be chosen. */
export const PAIR_KINDS = ['functions', 'commits', 'tests', 'fixes', 'teacher'] as const;
export type PairKind = (typeof PAIR_KINDS)[number];

export interface Pair {
	readonly kind: PairKind;
	readonly question: string;
	readonly answer: string;
	/** `repository/path` of every file that it shows: it is learned from only where none of them is held out. */
	readonly files: readonly string[];
}

/** A function that a teacher is asked about. */
export interface Seed {
	/** `repository/path`. */
	readonly file: string;
	/** As its fences name it. */
	readonly language: string;
	readonly name: string;
	readonly code: string;
}
