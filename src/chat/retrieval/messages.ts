/** What the extension and the worker of the index say to each other. */

import type { Scope } from './listing';
import type { FoundChunk, IndexFigures, IndexProgress } from './workspaceIndex';

/** How far the index is. */
export type IndexState =
	| { readonly type: 'building'; readonly progress: IndexProgress }
	| { readonly type: 'ready'; readonly figures: IndexFigures; readonly problems: readonly string[] };

export type ToIndex =
	/** Brings the index up to date for it. */
	| { readonly type: 'scope'; readonly scope: Scope }
	/** Absolute paths of files that were changed, made or deleted. */
	| { readonly type: 'changed'; readonly files: readonly string[] }
	| { readonly type: 'search'; readonly id: number; readonly question: string; readonly count: number }
	| { readonly type: 'cancel'; readonly id: number }
	/** The vector that was asked for; undefined where there is none to be had. */
	| { readonly type: 'embedded'; readonly id: number; readonly vector: readonly number[] | undefined };

export type FromIndex =
	| { readonly type: 'state'; readonly state: IndexState }
	| {
			readonly type: 'found';
			readonly id: number;
			readonly chunks: readonly FoundChunk[];
			/** The first build had not ended: there may be better ones. */
			readonly isPartial: boolean;
	  }
	| { readonly type: 'failed'; readonly id: number; readonly message: string }
	/** Asks for the vector of a text. */
	| { readonly type: 'embed'; readonly id: number; readonly text: string }
	/** For the log. */
	| { readonly type: 'problem'; readonly message: string };

/** What the worker is started with. */
export interface IndexOptions {
	/** Absolute path of the index on disk; undefined where nothing is kept. */
	readonly file: string | undefined;
	/** Absolute path of the folder with tree-sitter's grammars. */
	readonly grammars: string;
	/** The embedding model; undefined where none is configured. */
	readonly model: string | undefined;
}
