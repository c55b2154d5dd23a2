/** The middle of a text from a server: by llama-server's `/infill`, Ollama's suffix, or a prompt that is continued. */

import type { FillRequest, GenerationEvent, Prefilled, TextEvent } from '../model';
import { isRecord, parseJson } from '../record';
import { errorOf, statisticsOf } from './chat';
import type { Connection } from './connection';
import { inert } from './inert';
import { eventsOf } from './lines';
import { at, listAt, numberAt, textAt } from './reading';

/** Milliseconds of writing, from the first line's end on: what takes longer nobody waits for. */
const LONGEST_WRITING = 10_000;
/** Likeliest first tokens that are looked at beyond those that were asked for: an end, and the likeliest. */
const SPARE_TOKENS = 4;

/** What goes to the server of a request: nothing secret, and no more than its context takes. */
export type Asked = Pick<
	FillRequest,
	'repository' | 'path' | 'files' | 'prefix' | 'typed' | 'suffix' | 'maxTokens'
>;

type Body = Readonly<Record<string, unknown>>;

/** @param more of the body: the model's name, and its adapters. */
function infillBody({ files, prefix, typed, suffix, maxTokens }: Asked, more: Body): Body {
	return {
		...more,
		input_extra: files.map(({ path, text }) => ({ filename: path, text })),
		// In `prompt` special tokens would count.
		input_prefix: prefix + typed,
		input_suffix: suffix,
		prompt: '',
		n_predict: maxTokens,
		t_max_predict_ms: LONGEST_WRITING,
		temperature: 0,
		cache_prompt: true,
	};
}

/** llama-server: its model's own tokens, and text that can never become one. */
export async function* infill(
	connection: Connection,
	asked: Asked,
	more: Body,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const began = performance.now();
	const body = { ...infillBody(asked, more), n_probs: 1, stream: true, timings_per_token: true };
	const lines = connection.lines({ path: '/infill', body, limits: 'fill' }, signal);
	let isFirst = true;
	for await (const data of eventsOf(lines)) {
		const chunk = chunkOf(data, connection, '/infill');
		const timings = chunk['timings'];
		if (isFirst) {
			isFirst = false;
			yield {
				type: 'prefilled',
				promptTokens: numberAt(chunk, 'tokens_evaluated') ?? 0,
				reusedTokens: numberAt(timings, 'cache_n') ?? 0,
				prefillMilliseconds: numberAt(timings, 'prompt_ms') ?? performance.now() - began,
			};
		}
		const probabilities = listAt(chunk, 'completion_probabilities').map((one) => numberAt(one, 'logprob'));
		yield* textEvent(textAt(chunk, 'content'), probabilities);
		if (chunk['stop'] === true) {
			const usage = {
				prompt_tokens: numberAt(chunk, 'tokens_evaluated'),
				completion_tokens: numberAt(chunk, 'tokens_predicted'),
			};
			yield {
				type: 'end',
				reason: textAt(chunk, 'stop_type') === 'limit' ? 'length' : 'end-of-text',
				statistics: statisticsOf(usage, timings, 0, began, undefined),
			};
			return;
		}
	}
	throw connection.dropped;
}

/** The n-th other way to begin, and what follows it; nothing where the model knows no other. */
export async function* infillOtherwise(
	connection: Connection,
	asked: Asked,
	alternative: number,
	more: Body,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const body = {
		...infillBody({ ...asked, maxTokens: 1 }, more),
		n_probs: alternative + SPARE_TOKENS,
		stream: false,
	};
	const answer = await connection.json({ path: '/infill', body, limits: 'fill' }, signal);
	const [, ...others] = listAt(answer, 'completion_probabilities', 0, 'top_logprobs')
		.map((one) => ({ text: textAt(one, 'token'), logProbability: numberAt(one, 'logprob') ?? 0 }))
		// An end, or half a character.
		.filter(({ text }, index) => index === 0 || (text !== '' && !text.includes('\uFFFD')));
	const first = others[alternative - 1];
	if (first === undefined) {
		return;
	}
	let isBegun = false;
	const rest = { ...asked, typed: asked.typed + first.text, maxTokens: Math.max(1, asked.maxTokens - 1) };
	for await (const event of infill(connection, rest, more, signal)) {
		if (event.type !== 'prefilled' && !isBegun) {
			isBegun = true;
			yield { type: 'text', ...first, tokens: 1 };
		}
		yield event;
	}
}

