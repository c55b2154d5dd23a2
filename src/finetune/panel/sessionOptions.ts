/** What a session needs of its surroundings. */

import type { Log } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { RunStore } from '../job/runStore';
import type { TrainerLaunch } from '../job/trainerProcess';
import type { Judging } from '../judge/judging';
import type { Start } from '../report/continuation';

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
	/** Whether the learning curve of each new run is measured after its verdict. Default: where it is asked for. */
	measuresCurve?(): boolean;
	/** What judges adapters; default: nothing, and the held-out loss decides. */
	readonly judging?: Pick<Judging, 'judge' | 'read' | 'isWanted' | 'hasPlaces' | 'giveUp' | 'whenReady'>;
	/**
	 * Uses the adapter with its base model, alone.
	 *
	 * @param basePath Absolute path of the base model's GGUF.
	 * @param strength 1 = as trained.
	 * @returns why it is not used, as a sentence; undefined when it is in use.
	 */
	activate(path: string, name: string, basePath: string, strength: number): Promise<string | undefined>;
	/** The adapter that a run of this base goes on from, asked for once a run. Default: runs begin anew. */
	takeStart?(basePath: string): Start | undefined;
	/** For refusals and for how a run ended; default: English. */
	readonly translate?: Translate;
	readonly log: Log;
}
