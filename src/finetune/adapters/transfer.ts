/** Brings adapters in and takes them out: PEFT folders through the trainer, GGUF files as they are. */

import * as path from 'node:path';
import { exportAdapter, importAdapter } from '../job/convert';
import type { TrainerLaunch } from '../job/trainerProcess';
import type { Choice } from './choices';
import { freeFolder } from './exportFolder';
import type { AdapterStore } from './store';

interface TransferOptions {
	readonly store: Pick<AdapterStore, 'add' | 'folder' | 'changed'>;
	/** How the process that converts is started. */
	launch(): TrainerLaunch;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
}

/** What an import brought. */
interface Brought {
	/** Alone, and as trained. */
	readonly choice: Choice;
	/** What was translated or left out, one sentence each. */
	readonly notes: readonly string[];
}

export class Transfer {
	constructor(private readonly options: TransferOptions) {}

	/**
	 * @param from Absolute path of a GGUF adapter, or of a folder that PEFT or mlx-lm wrote.
	 * @param basePath Absolute path of the GGUF of the loaded model.
	 * @throws Error with a message for the user, also where it does not fit the model; an AbortError.
	 */
	async bring(from: string, basePath: string, signal: AbortSignal): Promise<Brought> {
		const { launch, store, cacheFolder } = this.options;
		if (isGguf(from)) {
			const { warning, ...adapter } = await store.add(from, signal);
			return { choice: { ...adapter, scale: 1 }, notes: warning === undefined ? [] : [warning] };
		}
		const name = path.basename(from);
		const order = { type: 'import', from, basePath, adapterFolder: store.folder, cacheFolder, name } as const;
		const { adapterPath, notes } = await importAdapter(launch(), order, signal);
		store.changed();
		return { choice: { path: adapterPath, name, scale: 1 }, notes };
	}

	/**
	 * Writes it as a PEFT folder of its own below `parent`.
	 *
	 * @param basePath Absolute path of the GGUF of the loaded model.
	 * @returns the absolute path of that folder.
	 * @throws as `bring`.
	 */
	async take(
		adapter: Pick<Choice, 'path' | 'name'>,
		parent: string,
		basePath: string,
		signal: AbortSignal,
	): Promise<string> {
		const toFolder = await freeFolder(parent, adapter.name);
		const order = { type: 'export', adapterPath: adapter.path, basePath, toFolder } as const;
		return (await exportAdapter(this.options.launch(), order, signal)).folder;
	}
}

function isGguf(file: string): boolean {
	return path.extname(file).toLowerCase() === '.gguf';
}
