/** Puts the room together for the composition root: its session, its adapters and its faces. */

import * as path from 'node:path';
import type { Log, Model } from '../inference/model';
import type { Translate } from '../inference/statusText';
import type { Settings } from '../manifest';
import { AdapterCommands, tellRefused } from './adapters';
import { ActiveAdapters } from './adapters/active';
import { Choices } from './adapters/choices';
import { AdapterStore } from './adapters/store';
import { FineTuneCommands } from './command';
import { RunStore } from './job/runStore';
import type { TrainerLaunch } from './job/trainerProcess';
import { FineTunePanel } from './panel';
import { activation } from './panel/activation';
import { FineTuneSession } from './panel/session';

type PanelOptions = ConstructorParameters<typeof FineTunePanel>[0];

export interface FineTuneRoomOptions {
	readonly model: Model;
	/** Absolute path of the folder that holds everything Familiar keeps. */
	readonly storage: string;
	/** Absolute. */
	readonly cacheFolder: string;
	/** The same in every window of the workspace that is open; undefined where none is. */
	readonly workspace: string | undefined;
	readonly extensionUri: PanelOptions['extensionUri'];
	/** Absolute path of a file that was built for the extension. */
	readonly fileOf: (name: string) => string;
	readonly workspaceState: ConstructorParameters<typeof Choices>[0];
	readonly globalState: PanelOptions['memory'];
	readonly settings: () => Settings;
	readonly translate: Translate;
	readonly log: Log;
}

export interface FineTuneRoom {
	readonly session: FineTuneSession;
	readonly panel: FineTunePanel;
	/** The adapters in use. */
	readonly active: ActiveAdapters;
	/** Deletes what was trained and chosen, and switches all adapters off. */
	readonly forget: () => Promise<void>;
	readonly disposables: readonly { dispose(): void }[];
}

export function fineTuneRoom(options: FineTuneRoomOptions): FineTuneRoom {
	const { model, storage, cacheFolder, settings, translate, log } = options;
	const choices = new Choices(options.workspaceState);
	const active = new ActiveAdapters({ model, choices, onRefused: tellRefused, translate, log });
	const store = new AdapterStore(path.join(storage, 'adapters'), model);
	const launch = (): TrainerLaunch => ({
		trainerFile: options.fileOf('trainer.mjs'),
		nodePath: settings().nodePath === '' ? undefined : settings().nodePath,
		log,
	});
	const session = new FineTuneSession({
		store: new RunStore(path.join(storage, 'runs'), log),
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
		active,
		forget: async () => {
			await session.forget();
			await choices.clear();
			await active.use([]);
		},
		disposables: [active, adapters, panel, commands],
	};
}
