/** What a session needs of its surroundings. */

import type { Log } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { RunStore } from '../job/runStore';
import type { TrainerLaunch } from '../job/trainerProcess';

export interface FineTuneSessionOptions {
	readonly store: Pick<RunStore, 'folder' | 'claim' | 'list' | 'run' | 'delete' | 'elsewhere' | 'whenFree'>;
	/** As in `RunOrder`: runs of other workspaces are neither shown nor resumed. */
	readonly workspace: string | undefined;
	/** How trainers are started, asked for at each start. */
	launch(): TrainerLaunch;
	/** Absolute path of the folder for finished adapters. */
	readonly adapterFolder: string;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
	pausesOnBattery(): boolean;
	/**
	 * Uses the adapter with its base model, alone and as trained.
	 *
	 * @param basePath Absolute path of the base model's GGUF.
	 * @returns why it is not used, as a sentence; undefined when it is in use.
	 */
	activate(path: string, name: string, basePath: string): Promise<string | undefined>;
	/** For refusals and for how a run ended; default: English. */
	readonly translate?: Translate;
	readonly log: Log;
}
