/** One generation from question to clean text: stream, stops, clean; and what comes behind it, for the cache. */

import { throwIfAborted } from '../inference/cancel';
import type {
	EndReason,
	FillRequest,
	GenerationEvent,
	GenerationStatistics,
	Generator,
	PromptEvaluated,
} from '../inference/model';
import type { Known } from './cache';
import { type Cleaning, clean } from './clean';
import { extent } from './cleaning/extent';
import type { Clock } from './clock';
import { Confidence } from './confidence';
import { type Cursor, lineAfter } from './cursor';
import type { ContextNote } from './prompt';
import type { AskedShape, Shapes } from './shape';
import { accumulated, type StopRule, stopped, stopRules } from './stops';
import { streak } from './streak';

export type Generated =
	| {
			readonly type: 'generated';
			readonly cleaned: Cleaning;
			/** Mean natural logarithm of the probability of the text's tokens; undefined where the model does not tell. */
			readonly confidence: number | undefined;
			/** Undefined where a filter ended the generation of a model that does not say what its prompt took. */
			readonly statistics: GenerationStatistics | undefined;
			/** From the last of the text that counts until it was clean. */
			readonly cleaningMilliseconds: number;
	  }
	| { readonly type: 'unsupported'; readonly reason: string };

/** What the model is asked at a place. */
export interface Question {
	readonly cursor: Cursor;
	readonly shape: AskedShape;
	readonly request: FillRequest;
	/** What other files brought to it. */
	readonly notes: readonly ContextNote[];
	/** Where a finished text must end for its syntax; see `Shapes`. Default: nobody knows. */
	readonly end?: Shapes['end'] | undefined;
	/** Somebody asked by hand: the generation goes on however unsure the model is. */
	readonly isByHand: boolean;
}

/** Who follows a generation. */
interface Follower {
	/** Hears the whole text so far, before any rule cut it. */
	written(text: string): void;
	/** What is shown is there; what may come behind it is not. */
	landed(generated: Generated): void;
	/** What is known by the way of another place. */
	further(cursor: Cursor, known: Known): void;
}

/** What the stream said besides text. */
interface Notes {
	readonly confidence: Confidence;
	/** Tokens of text, as far as the model tells; else pieces. */
	tokens: number;
	prefilled: { readonly event: PromptEvaluated; readonly at: number } | undefined;
	end: EndReason | undefined;
	statistics: GenerationStatistics | undefined;
	unsupported: string | undefined;
	/** The rule that ended the text. */
	endedBy: StopRule | undefined;
}

async function* pieces(
	events: AsyncIterable<GenerationEvent>,
	notes: Notes,
	clock: Pick<Clock, 'now'>,
): AsyncGenerator<string, void, undefined> {
	for await (const event of events) {
		switch (event.type) {
			case 'prefilled':
				notes.prefilled = { event, at: clock.now() };
				break;
			case 'text':
				notes.confidence.hear(event);
				notes.tokens += event.tokens ?? 1;
				yield event.text;
				break;
			case 'end':
				notes.end = event.reason;
				notes.statistics = event.statistics;
				break;
			case 'call':
				// Only a chat offers functions.
				break;
			case 'unsupported':
				notes.unsupported = event.reason;
				return;
			default:
				event satisfies never;
		}
	}
}

/** The same texts, each told before it is passed on; leaving the loop over them does not end their source. */
function told(texts: AsyncIterator<string>, tell: (text: string) => void): AsyncIterable<string> {
	const next = async () => {
		const result = await texts.next();
		if (result.done !== true) {
			tell(result.value);
		}
		return result;
	};
	return { [Symbol.asyncIterator]: () => ({ next }) };
}

