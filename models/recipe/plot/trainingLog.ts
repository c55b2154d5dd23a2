/** What a training run noted, line by line: its steps and its looks at the held-out loss. */

import * as path from 'node:path';
import { isRecord } from '../../../src/inference/record';
import { number, object } from '../../../src/inference/wire/shapes';
import { readJsonLines } from '../jsonLines';
import { DECAY } from '../train/schedule';

export interface Step {
	readonly tokens: number;
	/** Nats per token. */
	readonly loss: number;
	/** Of computing. */
	readonly seconds: number;
	/** Tokens that the run was planned for then. */
	readonly planned: number;
}

export interface Look {
	readonly tokens: number;
	/** Nats per token of held-out code. */
	readonly validation: number;
}

export interface TrainingLog {
	readonly steps: readonly Step[];
	readonly looks: readonly Look[];
}

/**
 * @param folder of one run, below the training folder.
 * @throws Error where there is no log.
 */
export async function readTrainingLog(folder: string): Promise<TrainingLog> {
	const steps: Step[] = [];
	const looks: Look[] = [];
	for await (const line of readJsonLines(path.join(folder, 'log.jsonl'), isRecord, 'that is no log.')) {
		if (isStep(line)) {
			// A run that goes on from an earlier checkpoint takes those tokens again.
			while ((steps.at(-1)?.tokens ?? -1) >= line.tokens) {
				steps.pop();
			}
			while ((looks.at(-1)?.tokens ?? -1) >= line.tokens) {
				looks.pop();
			}
			steps.push(line);
		} else if (isLook(line)) {
			looks.push(line);
		}
	}
	return { steps, looks };
}

const isStep = object<Step>({ tokens: number, loss: number, seconds: number, planned: number });
const isLook = object<Look>({ tokens: number, validation: number });

/** Those from before the rate began to fall. */
export function whileStable({ steps, looks }: TrainingLog): readonly Look[] {
	const planned = steps.at(-1)?.planned ?? 0;
	return looks.filter(({ tokens }) => tokens <= planned * (1 - DECAY));
}

/** Means of so many neighbours each: single steps are noisy. */
export function smoothed(steps: readonly Step[], count: number): readonly Step[] {
	const means: Step[] = [];
	for (let start = 0; start + count <= steps.length; start += count) {
		const some = steps.slice(start, start + count);
		const last = some.at(-1);
		if (last !== undefined) {
			means.push({ ...last, loss: some.reduce((sum, { loss }) => sum + loss, 0) / count });
		}
	}
	return means;
}
