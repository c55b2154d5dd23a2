/** The next edit in the model's words, where no rule finds one: asks about the lines that were like the edited one. */

import { abortError, isAbort } from '../../inference/cancel';
import { type FillRequest, ModelUnavailable } from '../../inference/model';
import { isSafe } from '../clean';
import type { Clock } from '../clock';
import { Confidence } from '../confidence';
import type { DocumentFacts } from '../cursor';
import { Pace } from '../pace';
import { isApplication } from './application';
import { difference } from './display';
import type { EditedDocument, NextEdit } from './find';
import { lexiconOf } from './lexicon';
import { type Page, readPage } from './page';
import { patternOf } from './pattern';
import { type EditQuestion, questionAt } from './question';
import { type Sibling, siblingsOf } from './siblings';
import type { SpareTime } from './spareTime';

/** Milliseconds for all that is asked after one edit, waiting for the model included. */
export const BUDGET = 4_000;
/** Mean natural logarithm of the probability of a token below which an answer is not shown, and of its unlikeliest. */
const LEAST_MEAN = Math.log(0.6);
const LEAST_TOKEN = Math.log(0.1);

export interface EditWriterOptions {
	readonly spare: Pick<SpareTime, 'fill' | 'first'>;
	readonly clock: Clock;
	/** What is known of a document about which the model may be asked now; undefined: it may not. */
	readonly facts: (uri: string) => DocumentFacts | undefined;
	/** Upper limit of the tokens of an answer. */
	readonly maxTokens: () => number;
	/** The model was asked, and is free again. */
	readonly onAsked: () => void;
}

/**
 * Asks about three lines at most, one after the other, the nearest first. Rejects with an AbortError when the signal
 * fires; undefined also where there is no model or no time, or somebody completes meanwhile.
 */
export async function writeNextEdit(
	uri: string,
	document: EditedDocument,
	options: EditWriterOptions,
	signal: AbortSignal,
): Promise<NextEdit | undefined> {
	const ended = new AbortController();
	const both = AbortSignal.any([signal, ended.signal]);
	options.clock.sleep(BUDGET, both).then(
		() => ended.abort(abortError()),
		() => undefined,
	);
	try {
		return await written(uri, document, options, both);
	} catch (error) {
		if (!signal.aborted && (isAbort(error) || ModelUnavailable.is(error))) {
			return undefined;
		}
		throw error;
	} finally {
		ended.abort(abortError());
	}
}

async function written(
	uri: string,
	document: EditedDocument,
	{ spare, clock, facts, maxTokens, onAsked }: EditWriterOptions,
	signal: AbortSignal,
): Promise<NextEdit | undefined> {
	const { edits, languageId } = document;
	const [latest] = edits;
	if (latest === undefined) {
		return undefined;
	}
	const lexicon = lexiconOf(languageId);
	const pace = new Pace(clock);
	const page = await readPage(document, lexicon, latest.offset, pace, signal);
	const pattern = patternOf(latest, page, lexicon);
	if (pattern === undefined) {
		return undefined;
	}
	let isAsked = false;
	try {
		for (const sibling of await siblingsOf(pattern, edits, page, lexicon, pace, signal)) {
			// Looked at anew each time: what was excluded meanwhile is left alone at once.
			const known = facts(uri);
			const { state } = spare.first;
			if (known === undefined || state.type !== 'ready' || state.model.fill.type !== 'fill') {
				return undefined;
			}
			const about = { facts: known, page, pattern, edits, model: state.model, maxTokens: maxTokens() };
			const question = questionAt(sibling, about);
			if (question === undefined) {
				continue;
			}
			isAsked = true;
			const text = await answer(spare, question, signal);
			if (text !== undefined && isApplication(text, sibling, pattern, page, lexicon)) {
				return proposal(text, sibling, page);
			}
		}
		return undefined;
	} finally {
		if (isAsked) {
			onAsked();
		}
	}
}

/** The new lines; undefined where the model was unsure, did not end, or wrote what must not be inserted. */
async function answer(
	spare: EditWriterOptions['spare'],
	{ request, cursor, head, lines }: EditQuestion,
	signal: AbortSignal,
): Promise<string | undefined> {
	const heard = await hear(spare, request, lines, signal);
	if (heard === undefined || !isSafe(heard.text, cursor)) {
		return undefined;
	}
	const { text, confidence } = heard;
	const mean = confidence.between(0, text.length);
	const least = confidence.least(0, text.length);
	const isSure = mean !== undefined && least !== undefined && mean >= LEAST_MEAN && least >= LEAST_TOKEN;
	return isSure ? (head + text).trimEnd() : undefined;
}

/** The text up to the line end that ends it, or to its own end; undefined where it was cut or there is none. */
async function hear(
	spare: EditWriterOptions['spare'],
	request: FillRequest,
	lines: number,
	signal: AbortSignal,
): Promise<{ readonly text: string; readonly confidence: Confidence } | undefined> {
	const confidence = new Confidence();
	let text = '';
	for await (const event of spare.fill(request, signal)) {
		if (event.type === 'unsupported' || (event.type === 'end' && event.reason === 'length')) {
			return undefined;
		}
		if (event.type === 'text') {
			confidence.hear(event);
			text += event.text;
			const end = endOfLines(text, lines);
			if (end !== -1) {
				return { text: text.slice(0, end), confidence };
			}
		}
	}
	return { text, confidence };
}

/** Where so many lines end; -1 while they have not. */
function endOfLines(text: string, lines: number): number {
	let end = -1;
	for (let line = 0; line < lines; line++) {
		end = text.indexOf('\n', end + 1);
		if (end === -1) {
			return -1;
		}
	}
	return end;
}

/** What differs alone, so that the edit is as small as it was by hand. */
function proposal(answer: string, { start, end }: Sibling, { text, offset }: Page): NextEdit {
	const removed = text.slice(start, end);
	const { from, to, added } = difference(removed, answer.replace(/\r?\n/g, /\r?\n/.exec(text)?.[0] ?? '\n'));
	const at = offset + start;
	return { start: at + from, end: at + to, removed: removed.slice(from, to), text: added, rule: 'model' };
}
