/** Where a run stands, kept in checkpoints, so that it goes on after any interruption. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Device } from '../../../src/finetune/ggml/device';
import {
	type CheckpointHeader,
	checkpointsIn,
	namesOf,
	readCheckpointHeader,
	restoreCheckpoint,
	writeCheckpoint,
} from '../../../src/finetune/training/checkpoint';
import { DEFAULT_KERNELS } from '../../../src/finetune/training/kernels';
import type { Place } from './batches';
import type { StarterLearner } from './learner';
import { DECAY } from './schedule';

export interface Progress {
	readonly step: number;
	readonly tokens: number;
	/** Of computing, not of waiting. */
	readonly seconds: number;
	readonly place: Place;
	/** Tokens that the run was planned for. */
	readonly planned: number;
}

export const START: Omit<Progress, 'planned'> = {
	step: 0,
	tokens: 0,
	seconds: 0,
	place: { shard: 0, row: 0 },
};

/** The last checkpoint before the rate began to fall: a longer run goes on from there. */
const STABLE = 'stable.bin';

export class ProgressFolder {
	/** @param corpus sha256 of the corpus. */
	constructor(
		readonly folder: string,
		private readonly device: Device,
		private readonly learner: StarterLearner,
		private readonly corpus: string,
	) {}

	/** Puts the numbers back that a run of so many tokens goes on with; undefined where there are none. */
	resume(planned: number): Progress | undefined {
		const newest = checkpointsIn(this.folder)[0]?.file;
		if (newest === undefined) {
			return undefined;
		}
		const header = readCheckpointHeader(newest);
		const before = plannedOf(header);
		const stable = path.join(this.folder, STABLE);
		const isLonger = planned > before && header.tokens > before * (1 - DECAY);
		const file = isLonger && fs.existsSync(stable) ? stable : newest;
		const chosen = file === newest ? header : readCheckpointHeader(file);
		restoreCheckpoint(file, chosen, this.device, this.learner.optimizer);
		this.learner.refresh();
		return {
			step: chosen.step,
			tokens: chosen.tokens,
			seconds: chosen.seconds,
			place: { shard: chosen.epoch, row: chosen.row },
			planned,
		};
	}

	save({ step, tokens, seconds, place, planned }: Progress): void {
		const { optimizer } = this.learner;
		const file = writeCheckpoint(
			this.folder,
			{
				version: 1,
				base: '',
				dataset: this.corpus,
				settings: String(planned),
				steps: step,
				step,
				optimizerStep: optimizer.step,
				epoch: place.shard,
				row: place.row,
				random: 0,
				rate: 1,
				skipped: 0,
				tokens,
				seconds,
				before: { step: 0, loss: 0, tokens: 0, byFile: {} },
				kernels: DEFAULT_KERNELS,
				checkpointing: false,
				tensors: namesOf(optimizer),
			},
			this.device,
			optimizer,
		);
		if (tokens <= planned * (1 - DECAY)) {
			const stable = path.join(this.folder, STABLE);
			fs.copyFileSync(file, `${stable}.tmp`);
			fs.renameSync(`${stable}.tmp`, stable);
		}
	}
}

function plannedOf({ settings }: CheckpointHeader): number {
	return Number(settings);
}
