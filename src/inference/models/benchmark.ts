/** How fast a model reads and writes here: a few completions of code nobody has asked for, by the statistics that come back. */

import { throwIfAborted } from '../cancel';
import {
	type GenerationEvent,
	type GenerationStatistics,
	type Generator,
	MOST_EMBEDDED_TOKENS,
	type ModelDescription,
	type ModelRole,
} from '../model';

export interface Benchmark {
	/** Absolute path of the model. */
	readonly path: string;
	/** Of its file: another one under the same name was not measured. */
	readonly bytes: number;
	/** For example `cpu`. */
	readonly backend: string;
	readonly readPerSecond: number;
	/** Tokens a second; undefined where the model wrote too little to tell. */
	readonly writtenPerSecond: number | undefined;
	/** When it was measured, in milliseconds since 1970. */
	readonly at: number;
}

/** Rounds, at most: each reads another prompt, so that nothing of it is in the KV cache. */
const ROUNDS = 3;
/** Milliseconds after which no further round begins: a large model on a processor takes minutes for three. */
const ENOUGH = 10_000;
/** Tokens of a prompt, at most. */
const PROMPT = 1_024;
/** Tokens to write in a round. */
const WRITE = 64;
/** Tokens that the model may put around a text for a vector. */
const FRAME = 4;
/** Fewer tokens than this say nothing of a speed. */
const FEWEST = 16;

/** What of a model is asked. */
type Measured = Pick<Generator, 'fill' | 'chat' | 'embed' | 'tokenize'>;

/**
 * @param role `embedding` is measured by the texts that it reads for a vector, the others by what they write. @param onRound called before each round, with how much is done, from 0 to 1.
 * @param now milliseconds of a clock that only goes forward.
 * @throws Error where the model can neither complete nor chat; ModelUnavailable; an AbortError.
 */
export async function benchmark(
	model: Measured,
	{ description, role = 'completion' }: { readonly description: ModelDescription; readonly role?: ModelRole },
	onRound: (share: number) => void,
	now: () => number,
	signal: AbortSignal,
): Promise<Omit<Benchmark, 'at'>> {
	const began = now();
	let read = 0;
	let reading = 0;
	let written = 0;
	let writing = 0;
	for (let round = 0; round < ROUNDS && (round === 0 || now() - began < ENOUGH); round++) {
		throwIfAborted(signal);
		onRound(round / ROUNDS);
		const name = `${began}-${round}`;
		const one =
			role === 'embedding'
				? await compare(model, description, name, now, signal)
				: await measure(model, description, name, signal);
		read += one.promptTokens - one.reusedTokens;
		reading += one.prefillMilliseconds;
		written += one.generatedTokens;
		writing += one.decodeMilliseconds;
	}
	return {
		path: description.path,
		bytes: description.fileBytes,
		backend: description.backend,
		readPerSecond: perSecond(read, reading),
		writtenPerSecond: written < FEWEST ? undefined : perSecond(written, writing),
	};
}

function perSecond(tokens: number, milliseconds: number): number {
	return milliseconds > 0 ? (tokens * 1_000) / milliseconds : 0;
}

/** Reads a text for a vector: its tokens are the model's, its time the one that went by. */
async function compare(
	model: Pick<Generator, 'embed' | 'tokenize'>,
	{ trainedContext }: ModelDescription,
	name: string,
	now: () => number,
	signal: AbortSignal,
): Promise<GenerationStatistics> {
	const most = Math.min(MOST_EMBEDDED_TOKENS, trainedContext - FRAME);
	const text = sampleCode(name, most * 3);
	const counted = await model.tokenize(text, signal);
	if (counted.type === 'unsupported') {
		throw new Error(counted.reason);
	}
	// The first vector of all makes a context.
	await vectorOf(model, name, signal);
	const began = now();
	await vectorOf(model, text, signal);
	return {
		promptTokens: Math.min(most, counted.tokens.length),
		reusedTokens: 0,
		prefillMilliseconds: now() - began,
		generatedTokens: 0,
		decodeMilliseconds: 0,
	};
}

/** @throws Error where there is none. */
async function vectorOf(model: Pick<Generator, 'embed'>, text: string, signal: AbortSignal): Promise<void> {
	const answer = await model.embed(text, signal);
	if (answer.type === 'unsupported') {
		throw new Error(answer.reason);
	}
}

/** @param name differs from round to round, and stands first. */
async function measure(
	model: Pick<Generator, 'fill' | 'chat'>,
	description: ModelDescription,
	name: string,
	signal: AbortSignal,
): Promise<GenerationStatistics> {
	const maxPromptTokens = Math.min(PROMPT, Math.floor(description.contextSize / 2));
	// Three characters a token are few: what is too much is cut from the front.
	const code = sampleCode(name, maxPromptTokens * 3);
	const events =
		description.fill.type === 'fill'
			? model.fill(
					{
						repository: undefined,
						path: `${name}.ts`,
						files: [],
						prefix: code,
						typed: '',
						suffix: '\n',
						maxTokens: WRITE,
						maxPromptTokens,
						leftToRight: false,
						priority: 'background',
					},
					signal,
				)
			: model.chat(
					{
						messages: [
							{
								role: 'user',
								content: `${name}\n${code.slice(-maxPromptTokens * 2)}\nWrite the next ten functions.`,
							},
						],
						maxTokens: WRITE,
						temperature: 0,
						priority: 'background',
					},
					signal,
				);
	return statisticsOf(events);
}

async function statisticsOf(events: AsyncIterable<GenerationEvent>): Promise<GenerationStatistics> {
	for await (const event of events) {
		if (event.type === 'end') {
			return event.statistics;
		}
		if (event.type === 'unsupported') {
			throw new Error(event.reason);
		}
	}
	throw new Error('The model ended without a word.');
}

/** Plain code of about so many characters, which goes on where it ends; no two names give the same. */
function sampleCode(name: string, characters: number): string {
	const lines = [`// ${name}`];
	for (let number = 1, length = 0; length < characters; number++) {
		const line = `export function step${number}(values: number[]): number {\n\treturn values.reduce((sum, value) => sum + value * ${number}, 0);\n}\n`;
		lines.push(line);
		length += line.length;
	}
	return `${lines.join('\n')}\nexport const steps = [`;
}
