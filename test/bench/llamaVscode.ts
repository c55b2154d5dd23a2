/**
 * What llama.vscode does between the editor and llama-server: the shape of its request, its cache and its rules, as
 * read in its sources (2026-08; research/peers.md). It answers nothing but what stands in the model or in its cache.
 */
import { type Cursor, lineAfter, lineBefore } from '../../src/completion/cursor';
import type { InfillBody, Infilled, LlamaServer } from './llamaServer';

/** Lines before and after the cursor's line. */
const LINES_BEFORE = 256;
const LINES_AFTER = 64;
/** Characters right of the cursor with which it does not ask. */
const MOST_RIGHT = 8;
const CACHED = 250;

/** A piece of another place, from its ring. */
export interface RingChunk {
	readonly filename: string;
	readonly text: string;
}

export interface PeerOptions {
	/** Tokens of an answer; its own number is 128. */
	readonly predict: number;
	/** Whether it asks in the background for what follows its answer, as it does by itself. */
	readonly asksAhead: boolean;
	/** Fields of the body that replace its own, such as those of sampling. */
	readonly sampling?: InfillBody;
	/** Its ring of places seen before. Default: empty. */
	readonly ring?: readonly RingChunk[];
}

export interface PeerAnswer {
	/** What it shows; undefined for nothing. */
	readonly text: string | undefined;
	readonly source: 'cache' | 'model' | 'refused';
	/** Of the model, where it was asked. */
	readonly infilled: Infilled | undefined;
}

/** The three pieces of its request. */
interface Pieces {
	readonly prefix: string;
	/** The line up to the cursor. */
	readonly prompt: string;
	readonly suffix: string;
}

export class LlamaVscode {
	/** In order of use, the oldest first. */
	private readonly cache = new Map<string, string>();
	private ahead: Promise<void> = Promise.resolve();

	constructor(
		private readonly server: Pick<LlamaServer, 'infill'>,
		private readonly options: PeerOptions,
	) {}

	/** @throws what the server says when it fails. */
	async complete(cursor: Cursor, signal: AbortSignal): Promise<PeerAnswer> {
		const [typed, rest] = [lineBefore(cursor), lineAfter(cursor)];
		if (rest.length > MOST_RIGHT) {
			return { text: undefined, source: 'refused', infilled: undefined };
		}
		const pieces = piecesAt(cursor, typed, rest);
		const known = this.find(pieces);
		const indentation = (typed + rest).length - (typed + rest).trimStart().length;
		const infilled = known === undefined ? await this.ask(pieces, indentation, signal) : undefined;
		const lines = withoutBlankEnd((known ?? infilled?.text ?? '').split('\n'));
		const source = known === undefined ? 'model' : 'cache';
		if (lines.length === 0 || isRepetition(lines, cursor, typed, rest)) {
			return { text: undefined, source, infilled };
		}
		const text = fitted(lines, rest);
		if (known === undefined) {
			this.put(pieces, text);
		}
		if (this.options.asksAhead && rest.trim() === '') {
			this.ahead = this.askAhead(pieces, lines, indentation, signal);
		}
		// It leaves blanks out of its prompt, and takes those away that the model has written again.
		const isBlank = typed.trim() === '';
		return { text: isBlank ? withoutIndentation(text, typed.length) : text, source, infilled };
	}

	/** Resolves when nothing goes on in the background. Rejects as `complete` does. */
	idle(): Promise<void> {
		return this.ahead;
	}

	private ask(pieces: Pieces, indentation: number, signal: AbortSignal): Promise<Infilled> {
		const { predict, sampling, ring } = this.options;
		const body = {
			input_prefix: pieces.prefix,
			input_suffix: pieces.suffix,
			input_extra: ring ?? [],
			prompt: pieces.prompt,
			n_predict: predict,
			top_k: 40,
			top_p: 0.99,
			samplers: ['top_k', 'top_p', 'infill'],
			cache_prompt: true,
			...(indentation > 0 ? { n_indent: indentation } : {}),
			t_max_prompt_ms: 500,
			t_max_predict_ms: 500,
			// Not its own: the same run gives the same figures.
			seed: 1,
			...sampling,
		};
		return this.server.infill(body, signal);
	}

