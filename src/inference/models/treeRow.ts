/** A row of the models view, and all that the rows are made from. */

import type { ModelRole, ModelState } from '../model';
import type { Benchmark } from './benchmark';
import type { CatalogueEntry } from './catalogue';
import type { Running } from './fetching';
import type { StoredModel } from './library';
import type { Offer } from './rows';

/** What a row offers; `when` clauses of package.json look for these words. */
export type Act =
	| 'completion'
	| 'chat'
	| 'search'
	| 'load'
	| 'unload'
	| 'delete'
	| 'reveal'
	| 'benchmark'
	| 'diagnostics'
	| 'stop'
	| 'download'
	| 'sizes'
	| 'resume'
	| 'cancel'
	| 'adapter'
	| 'noAdapter';

/** What a row stands for. */
export type Target =
	| { readonly type: 'heading' | 'fact' }
	/**
	 * Empty for the starter; `role`: the most important one that it plays, undefined where it is not in use; `stored` where it
	 * lies in Familiar's folder.
	 */
	| {
			readonly type: 'model';
			readonly path: string;
			readonly file: string;
			readonly role: ModelRole | undefined;
			readonly stored: StoredModel | undefined;
	  }
	| { readonly type: 'download'; readonly key: string; readonly stored: StoredModel }
	| { readonly type: 'entry'; readonly entry: CatalogueEntry }
	| { readonly type: 'adapter'; readonly adapter: ShelvedAdapter };

export interface TreeRow {
	/** The same for the same thing, as long as it is shown. */
	readonly id: string;
	readonly label: string;
	readonly description: string;
	/** Lines of plain text. */
	readonly tooltip: readonly string[];
	/** Of VS Code's icons; empty for none. */
	readonly icon: string;
	readonly isGood: boolean;
	readonly acts: readonly Act[];
	readonly target: Target;
	readonly children: readonly TreeRow[];
}

/** An adapter on this machine, in the words of the room that knows them. */
export interface ShelvedAdapter {
	/** Absolute. */
	readonly path: string;
	readonly name: string;
	readonly isActive: boolean;
	readonly description: string;
	/** Why the loaded model cannot use it; undefined where it can. */
	readonly problem: string | undefined;
}

export interface TreeState {
	readonly offer: Omit<Offer, 'running'> & { readonly running: ReadonlyMap<string, Running> };
	/** Models elsewhere on this machine that were chosen. */
	readonly elsewhere: readonly { readonly path: string; readonly bytes: number }[];
	/** Absolute path of the starter. */
	readonly starter: { readonly path: string; readonly bytes: number };
	/** Paths of the models in use, empty for the starter; `chat` is undefined where it cannot be chosen. */
	readonly roles: {
		readonly completion: string;
		readonly chat: string | undefined;
		readonly embedding: string | undefined;
	};
	/** Of the model that completes. */
	readonly model: ModelState;
	/** Of the chat's own, and of the one that searches by meaning; undefined where there is none, or nobody needs it. */
	readonly chatModel?: ModelState | undefined;
	readonly searchModel?: ModelState | undefined;
	readonly adapters: readonly ShelvedAdapter[];
	benchmarkOf(file: string): Benchmark | undefined;
	/** A moment in milliseconds since 1970 as a date. */
	dateOf(at: number): string;
}

/** A row that only says something. */
export function plainRow(id: string, label: string, icon: string, description = ''): TreeRow {
	return {
		id,
		label,
		description,
		tooltip: [label, ...(description === '' ? [] : [description])],
		icon,
		isGood: false,
		acts: [],
		target: { type: 'fact' },
		children: [],
	};
}
