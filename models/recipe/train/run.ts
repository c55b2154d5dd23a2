/** A training run from its first token to its last: the whole story, top to bottom. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Device } from '../../../src/finetune/ggml/device';
import { fileHash } from '../../../src/finetune/training/fileHash';
import { weightOf } from '../../../src/finetune/training/learner';
import { type Row, rowsOfEpoch } from '../../../src/finetune/training/rows';
import { isAbort } from '../../../src/inference/cancel';
import type { Tokenizer } from '../tokenizer';
import { batchesOf, batchOf, type PlacedBatch } from './batches';
import { conversationSamples } from './conversations';
import { type BatchShape, StarterLearner } from './learner';
import { writeInitialModel, writeTrainedModel } from './modelFile';
import type { TrainOptions } from './options';
import { type Progress, ProgressFolder, START } from './progress';
import { DECAY, rateFactor } from './schedule';
import { CONTEXT, SHAPES } from './shape';
import { type ShardOptions, shardsOf } from './shards';

export interface RunFolders {
	readonly corpus: string;
	readonly chat: string;
	readonly training: string;
}

/** A token has more of them in all but the densest code. */
const CHARACTERS_PER_TOKEN = 3;
const FILL_SHARE = 0.5;
const SAVE_EVERY = 300_000;
/** Tokens that a look at the held-out loss takes. */
const VALIDATION_TOKENS = 32_768;
/** While a file of this name lies in the training folder, nothing is computed. */
const PAUSE = 'pause';

/**
 * @returns paths of the model in F32 and in Q8_0.
 * @throws AbortError after it saved where it stands.
 */
