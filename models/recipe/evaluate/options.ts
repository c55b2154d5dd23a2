/** What the evaluation is asked to do, from the words behind `npm run starter:eval --`. */

import { parseArgs } from 'node:util';
import { trainingThreads } from '../../../src/finetune/training/cores';

export const STAGES = ['bits', 'xz', 'ngram', 'lines', 'blocks', 'speed'] as const;
export type Stage = (typeof STAGES)[number];

export interface EvaluationOptions {
	/** Paths of GGUF files; empty: the shipped one. */
	readonly models: readonly string[];
	/** Whether the seed, the model of the first skeleton, is measured beside them. */
	readonly seed: boolean;
	readonly stages: readonly Stage[];
	/** Rests of lines in the languages in front. */
	readonly holes: number;
	readonly blocks: number;
	/** Tokens of a prompt, at most. */
	readonly promptTokens: number;
	/** Tokens of a window for the bits, at most; 0 = the model's context. */
	readonly context: number;
	/** Of the forward pass; default: as training, one core stays free. */
	readonly threads: number;
}

/** @throws Error naming the word that is wrong and what is right. */
export function evaluationOptions(words: readonly string[]): EvaluationOptions {
	const { values } = parseArgs({
		args: [...words],
		options: {
			model: { type: 'string', multiple: true, default: [] },
			seed: { type: 'boolean', default: false },
			stages: { type: 'string', default: STAGES.join(',') },
			holes: { type: 'string', default: '512' },
			blocks: { type: 'string', default: '128' },
			'prompt-tokens': { type: 'string', default: '1024' },
			context: { type: 'string', default: '0' },
			threads: { type: 'string', default: String(trainingThreads(0)) },
		},
	});
	const whole = (name: Exclude<keyof typeof values, 'model' | 'seed' | 'stages'>, least: number) => {
		const value = Number(values[name]);
		if (!Number.isSafeInteger(value) || value < least) {
			throw new Error(`--${name} ${values[name]}: that is no whole number from ${least} on.`);
		}
		return value;
	};
	const asked = values.stages.split(',');
	const unknown = asked.filter((name) => !STAGES.some((stage) => stage === name));
	if (unknown.length > 0) {
		throw new Error(
			`--stages ${unknown.join(',')}: there is no such stage. There are: ${STAGES.join(', ')}.`,
		);
	}
	return {
		models: values.model,
		seed: values.seed,
		stages: STAGES.filter((stage) => asked.includes(stage)),
		holes: whole('holes', 1),
		blocks: whole('blocks', 1),
		promptTokens: whole('prompt-tokens', 64),
		context: whole('context', 0),
		threads: whole('threads', 1),
	};
}