	/** What would follow if all of the answer were accepted; after its first line the rest of it follows. */
	private async askAhead(
		{ prefix, prompt, suffix }: Pieces,
		lines: readonly string[],
		indentation: number,
		signal: AbortSignal,
	): Promise<void> {
		const [first = ''] = lines;
		const above = `${prompt}${lines.slice(0, -1).join('\n')}\n`;
		const next: Pieces =
			lines.length === 1
				? { prefix, prompt: prompt + first, suffix }
				: { prefix: lastLines(prefix + above, LINES_BEFORE), prompt: lines.at(-1) ?? '', suffix };
		if (!this.cache.has(keyOf(next))) {
			const { text } = await this.ask(next, indentation, signal);
			const following = withoutBlankEnd(text.split('\n')).join('\n');
			if (following !== '') {
				this.put(next, following);
			}
		}
		if (lines.length > 1) {
			const afterFirst = { prefix: `${prefix}${prompt}${first}\n`, prompt: '', suffix };
			if (!this.cache.has(keyOf(afterFirst))) {
				this.put(afterFirst, lines.slice(1).join('\n'));
			}
		}
	}

	/** What it knows for this place, or what is left of what it knew for one earlier in this line. */
	private find(pieces: Pieces): string | undefined {
		const { prompt } = pieces;
		for (let length = prompt.length; length >= 0; length--) {
			const key = keyOf({ ...pieces, prompt: prompt.slice(0, length) });
			const found = this.cache.get(key);
			if (found?.startsWith(prompt.slice(length)) === true) {
				this.cache.delete(key);
				this.cache.set(key, found);
				return found.slice(prompt.length - length);
			}
		}
		return undefined;
	}

	private put(pieces: Pieces, text: string): void {
		this.cache.set(keyOf(pieces), text);
		const [oldest] = this.cache.keys();
		if (this.cache.size > CACHED && oldest !== undefined) {
			this.cache.delete(oldest);
		}
	}
}

function keyOf({ prefix, prompt, suffix }: Pieces): string {
	return `${prefix}|${suffix}|${prompt}`;
}

function piecesAt({ before, after }: Cursor, typed: string, rest: string): Pieces {
	const above = before.slice(0, before.length - typed.length);
	const below = after.slice(rest.length + 1).split('\n', LINES_AFTER);
	return {
		prefix: above === '' ? '\n' : lastLines(above, LINES_BEFORE),
		prompt: typed.trim() === '' ? '' : typed,
		suffix: `${rest}\n${below.join('\n')}\n`,
	};
}

/** `text` ends with a line end. */
function lastLines(text: string, count: number): string {
	const lines = text.split('\n');
	return lines.slice(Math.max(0, lines.length - 1 - count)).join('\n');
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
	const last = lines.findLastIndex((line) => line.trim() !== '');
	return lines.slice(0, last + 1);
}

function withoutIndentation(text: string, most: number): string {
	const blanks = /^[ \t]*/.exec(text)?.[0].length ?? 0;
	return text.slice(Math.min(blanks, most));
}

/** Next to a rest of the line only one line is shown, without the rest where that stands at its end. */
function fitted(lines: readonly string[], rest: string): string {
	const [first = ''] = lines;
	if (rest.trim() === '') {
		return lines.join('\n');
	}
	return first.endsWith(rest) ? first.slice(0, -rest.length) : first;
}

/** Whether it says only what stands below already, to the letter. */
function isRepetition(lines: readonly string[], cursor: Cursor, typed: string, rest: string): boolean {
	const [first = '', ...others] = lines;
	const below = cursor.after.slice(rest.length + 1).split('\n');
	if (!cursor.after.includes('\n')) {
		return false;
	}
	if (lines.length === 1 && first === rest) {
		return true;
	}
	const isNothingNew = first.trim() === '' || first.trim() === rest.trim();
	if (others.length > 0 && isNothingNew && others.every((line, index) => line === below[index])) {
		return true;
	}
	const next = below.findIndex((line) => line.trim() !== '');
	if (next === -1 || typed + first !== below[next]) {
		return false;
	}
	const following = below.slice(next + 1);
	return others.length === 1
		? following[0]?.startsWith(others[0] ?? '') === true
		: others.every((line, index) => line === following[index]);
}
