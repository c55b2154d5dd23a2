/** Reads what the models view shows: the settings as paths, and the files that they name. */

import * as fs from 'node:fs/promises';
import type { ModelState } from '../model';
import { resolveModelFile } from '../modelFile';
import type { Benchmarks } from './benchmarks';
import type { ModelShop } from './shop';
import type { ShelvedAdapter, TreeState } from './treeRow';

export interface TreeSources {
	readonly shop: Pick<ModelShop, 'stock' | 'running'>;
	/** Absolute path of the starter. */
	readonly starterPath: string;
	/** As the settings have them; `chat` is '' for the one that completes, undefined where none can be chosen. */
	readonly paths: {
		readonly completion: string;
		readonly chat: string | undefined;
		readonly embedding: string;
	};
	readonly model: ModelState;
	readonly chatModel?: ModelState | undefined;
	readonly searchModel?: ModelState | undefined;
	readonly adapters: readonly ShelvedAdapter[];
	readonly benchmarks: Pick<Benchmarks, 'of'>;
	dateOf(at: number): string;
}

export async function readTreeState(sources: TreeSources): Promise<TreeState> {
	const { shop, starterPath, paths, model, chatModel, searchModel, adapters, benchmarks, dateOf } = sources;
	const offer = await shop.stock();
	const resolve = (file: string) => resolvedPath(file, starterPath);
	const completion = await resolve(paths.completion);
	const embedding = await resolve(paths.embedding);
	const chat = await resolve(paths.chat ?? '');
	const known = new Set(offer.stored.map((stored) => stored.path));
	const others = new Set(
		[...offer.recent, completion, embedding, chat].filter((file) => file !== '' && !known.has(file)),
	);
	const elsewhere: { readonly path: string; readonly bytes: number }[] = [];
	for (const file of others) {
		const bytes = await sizeOf(file);
		// One that is in use and gone is shown, too: its row says what is wrong.
		if (bytes !== undefined || file === completion) {
			elsewhere.push({ path: file, bytes: bytes ?? 0 });
		}
	}
	return {
		offer: { ...offer, running: shop.running },
		elsewhere,
		starter: { path: starterPath, bytes: (await sizeOf(starterPath)) ?? 0 },
		roles: {
			completion,
			chat: paths.chat === undefined ? undefined : chat === '' ? completion : chat,
			embedding: embedding === '' ? undefined : embedding,
		},
		model,
		chatModel,
		searchModel,
		adapters,
		benchmarkOf: (file) => benchmarks.of(file),
		dateOf,
	};
}

/** As it is loaded; empty for the starter. */
async function resolvedPath(file: string, starterPath: string): Promise<string> {
	const found = await resolveModelFile(file, starterPath);
	return found.type === 'problem' ? file : found.isStarter ? '' : found.path;
}

async function sizeOf(file: string): Promise<number | undefined> {
	const status = await fs.stat(file).catch(() => undefined);
	return status?.isFile() === true ? status.size : undefined;
}