export async function runTraining(
	options: TrainOptions,
	folders: RunFolders,
	device: Device,
	tokenizer: Tokenizer,
	signal: AbortSignal,
): Promise<{ readonly exact: string; readonly quantised: string }> {
	const folder = path.join(folders.training, options.name);
	fs.mkdirSync(folder, { recursive: true });
	const shape = SHAPES[options.size];
	const initial = options.from ?? path.join(folder, 'initial.gguf');
	if (options.from === undefined && !fs.existsSync(initial)) {
		writeInitialModel(initial, { shape, tokenizer, description: 'not trained' }, options.seed);
	}
	const learner = new StarterLearner(device, initial);
	const corpus = path.join(folders.corpus, 'train.jsonl');
	const kept = new ProgressFolder(
		folder,
		device,
		learner,
		fileHash(corpus, fs.statSync(corpus).size).toString('hex'),
	);
	let progress: Progress = kept.resume(options.tokens) ?? { ...START, planned: options.tokens };
	const log = (line: object) => {
		fs.appendFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify(line)}\n`);
	};
	const isFalling = () => progress.tokens >= options.tokens * (1 - DECAY);
	const lengthNow = () => (isFalling() ? CONTEXT : options.length);
	const conversations = await conversationSamples(path.join(folders.chat, 'train.jsonl'), tokenizer);
	const sampling = (longest: number): ShardOptions => ({
		longest,
		conversations: [],
		fillShare: FILL_SHARE,
		seed: options.seed,
		languages: options.languages,
		charactersPerToken: CHARACTERS_PER_TOKEN,
	});
	const { value: held = [] } = await shardsOf(
		path.join(folders.corpus, 'validation.jsonl'),
		tokenizer,
		sampling(options.length),
	).next();
	const talk = rowsOfEpoch(
		await conversationSamples(path.join(folders.chat, 'validation.jsonl'), tokenizer),
		{ sequenceLength: CONTEXT, seed: options.seed, epoch: 0 },
	);
	const validate = async () => ({
		validation: await lossOf(held, options.length, options.micro, learner, signal),
		conversations: await lossOf(talk, CONTEXT, options.micro, learner, signal),
	});
	console.log(
		`${learner.optimizer.parameters} parameters, from token ${progress.tokens} of ${options.tokens}, ${device.threads} threads`,
	);

	let saved = performance.now();
	let validated = Math.floor(progress.tokens / options.look);
	try {
		while (progress.tokens < options.tokens) {
			const length = lengthNow();
			const micro: BatchShape = { length, sequences: Math.max(1, Math.floor(options.micro / length)) };
			// As in instruction tuning after pretraining, without its second warm-up: while the rate falls (Hu et al. 2024).
			const part = { ...sampling(length), conversations: isFalling() ? conversations : [] };
			const shards = shardsOf(corpus, tokenizer, part, progress.place.shard);
			const batches = batchesOf(shards, length, micro.sequences, progress.place);
			while (progress.tokens < options.tokens && lengthNow() === length) {
				await pauseWhile(path.join(folders.training, PAUSE), signal);
				const parts = await take(
					batches,
					Math.max(1, Math.round(options.batch / (micro.length * micro.sequences))),
				);
				const begun = performance.now();
				const norm = parts.reduce((sum, { batch }) => sum + weightOf(batch), 0);
				let loss = 0;
				for (const { batch } of parts) {
					loss += await learner.train(batch, micro, norm, signal);
				}
				const rate = options.learningRate * rateFactor(progress.tokens / options.tokens);
				const gradientNorm = learner.update(rate);
				const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
				const seconds = (performance.now() - begun) / 1000;
				progress = {
					step: progress.step + 1,
					tokens: progress.tokens + tokens,
					seconds: progress.seconds + seconds,
					place: parts.at(-1)?.place ?? progress.place,
					planned: options.tokens,
				};
				log({ ...progress, loss, rate, gradientNorm, tokensPerSecond: tokens / seconds });
				if (progress.step % 10 === 0) {
					console.log(
						`step ${progress.step}, ${(progress.tokens / 1e6).toFixed(2)}M tokens, loss ${loss.toFixed(3)}, norm ${gradientNorm.toFixed(2)}, ${(tokens / seconds).toFixed(0)} tokens/s`,
					);
				}
				if (Math.floor(progress.tokens / options.look) > validated) {
					validated = Math.floor(progress.tokens / options.look);
					const heldOut = await validate();
					log({ step: progress.step, tokens: progress.tokens, ...heldOut });
					console.log(describe(heldOut));
				}
				if (performance.now() - saved > SAVE_EVERY) {
					kept.save(progress);
					saved = performance.now();
				}
			}
			// Rows of another length are made of the shards that follow.
			progress = { ...progress, place: { shard: progress.place.shard + 1, row: 0 } };
		}
		kept.save(progress);
		const files = {
			exact: path.join(folder, 'starter-F32.gguf'),
			quantised: path.join(folder, 'starter.gguf'),
		};
		const description = `${learner.optimizer.parameters} parameters, trained from scratch on ${progress.tokens} tokens of source code`;
		const values = (name: string) => learner.valuesOf(name);
		writeTrainedModel(files.exact, { shape, tokenizer, type: 'F32', description }, values);
		writeTrainedModel(files.quantised, { shape, tokenizer, type: 'Q8_0', description }, values);
		const heldOut = await validate();
		log({ step: progress.step, tokens: progress.tokens, ...heldOut, end: true });
		console.log(`done: ${describe(heldOut)}; ${files.quantised}`);
		return files;
	} catch (error) {
		if (isAbort(error)) {
			learner.optimizer.clearGradients();
			kept.save(progress);
		}
		throw error;
	} finally {
		learner.dispose();
	}
}

interface HeldOutLoss {
	/** Of code. */
	readonly validation: number;
	/** Of answers. */
	readonly conversations: number;
}

function describe({ validation, conversations }: HeldOutLoss): string {
	return `validation loss ${validation.toFixed(4)}, of answers ${conversations.toFixed(4)}`;
}

/** Mean loss of the first rows: the same each time. */
async function lossOf(
	rows: readonly Row[],
	length: number,
	micro: number,
	learner: StarterLearner,
	signal: AbortSignal,
): Promise<number> {
	const shape: BatchShape = { length, sequences: Math.max(1, Math.floor(micro / length)) };
	const chosen = rows.slice(0, Math.floor(VALIDATION_TOKENS / length));
	const batches = Array.from({ length: Math.floor(chosen.length / shape.sequences) }, (_, index) =>
		batchOf(chosen.slice(index * shape.sequences, (index + 1) * shape.sequences), length),
	);
	const norm = batches.reduce((sum, batch) => sum + weightOf(batch), 0);
	let loss = 0;
	for (const batch of batches) {
		loss += await learner.loss(batch, shape, norm, signal);
	}
	return loss;
}

async function take(batches: AsyncGenerator<PlacedBatch>, count: number): Promise<readonly PlacedBatch[]> {
	const parts: PlacedBatch[] = [];
	while (parts.length < count) {
		const { value, done } = await batches.next();
		if (done === true) {
			throw new Error('The corpus gave no more rows.');
		}
		parts.push(value);
	}
	return parts;
}

async function pauseWhile(file: string, signal: AbortSignal): Promise<void> {
	while (fs.existsSync(file)) {
		await wait(1_000, undefined, { signal });
	}
}
