/** Holes → samples: asks the model for tokens in batches and gives each its weight. */

import { CHARACTERS_PER_TOKEN, fillPieces } from '../../inference/fillPieces';
import type {
	ContextFile,
	Encoded,
	EncodedFill,
	EncodeRequest,
	FillToEncode,
	Generator,
} from '../../inference/model';
import { DatasetError } from './datasetError';
import type { Hole } from './holes';
import type { LossOn, Sample } from './sample';

/** A hole with what is around it. */
export interface Place {
	/** As it heads the prompt. Undefined where nothing does. */
	readonly repository: string | undefined;
	/** Relative to the repository, with `/`; empty where nothing heads the prompt. */
	readonly path: string;
	/** The whole file, or a part that starts with a line and is longer than any prompt; line ends as `\n`. */
	readonly text: string;
	/** Number of the line with which the text starts. Default: 0. */
	readonly firstLine?: number;
	readonly hole: Hole;
	/** What other files bring, the most relevant last, and the tokens that are theirs. Default: nothing. */
	readonly context?: { readonly files: readonly ContextFile[]; readonly tokens: number };
}

export interface Task extends Place {
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

/** Share of a prompt that its own file keeps beside others. */
const LEAST_FILE = 0.5;

/** Samples of a plain text of fewer tokens, or of a middle without any, teach nothing. */
const FEWEST_TOKENS = 2;

/** The samples of the tasks, in their order. As `samplesOf`. */
export async function encodeTasks(
	tasks: readonly Task[],
	model: Pick<Generator, 'encode'>,
	options: EncoderOptions,
	signal: AbortSignal,
): Promise<readonly Sample[]> {
	const samples = await samplesOf(tasks, model, options, signal);
	return tasks.flatMap((task) => samples.get(task) ?? []);
}

/** Tokens of the prompt of a hole, reckoned from the characters of its middle. */
export function promptRoom({ start, end }: Pick<Hole, 'start' | 'end'>, longest: number): number {
	return longest - Math.ceil((end - start) / CHARACTERS_PER_TOKEN) - 1;
}

/**
 * The samples of the tasks; a middle that has more tokens than reckoned may leave no room for a prompt, and then has
 * none.
 * @throws DatasetError with the model's reason when it cannot be asked
 */
export async function samplesOf<One extends Task>(
	tasks: readonly One[],
	model: Pick<Generator, 'encode'>,
	options: EncoderOptions,
	signal: AbortSignal,
): Promise<ReadonlyMap<One, Sample>> {
	const { longest } = options;
	const samples = new Map<One, Sample>();
	const plains = tasks.filter(({ hole }) => hole.kind === 'plain');
	let holes = tasks
		.filter(({ hole }) => hole.kind !== 'plain')
		.map((task) => ({ task, budget: promptRoom(task.hole, longest) }));
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
	return samples;
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
export function fillOf(
	{ repository, path, text, firstLine = 0, hole, context }: Place,
	maxPromptTokens: number,
): FillToEncode {
	const place = {
		repository,
		path,
		before: text.slice(0, hole.start),
		after: text.slice(hole.end),
		firstLine,
	};
	const file = maxPromptTokens - (context?.tokens ?? 0);
	// A middle of more tokens than reckoned is worth more than what other files say.
	const pieces =
		context === undefined || file < maxPromptTokens * LEAST_FILE
			? fillPieces(place, maxPromptTokens)
			: { ...fillPieces(place, file), files: context.files, maxPromptTokens };
	return { ...pieces, middle: text.slice(hole.start, hole.end), ends: hole.ends };
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
