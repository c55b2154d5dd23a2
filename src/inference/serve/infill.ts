/** `POST /infill`, as llama.cpp's server has it and the editors' extensions for it ask it. */

import type { ContextFile, FillRequest, GenerationStatistics, ModelDescription } from '../model';
import { isRecord } from '../record';
import { badRequest } from './apiError';
import { IndentedText } from './indentedText';
import { type Parameters, stopsOf } from './parameters';
import { type Answer, described, type Service, tokensIn } from './service';
import { sharedFill } from './sharedFill';
import { StopText } from './stopText';
import { begun, type Filter, type Written, whole, written } from './written';

/** Share of the context that what is filled in may take: more would push away what stands before it. */
const MIDDLE_SHARE = 1 / 4;
const MOST_FILES = 1_000;
/** Ways to go on, each with another first token. */
const MOST_WAYS = 8;

/** Somebody waits for it at a cursor, though not at ours: see `sharedFill`. */
export async function infill(parameters: Parameters, service: Service, signal: AbortSignal): Promise<Answer> {
	const files = filesOf(parameters.any('input_extra'));
	const prefix = parameters.text('input_prefix') ?? '';
	const suffix = parameters.text('input_suffix') ?? '';
	const prompt = parameters.text('prompt') ?? '';
	const wanted = parameters.count('n_predict', -1) ?? -1;
	const temperature = parameters.number('temperature', 0, 2) ?? 0;
	const ways = parameters.count('n_cmpl', 1, MOST_WAYS) ?? 1;
	const indentation = parameters.count('n_indent', 0, 1_000) ?? 0;
	const milliseconds = parameters.count('t_max_predict_ms', -1) ?? 0;
	const stops = stopsOf(parameters);
	const isStream = parameters.flag('stream');
	if (isStream && ways > 1) {
		throw badRequest('n_cmpl must be 1 where the answer is streamed.', 'n_cmpl');
	}
	const model = await described(service, signal);
	const most = Math.floor(model.contextSize * MIDDLE_SHARE);
	const request: FillRequest = {
		repository: undefined,
		// The text that follows other files needs a header as they have one.
		path: files.length > 0 ? 'filename' : '',
		files,
		prefix,
		typed: prompt,
		suffix,
		maxTokens: wanted < 0 ? most : Math.min(wanted, most),
		maxPromptTokens: model.contextSize,
		leftToRight: false,
		priority: 'interactive',
	};
	const generate = (alternative: number) =>
		written(
			sharedFill(
				service.model,
				model,
				alternative > 0 ? { ...request, alternative } : { ...request, temperature },
				signal,
			),
			{
				stops: new StopText(stops),
				filter: new InTime(new IndentedText(indentation), milliseconds),
				countTokens: (text) => tokensIn(service, text, signal),
			},
		);
	const stream = await begun(generate(0));
	if (isStream) {
		return { type: 'stream', events: chunks(stream, model), saysDone: false };
	}
	const bodies = [await bodyOf(stream, 0, model)];
	for (let way = 1; way < ways; way++) {
		bodies.push(await bodyOf(generate(way), way, model));
	}
	return { type: 'whole', body: ways === 1 ? (bodies[0] ?? {}) : bodies };
}

/** Ends a text, too, when it has a line and took too long. */
class InTime implements Filter {
	private start: number | undefined;
	private hasLine = false;
	private isLate = false;

	/** @param most milliseconds from the first text on; 0 and less: as long as it takes. */
	constructor(
		private readonly indented: IndentedText,
		private readonly most: number,
	) {}

	get ended(): boolean {
		return this.isLate || this.indented.ended;
	}

	push(piece: string): string {
		const now = performance.now();
		this.start ??= now;
		this.hasLine ||= piece.includes('\n');
		this.isLate = this.most > 0 && this.hasLine && now - this.start > this.most;
		return this.indented.push(piece);
	}

	flush(): string {
		return this.indented.flush();
	}
}

function filesOf(value: unknown): readonly ContextFile[] {
	if (value === undefined) {
		return [];
	}
	if (!Array.isArray(value) || value.length > MOST_FILES) {
		throw badRequest(`input_extra must be a list of at most ${MOST_FILES}.`, 'input_extra');
	}
	return value.map((file: unknown, index) => {
		const { text, filename = 'tmp' } = isRecord(file) ? file : {};
		if (typeof text !== 'string' || typeof filename !== 'string') {
			const at = `input_extra[${index}]`;
			throw badRequest(`${at} must have a text, and may have a filename; both are strings.`, at);
		}
		return { path: filename.replaceAll('\\', '/').replace(/\s+/g, ' '), text };
	});
}

async function bodyOf(
	stream: AsyncIterable<Written>,
	index: number,
	model: ModelDescription,
): Promise<object> {
	const { text, end } = await whole(stream);
	return { index, content: text, ...endOf(end, model, text.includes('\n')) };
}

async function* chunks(
	stream: AsyncIterable<Written>,
	model: ModelDescription,
): AsyncGenerator<object, void> {
	let hasLine = false;
	for await (const one of stream) {
		if (one.type === 'text') {
			hasLine ||= one.text.includes('\n');
			yield { index: 0, content: one.text, tokens: [], stop: false, id_slot: 0 };
		} else if (one.type === 'end') {
			yield { index: 0, content: '', ...endOf(one, model, hasLine) };
		}
	}
}

/** What llama.cpp's server says of a finished answer. */
function endOf(
	{ reason, word = '', statistics }: Extract<Written, { readonly type: 'end' }>,
	{ name, contextSize }: ModelDescription,
	hasLine: boolean,
): object {
	const { promptTokens, generatedTokens } = statistics;
	return {
		tokens: [],
		id_slot: 0,
		stop: true,
		model: name,
		tokens_predicted: generatedTokens,
		tokens_evaluated: promptTokens,
		tokens_cached: promptTokens + generatedTokens,
		generation_settings: { n_ctx: contextSize },
		has_new_line: hasLine,
		truncated: false,
		stop_type: reason === 'end-of-text' ? 'eos' : reason === 'word' ? 'word' : 'limit',
		stopping_word: word,
		timings: timingsOf(statistics),
	};
}

function timingsOf({
	promptTokens,
	reusedTokens,
	generatedTokens,
	prefillMilliseconds,
	decodeMilliseconds,
}: GenerationStatistics): object {
	const evaluated = promptTokens - reusedTokens;
	const each = (milliseconds: number, tokens: number) => (tokens > 0 ? milliseconds / tokens : 0);
	const rate = (tokens: number, milliseconds: number) =>
		milliseconds > 0 ? (tokens * 1000) / milliseconds : 0;
	return {
		cache_n: reusedTokens,
		prompt_n: evaluated,
		prompt_ms: prefillMilliseconds,
		prompt_per_token_ms: each(prefillMilliseconds, evaluated),
		prompt_per_second: rate(evaluated, prefillMilliseconds),
		predicted_n: generatedTokens,
		predicted_ms: decodeMilliseconds,
		predicted_per_token_ms: each(decodeMilliseconds, generatedTokens),
		predicted_per_second: rate(generatedTokens, decodeMilliseconds),
	};
}
