/** What the trainer learns from: tokens with a weight for each, in rows that it packs itself. Types only. */

/** One document: it never sees another, even where two share a row. */
export interface Sample {
	/** Token ids, at least 2. */
	readonly tokens: Int32Array;
	/**
	 * As long as `tokens`: the weight of the loss of predicting that token from those before it; 0 for what only
	 * conditions. The first is never predicted: its weight is 0.
	 */
	readonly weights: Float32Array;
	/** Index into the header's `files`: held-out losses are grouped by file. */
	readonly file: number;
}

/** Which tokens have a weight. `middle`: what stands in for an answer; `all`: every token but what was typed. */
export type LossOn = 'middle' | 'all';

/** What a dataset is, written as JSON before its tokens. */
export interface DatasetHeader {
	/** Layout of the file; see `datasetFile.ts`. */
	readonly version: 1;
	/** What its samples are: places to fill in, or conversations. Default: completion. */
	readonly kind?: 'completion' | 'chat' | undefined;
	/** `ModelDescription.promptFormat` of the model whose prompts these are. */
	readonly promptFormat: number;
	/** Absolute path of the base model's GGUF. */
	readonly basePath: string;
	/** Names of the repositories, as shown. */
	readonly repositories: readonly string[];
	/** `repository/path` of every file that gave samples. */
	readonly files: readonly string[];
	readonly lossOn: LossOn;
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	/**
	 * The token that stands at the end of a sample whose middle is over there. Undefined where the model has none, and in
	 * datasets of an earlier version.
	 */
	readonly end?: number | undefined;
	/**
	 * The commit that was checked out in each repository that has a history, and when it was committed, in milliseconds
	 * since 1970. Undefined in datasets of an earlier version, as are the following.
	 */
	readonly heads?:
		| readonly { readonly repository: string; readonly commit: string; readonly at: number }[]
		| undefined;
	/** The test, which is no part of this file: by which rule it was chosen, and how many places it has. */
	readonly test?: { readonly by: 'time' | 'folder' | 'seed'; readonly places: number } | undefined;
	/** Samples to learn from that the base model has written itself; they stand last, under the last of `files`. */
	readonly replay?: number | undefined;
	readonly train: DatasetPart;
	readonly heldOut: DatasetPart;
}

export interface DatasetPart {
	readonly samples: number;
	readonly tokens: number;
	/** Tokens whose weight is not 0. */
	readonly weighted: number;
	readonly files: number;
}

export interface Dataset {
	readonly header: DatasetHeader;
	readonly train: readonly Sample[];
	readonly heldOut: readonly Sample[];
	/** sha256 of the file, in hexadecimal. */
	readonly hash: string;
}