/** Rejects with an AbortError when cancelled; the signal ends also what comes behind the shown text. */
export async function generate(
	model: Pick<Generator, 'fill'>,
	question: Question,
	follower: Follower,
	clock: Pick<Clock, 'now'>,
	signal: AbortSignal,
): Promise<Generated> {
	const { cursor, shape, request } = question;
	const notes: Notes = {
		confidence: new Confidence(),
		tokens: 0,
		prefilled: undefined,
		end: undefined,
		statistics: undefined,
		unsupported: undefined,
		endedBy: undefined,
	};
	const source = accumulated(pieces(model.fill(request, signal), notes, clock));
	let written = '';
	const texts = told(source, (text) => {
		written = text;
		follower.written(text);
	});
	try {
		const unsure = question.isByHand ? [] : [notes.confidence.rule()];
		let text = '';
		const onStop = (rule: StopRule) => {
			notes.endedBy = rule;
		};
		for await (const soFar of stopped(texts, [...stopRules(cursor, shape), ...unsure], onStop)) {
			text = soFar;
		}
		// A cancelled stream may end silently; half a text must not be taken for a whole one.
		throwIfAborted(signal);
		const generated = await generatedFrom(text, question, notes, clock, signal);
		follower.landed(generated);
		if (generated.type === 'generated' && mayGoOn(generated.cleaned, written, cursor, request, notes)) {
			const further = await streak(resumed(written, texts), cursor, generated.cleaned.text);
			throwIfAborted(signal);
			if (further !== undefined) {
				const confidence = notes.confidence.between(further.start, further.end);
				const cleaned = await balanced(further.cleaned, further.cursor, question, signal);
				follower.further(further.cursor, { cleaned, confidence });
			}
		}
		return generated;
	} finally {
		await source.return();
	}
}

/** @param text as the rules have cut it. */
async function generatedFrom(
	text: string,
	question: Question,
	notes: Notes,
	clock: Pick<Clock, 'now'>,
	signal: AbortSignal,
): Promise<Generated> {
	const { cursor, shape } = question;
	const { end, endedBy, prefilled, unsupported, tokens } = notes;
	if (unsupported !== undefined) {
		return { type: 'unsupported', reason: unsupported };
	}
	const started = clock.now();
	// What a rule ended does not end where the limit of tokens did.
	const isCut = end === 'length' && endedBy === undefined;
	const statistics =
		prefilled === undefined
			? undefined
			: {
					promptTokens: prefilled.event.promptTokens,
					reusedTokens: prefilled.event.reusedTokens,
					prefillMilliseconds: prefilled.event.prefillMilliseconds,
					generatedTokens: tokens,
					decodeMilliseconds: clock.now() - prefilled.at,
				};
	const cleaned = await balanced(clean(text, cursor, shape, isCut, endedBy), cursor, question, signal);
	return {
		type: 'generated',
		cleaned,
		confidence: notes.confidence.between(0, text.length),
		statistics: notes.statistics ?? statistics,
		cleaningMilliseconds: clock.now() - started,
	};
}

/** Cuts a text where the syntax tree says so. */
async function balanced(
	cleaned: Cleaning,
	cursor: Cursor,
	question: Question,
	signal: AbortSignal,
): Promise<Cleaning> {
	const end = cleaned.type === 'clean' ? await question.end?.(cursor, cleaned.text, signal) : undefined;
	if (cleaned.type === 'nothing' || end === undefined || end >= cleaned.text.length) {
		return cleaned;
	}
	const text = cleaned.text.slice(0, end).trimEnd();
	const rule = 'unbalanced-syntax';
	const changedBy = [...cleaned.changedBy, rule];
	return text === ''
		? { type: 'nothing', reason: 'nothing-to-add', dropped: { rule, text: cleaned.text }, changedBy }
		: { type: 'clean', text, changedBy };
}

/** The shown text ends because it is whole, stands at the end of its line, and is what the model wrote. */
function mayGoOn(
	cleaned: Cleaning,
	written: string,
	cursor: Cursor,
	request: FillRequest,
	notes: Notes,
): cleaned is Cleaning & { readonly type: 'clean' } {
	return (
		cleaned.type === 'clean' &&
		notes.endedBy?.name === extent.name &&
		written.startsWith(cleaned.text) &&
		lineAfter(cursor).trim() === '' &&
		request.alternative === undefined
	);
}

async function* resumed(
	first: string,
	texts: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
	yield first;
	yield* texts;
}