/** Has llama-server read the prompt. */
export async function preread(
	connection: Connection,
	asked: Asked,
	more: Body,
	signal: AbortSignal,
): Promise<Prefilled> {
	const began = performance.now();
	const body = { ...infillBody({ ...asked, maxTokens: 0 }, more), stream: false };
	const answer = await connection.json({ path: '/infill', body, limits: 'fill' }, signal);
	return {
		type: 'prefilled',
		promptTokens: numberAt(answer, 'tokens_evaluated') ?? 0,
		reusedTokens: numberAt(answer, 'timings', 'cache_n') ?? 0,
		milliseconds: performance.now() - began,
	};
}

/** Ollama: its template for the model, lines of JSON. @param prompt what stands before the hole. */
export async function* suffixed(
	connection: Connection,
	prompt: string,
	asked: Asked,
	more: Body,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const began = performance.now();
	const path = '/api/generate';
	const body = {
		...more,
		prompt,
		// Without one, the model would be asked a question.
		suffix: asked.suffix === '' ? '\n' : inert(asked.suffix),
		stream: true,
		logprobs: true,
		options: { temperature: 0, num_predict: asked.maxTokens },
	};
	const lines = connection.lines({ path, body, limits: 'fill' }, signal);
	for await (const line of lines) {
		if (line.trim() === '') {
			continue;
		}
		const chunk = chunkOf(line, connection, path);
		yield* textEvent(
			textAt(chunk, 'response'),
			listAt(chunk, 'logprobs').map((one) => numberAt(one, 'logprob')),
		);
		if (chunk['done'] === true) {
			const timings = {
				prompt_ms: milliseconds(numberAt(chunk, 'prompt_eval_duration')),
				predicted_ms: milliseconds(numberAt(chunk, 'eval_duration')),
			};
			const usage = {
				prompt_tokens: numberAt(chunk, 'prompt_eval_count'),
				completion_tokens: numberAt(chunk, 'eval_count'),
			};
			yield {
				type: 'end',
				reason: textAt(chunk, 'done_reason') === 'length' ? 'length' : 'end-of-text',
				statistics: statisticsOf(usage, timings, 0, began, undefined),
			};
			return;
		}
	}
	throw connection.dropped;
}

/** `/v1/completions`: a prompt that ends where the model is to go on. */
export async function* continued(
	connection: Connection,
	prompt: string,
	stops: readonly string[],
	maxTokens: number,
	more: Body,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const began = performance.now();
	const path = '/v1/completions';
	const body = {
		...more,
		prompt,
		max_tokens: maxTokens,
		temperature: 0,
		logprobs: 1,
		...(stops.length > 0 ? { stop: stops } : {}),
		stream: true,
		stream_options: { include_usage: true },
	};
	const lines = connection.lines({ path, body, limits: 'fill' }, signal);
	let finish = '';
	let isDone = false;
	let usage: unknown;
	let timings: unknown;
	let pieces = 0;
	let firstAt: number | undefined;
	for await (const data of eventsOf(lines)) {
		if (data.trim() === '[DONE]') {
			isDone = true;
			break;
		}
		const chunk = chunkOf(data, connection, path);
		usage = chunk['usage'] ?? usage;
		timings = chunk['timings'] ?? timings;
		const written = textAt(chunk, 'choices', 0, 'text');
		if (written !== '') {
			firstAt ??= performance.now();
			pieces++;
		}
		const logprobs = at(chunk, 'choices', 0, 'logprobs');
		yield* textEvent(written, [
			...listAt(logprobs, 'token_logprobs').map((one) => (typeof one === 'number' ? one : undefined)),
			...listAt(logprobs, 'content').map((one) => numberAt(one, 'logprob')),
		]);
		finish = textAt(chunk, 'choices', 0, 'finish_reason') || finish;
	}
	if (finish === '' && !isDone) {
		throw connection.dropped;
	}
	yield {
		type: 'end',
		reason: finish === 'length' ? 'length' : 'end-of-text',
		statistics: statisticsOf(usage, timings, pieces, began, firstAt),
	};
}

function chunkOf(data: string, connection: Connection, path: string): Readonly<Record<string, unknown>> {
	const chunk = parseJson(data);
	if (!isRecord(chunk)) {
		throw connection.broken(path);
	}
	const error = errorOf(chunk);
	if (error !== undefined) {
		throw connection.failed(error);
	}
	return chunk;
}

/** How likely it was, where the server says so of all of it. */
function* textEvent(
	text: string,
	probabilities: readonly (number | undefined)[],
): Generator<TextEvent, void, undefined> {
	if (text === '') {
		return;
	}
	const known = probabilities.filter((one) => one !== undefined);
	yield known.length === 0 || known.length < probabilities.length
		? { type: 'text', text }
		: {
				type: 'text',
				text,
				logProbability: known.reduce((sum, one) => sum + one, 0),
				tokens: known.length,
			};
}

/** Of nanoseconds. */
function milliseconds(nanoseconds: number | undefined): number | undefined {
	return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}
