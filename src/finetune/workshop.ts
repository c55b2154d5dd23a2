/** What of the room is read from disk when somebody first fine-tunes: its session, its adapters on disk and its faces. */

import * as path from 'node:path';
import { AdapterCommands, tellRefused } from './adapters';
import type { ActiveAdapters } from './adapters/active';
import type { Choices } from './adapters/choices';
import { AdapterStore } from './adapters/store';
import { FineTuneCommands } from './command';
import { RunStore } from './job/runStore';
import type { TrainerLaunch } from './job/trainerProcess';
import { FineTunePanel } from './panel';
import { activation } from './panel/activation';
import { FineTuneSession } from './panel/session';
import type { FineTuneRoomOptions } from './room';

export interface Workshop {
	readonly session: FineTuneSession;
	readonly panel: FineTunePanel;
	/** They were chosen earlier, and cannot be used now. */
	readonly tellRefused: (names: readonly string[], reason: string) => void;
	dispose(): void;
}

/** @param runs absolute path of the folder of all runs. */
export function openWorkshop(
	options: FineTuneRoomOptions,
	{
		active,
		choices,
		runs,
	}: { readonly active: ActiveAdapters; readonly choices: Choices; readonly runs: string },
): Workshop {
	const { model, storage, cacheFolder, settings, translate, log } = options;
	const store = new AdapterStore(path.join(storage, 'adapters'), model);
	const launch = (): TrainerLaunch => ({
		trainerFile: options.fileOf('trainer.mjs'),
		nodePath: settings().nodePath === '' ? undefined : settings().nodePath,
		log,
	});
	const session = new FineTuneSession({
		store: new RunStore(runs, log),
		workspace: options.workspace,
		launch,
		adapterFolder: store.folder,
		cacheFolder,
		pausesOnBattery: () => settings().fineTune.pauseOnBattery,
		activate: activation({ model, active, choices, translate }),
		translate,
		log,
	});
	const adapters = new AdapterCommands({ model, store, active, choices, launch, cacheFolder, log });
	const panel = new FineTunePanel({
		extensionUri: options.extensionUri,
		session,
		active,
		adapters,
		memory: options.globalState,
		log,
	});
	const commands = new FineTuneCommands({
		session,
		panel,
		model,
		auditScript: options.fileOf('corpusWorker.js'),
		log,
		settings,
	});
	return {
		session,
		panel,
		tellRefused,
		dispose: () => {
			for (const part of [adapters, panel, commands]) {
				part.dispose();
			}
		},
	};
}
