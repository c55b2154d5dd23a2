/** What the drawing of samples is asked for, and what it gives, piece by piece: plain data that a thread can send. */

import type { Place } from './encoder';
import type { HoleShares } from './holes';
import type { SourceFile } from './source';

/** How samples are drawn; see each default where it stands. */
export interface SampleShares {
	/** Of the kinds of spans. */
	readonly holes: HoleShares;
	/** How often a span of a commit is drawn where the history has 500 commits or more, 0 to 100. */
	readonly hunksOfLongHistory: number;
	/** Of the samples: with what other files bring, and with neither that nor a header. The rest has a header alone. */
	readonly context: number;
	readonly bare: number;
}

export interface DrawOrder {
	readonly files: readonly SourceFile[];
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	/** How often the files are covered. */
	readonly passes: number;
	/** Most tokens of all samples that are learned from. */
	readonly mostTokens: number;
	readonly shares: SampleShares;
	/** How fast the model reads here, in tokens a second: what is served has no more context than it reads in time. */
	readonly prefillTokensPerSecond: number;
}

export type Part = 'train' | 'validation' | 'test';

/** A place that becomes a sample. */
export interface DrawnPlace extends Place {
	/** `repository/path`. */
	readonly name: string;
}

export interface Head {
	/** As shown. */
	readonly repository: string;
	readonly commit: string;
	/** When that was committed, in milliseconds since 1970. */
	readonly at: number;
}

/** What is known at the end. */
export interface DrawFacts {
	/** How the test was chosen; the newest commits that it is of, 0 where there are none. */
	readonly by: 'time' | 'folder' | 'seed';
	readonly commits: number;
	readonly heads: readonly Head[];
	/** Files that are no longer what was audited, by name. */
	readonly changed: readonly string[];
	/** Files that are on no side, because they resemble what is tested. */
	readonly alike: number;
	/** Places that were left out, because what stands there is also learned from. */
	readonly overlapping: number;
}

export type Drawn =
	/** Before all others: files that were read. */
	| { readonly type: 'reading'; readonly done: number }
	/** Once, before the places: places that are expected, and the share of those to learn from that is drawn. */
	| { readonly type: 'planned'; readonly all: number; readonly share: number; readonly trainTokens: number }
	| { readonly type: 'places'; readonly part: Part; readonly places: readonly DrawnPlace[] }
	| { readonly type: 'done'; readonly facts: DrawFacts }
	/** Nothing can be drawn: the files are too few, or too much alike, to be divided. */
	| { readonly type: 'undivided'; readonly changed: readonly string[] };

/** @throws DatasetError, or an AbortError */
export type Draw = (order: DrawOrder, signal: AbortSignal) => AsyncIterable<Drawn>;
