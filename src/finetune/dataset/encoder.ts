/** Holes → samples: asks the model for tokens in batches and gives each its weight. */

import { CHARACTERS_PER_TOKEN, fillPieces } from '../../inference/fillPieces';
import type { Encoded, EncodedFill, EncodeRequest, FillToEncode, Generator } from '../../inference/model';
import { DatasetError } from './datasetError';
import type { Hole } from './holes';
import type { LossOn, Sample } from './sample';

/** A hole with what is around it. */
export interface Task {
	readonly repository: string;
	/** Relative to the repository, with `/`. */
	readonly path: string;
	/** The whole file, line ends as `\n`. */
	readonly text: string;
	readonly hole: Hole;
	/** Index into the header's `files`. */
	readonly file: number;
}

interface EncoderOptions {
	readonly lossOn: LossOn;
	/** Longest sample, in tokens. */
	readonly longest: number;
}

/** Share of a sample that a prompt must be left: a middle that takes more teaches to write without looking. */
const LEAST_PROMPT = 0.25;

/** Samples of a plain text of fewer tokens, or of a middle without any, teach nothing. */
const FEWEST_TOKENS = 2;

/**
 * The samples of the tasks, in their order; a middle that has more tokens than reckoned may leave no room for a
 * prompt, and then has none.
 * @throws DatasetError with the model's reason when it cannot be asked
 */
export async function encodeTasks(
	tasks: readonly Task[],
	model: Pick<Generator, 'encode'>,
	options: EncoderOptions,
	signal: AbortSignal,
): Promise<readonly Sample[]> {
	const { longest } = options;
	const samples = new Map<Task, Sample>();
	const plains = tasks.filter(({ hole }) => hole.kind === 'plain');
	let holes = tasks
		.filter(({ hole }) => hole.kind !== 'plain')
		.map((task) => ({
			task,
			budget: longest - Math.ceil((task.hole.end - task.hole.start) / CHARACTERS_PER_TOKEN) - 1,
		}));
	let texts = plains.map(({ text, hole }) => ({
		text: text.slice(hole.start, hole.end),
		maxTokens: longest,
	}));
	// What is too long is asked for once more: its middle is known in tokens then, and does not change.
	for (let round = 0; round < 2 && holes.length + texts.length > 0; round++) {
		const encoded = await ask(
			model,
			{ fills: holes.map(({ task, budget }) => fillOf(task, budget)), plains: texts },
			signal,
		);
		const again: typeof holes = [];
		for (const [index, { task }] of holes.entries()) {
			const fill = encoded.fills[index];
			if (fill === undefined) {
				continue;
			}
			const budget = longest - (fill.tokens.length - fill.middleStart);
			if (fill.tokens.length > longest && budget >= longest * LEAST_PROMPT) {
				again.push({ task, budget });
			} else if (fill.tokens.length <= longest && fill.middleStart < fill.tokens.length) {
				samples.set(task, fillSample(fill, task.file, options.lossOn));
			}
		}
		for (const [index, task] of (round === 0 ? plains : []).entries()) {
			const tokens = encoded.plains[index] ?? [];
			if (tokens.length >= FEWEST_TOKENS) {
				samples.set(task, plainSample(tokens, task.file));
			}
		}
		holes = again;
		texts = [];
	}
	return tasks.flatMap((task) => samples.get(task) ?? []);
}

/**
 * The token that the model is taught to write where a middle is over; undefined where it has none.
 * @throws DatasetError with the model's reason when it cannot be asked
 */
export async function endToken(
	model: Pick<Generator, 'encode'>,
	longest: number,
	signal: AbortSignal,
): Promise<number | undefined> {
	const nowhere = { repository: undefined, path: 'end', before: '', after: '', firstLine: 0 };
	const fills = [true, false].map((ends) => ({ ...fillPieces(nowhere, longest), middle: '', ends }));
	const [ended, open] = (await ask(model, { fills, plains: [] }, signal)).fills;
	return (ended?.tokens.length ?? 0) > (open?.tokens.length ?? 0) ? ended?.tokens.at(-1) : undefined;
}

async function ask(
	model: Pick<Generator, 'encode'>,
	request: EncodeRequest,
	signal: AbortSignal,
): Promise<Encoded> {
	const encoded = await model.encode(request, signal);
	if (encoded.type === 'unsupported') {
		throw new DatasetError(encoded.reason);
	}
	return encoded;
}

/** The request that completion would make with the cursor at the hole, and what follows. */
export function fillOf({ repository, path, text, hole }: Task, maxPromptTokens: number): FillToEncode {
	const place = {
		repository,
		path,
		before: text.slice(0, hole.start),
		after: text.slice(hole.end),
		firstLine: 0,
	};
	return {
		...fillPieces(place, maxPromptTokens),
		middle: text.slice(hole.start, hole.end),
		ends: hole.ends,
	};
}

function fillSample(fill: EncodedFill, file: number, lossOn: LossOn): Sample {
	const { tokens, typedStart, middleStart } = fill;
	const weights = new Float32Array(tokens.length);
	if (lossOn === 'all') {
		weights.fill(1, 1, typedStart);
	}
	// A middle at the very start has nothing before it that could predict its first token.
	weights.fill(1, Math.max(1, middleStart));
	return { tokens: Int32Array.from(tokens), weights, file };
}

function plainSample(tokens: readonly number[], file: number): Sample {
	return { tokens: Int32Array.from(tokens), weights: new Float32Array(tokens.length).fill(1, 1), file };
}
