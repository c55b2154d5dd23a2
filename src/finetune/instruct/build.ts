/** Selected pairs → samples of chat, rendered as the model's own chat renders them, with a weight on the answers alone. */

import { throwIfAborted } from '../../inference/cancel';
import type { ChatMessage, EncodedChat, Model } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { DatasetError } from '../dataset/datasetError';
import type { Dataset, DatasetHeader, DatasetPart, Sample } from '../dataset/sample';
import { english } from '../job/english';
import type { Pair } from './pair';
import type { Selected } from './select';
import type { JudgedChat } from './testChats';

export interface ChatDatasetOptions {
	/** What chat tells the model before each conversation. Default: nothing. */
	readonly system?: string | undefined;
	readonly repositories: readonly string[];
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	/** For notes and refusals; default: English. */
	readonly translate?: Translate;
}

export interface ChatDataset extends Omit<Dataset, 'hash'> {
	/** What the user should know about it. */
	readonly notes: readonly string[];
}

/** Fewer teach a model those by heart. */
const FEWEST_SAMPLES = 20;
/** Conversations of one request. */
const BATCH = 64;

/** The pair as chat would have it. */
export function messagesOf({ question, answer }: Pair, system: string | undefined): readonly ChatMessage[] {
	return [
		...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
		{ role: 'user', content: question },
		{ role: 'assistant', content: answer },
	];
}

export function judgedChat(pair: Pair, system: string | undefined): JudgedChat {
	return { file: pair.files[0] ?? '', kind: pair.kind, messages: messagesOf(pair, system) };
}

/**
 * @throws DatasetError when there is too little to learn from, or the model is not ready, has no chat that could be
 * trained, or is changed meanwhile; an AbortError.
 */
export async function buildChatDataset(
	{ train, validation }: Pick<Selected, 'train' | 'validation'>,
	model: Pick<Model, 'state' | 'encodeChats'>,
	options: ChatDatasetOptions,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<ChatDataset> {
	const { translate = english, longest, system } = options;
	const { path: basePath, promptFormat } = readyModel(model, translate);
	const files: string[] = [];
	const indexes = new Map<string, number>();
	const fileOf = ({ files: [file = ''] }: Pair) => {
		const known = indexes.get(file) ?? files.push(file) - 1;
		indexes.set(file, known);
		return known;
	};
	const all = train.length + validation.length;
	let done = 0;
	let tooLong = 0;
	const samplesOf = async (pairs: readonly Pair[]) => {
		const samples: Sample[] = [];
		for (let start = 0; start < pairs.length; start += BATCH) {
			throwIfAborted(signal);
			const batch = pairs.slice(start, start + BATCH);
			const chats = batch.map((pair) => ({ messages: messagesOf(pair, system) }));
			const encoded = await model.encodeChats({ chats, maxTokens: longest }, signal);
			if (encoded.type === 'unsupported') {
				throw new DatasetError(encoded.reason);
			}
			if (readyModel(model, translate).path !== basePath) {
				throw new DatasetError(
					translate(
						'The model was changed while the data was prepared: its tokens are those of {0}. Start again.',
						basePath,
					),
				);
			}
			for (const [index, pair] of batch.entries()) {
				const chat = encoded.chats[index];
				if (chat === undefined || chat.tokens.length < 2 || chat.answers.length === 0) {
					tooLong++;
				} else {
					samples.push(sampleOf(chat, fileOf(pair)));
				}
			}
			done += batch.length;
			onProgress(done, all);
		}
		return samples;
	};
	const learned = await samplesOf(train);
	const longTrain = tooLong;
	const heldOut = await samplesOf(validation);
	if (learned.length < FEWEST_SAMPLES || heldOut.length === 0) {
		throw new DatasetError(
			translate(
				'Only {0} questions and answers could be made of the workspace, {1} of them to measure by, and {2} were longer than {3} tokens; at least {4} are needed. Open repositories with documented functions and a history, choose more kinds, or raise familiar.finetune.sequenceLength.',
				learned.length + heldOut.length,
				heldOut.length,
				tooLong,
				longest,
				FEWEST_SAMPLES,
			),
		);
	}
	const header: DatasetHeader = {
		version: 1,
		kind: 'chat',
		promptFormat,
		basePath,
		repositories: options.repositories,
		files,
		lossOn: 'middle',
		seed: options.seed,
		longest,
		end: learned[0]?.tokens.at(-1),
		train: partOf(learned),
		heldOut: partOf(heldOut),
	};
	const notes =
		tooLong === 0
			? []
			: [
					translate(
						'{0} of {1} questions with their answers are left out: they are longer than {2} tokens (familiar.finetune.sequenceLength).',
						longTrain,
						train.length,
						longest,
					),
				];
	return { header, train: learned, heldOut, notes };
}

/** The prompt only conditions. */
export function sampleOf({ tokens, answers }: EncodedChat, file: number): Sample {
	const weights = new Float32Array(tokens.length);
	for (const [start, end] of answers) {
		weights.fill(1, Math.max(1, start), end);
	}
	return { tokens: Int32Array.from(tokens), weights, file };
}

function readyModel({ state }: Pick<Model, 'state'>, translate: Translate) {
	if (state.type !== 'ready') {
		throw new DatasetError(
			state.type === 'failed'
				? state.problem.message
				: translate(
						'There is no chat model that could be trained yet. Select one, or wait until it is loaded.',
					),
		);
	}
	const { chat, name } = state.model;
	if (chat.type === 'unsupported') {
		throw new DatasetError(
			translate('{0} cannot be trained for chat: {1} Select a model that can chat.', name, chat.reason),
		);
	}
	return state.model;
}

function partOf(samples: readonly Sample[]): DatasetPart {
	return {
		samples: samples.length,
		tokens: samples.reduce((sum, sample) => sum + sample.tokens.length, 0),
		weighted: samples.reduce(
			(sum, sample) => sum + sample.weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0),
			0,
		),
		files: new Set(samples.map((sample) => sample.file)).size,
	};
}
