/** Cursor → the request to the model, within what this machine reads in time. */

import { fillPieces } from '../inference/fillPieces';
import { promptTokens } from '../inference/fit/firstToken';
import type { ContextFile, FillRequest, ModelDescription, Priority, Subscription } from '../inference/model';
import type { Settings } from '../manifest';
import { openQuote, readBrackets } from './brackets';
import { type Cursor, lineAfter, lineBefore } from './cursor';

/** What one source of context brought to a prompt. */
export interface ContextNote {
	/** Its name, such as `open-files`. */
	readonly source: string;
	readonly items: number;
	readonly characters: number;
	/** What gathering took, whenever that was. */
	readonly milliseconds: number;
}

export interface ChosenContext {
	/** Stable first; volatile and most relevant last. */
	readonly files: readonly ContextFile[];
	readonly notes: readonly ContextNote[];
}

/** What all of the context may take in a prompt, and what a part of it takes. */
export interface ContextRoom {
	readonly tokens: number;
	/** Tokens of a file with its header: counted where that was done, else reckoned. At once. */
	tokensOf(file: ContextFile): number;
	/** Has the model count. Rejects as the model does, and with an AbortError when the signal fires. */
	count(files: readonly ContextFile[], signal: AbortSignal): Promise<void>;
}

/** What other files say that helps at a cursor. */
export interface CompletionContext {
	/**
	 * At once, from what was gathered before; never waits. The same answer while one place is typed at, so that the
	 * KV cache holds.
	 */
	chosenFor(cursor: Cursor, room: ContextRoom): ChosenContext;
	/** What is gathered for this place has changed, and nobody is typing: the prompt may be prefilled. */
	onDidChange(listener: () => void): Subscription;
	/** Somebody is at this place, key by key: at each new line, gather in the background (time-boxed by source). */
	visit(cursor: Cursor): void;
}

/**
 * The same for other files. They stand first, stay for many lines, and are read while nobody types: somebody waits for
 * them only where a question comes before the first rest in a file.
 */
const CONTEXT_SECONDS = 1;
const MOST_CONTEXT = 1_024;
/** Less is not worth a header. */
const LEAST_CONTEXT = 64;
/** Share that the current file keeps in a small context of the model, whatever other files say. */
const FILE_SHARE = 0.6;
/** Share of its room that context leaves free, for what is typed and for a current file with short tokens. */
const SPARE = 1 / 8;

/** Tokens that the model's context leaves beside `maxTokens` of output; special tokens and the path take some 32. */
function promptRoom({ contextSize, trainedContext }: ModelDescription, maxTokens: number): number {
	const contexts = [contextSize, trainedContext].filter((size) => size > 0);
	return Math.max(32, Math.min(...contexts.map((size) => size - maxTokens - 32)));
}

/**
 * Tokens of the current file: what this machine reads in 0.6 s, 256 to 2,048, and never more than the model's context
 * leaves beside `maxTokens` of output.
 */
export function promptBudget(model: ModelDescription, maxTokens: number): number {
	return Math.min(promptTokens(model.prefillTokensPerSecond), promptRoom(model, maxTokens));
}

/** The same beside other files, and tokens for those: what this machine reads in another second, at most 1,024. */
export function sharedBudget(
	model: ModelDescription,
	maxTokens: number,
): { readonly file: number; readonly context: number } {
	const room = promptRoom(model, maxTokens);
	const alone = promptBudget(model, maxTokens);
	return divided(room, alone, affordableContext(model));
}

/** Tokens of other files that a machine reads in time. */
export function affordableContext({
	prefillTokensPerSecond,
}: Pick<ModelDescription, 'prefillTokensPerSecond'>): number {
	return Math.min(MOST_CONTEXT, Math.round(prefillTokensPerSecond * CONTEXT_SECONDS));
}

/**
 * How a room for a prompt is divided.
 * @param alone tokens of the current file at most
 * @param affordable tokens of other files at most
 */
export function divided(
	room: number,
	alone: number,
	affordable: number,
): { readonly file: number; readonly context: number } {
	const file = Math.min(alone, Math.max(room - affordable, Math.round(room * FILE_SHARE)));
	const context = Math.min(affordable, room - file);
	return context < LEAST_CONTEXT ? { file: alone, context: 0 } : { file, context };
}

/** Of tokens for other files, those that are filled. */
export function filledContext(context: number): number {
	return Math.floor(context * (1 - SPARE));
}

/**
 * The place without what the editor closed by itself while this line was typed: what follows stays the same from key to
 * key, so that it stays in the KV cache, and the model closes what is open, as at every other end of a line. Braces
 * stay: without them, the model would begin a block below.
 */
export function withoutAutoClosed(cursor: Cursor): Cursor {
	const closed = closedByItself(cursor.before, cursor.after);
	return closed > 0 ? { ...cursor, after: cursor.after.slice(closed) } : cursor;
}

/** How many characters behind a cursor those are. */
export function closedByItself(before: string, after: string): number {
	const typed = lineBefore({ before });
	const rest = lineAfter({ after }).trimEnd();
	const quote = openQuote(typed);
	const owed = readBrackets(quote === undefined ? typed : typed.slice(0, typed.lastIndexOf(quote))).owed;
	const closers = (quote ?? '') + owed.toReversed().join('');
	return rest !== '' && !rest.includes('}') && closers.startsWith(rest) ? rest.length : 0;
}

/**
 * @param filesWithin files that other places offer, in at most so many tokens, which stay the same for a model; the
 * most relevant last. Default: none.
 * @param anchor characters before the cursor that are the prefix. Default: up to the start of its line.
 */
export function fillRequest(
	cursor: Cursor,
	model: ModelDescription,
	settings: Settings['completion'],
	priority: Priority,
	filesWithin: (maxTokens: number) => readonly ContextFile[] = () => [],
	anchor?: number,
): FillRequest {
	const { maxTokens, leftToRight } = settings;
	const place = { ...withoutAutoClosed(cursor), ...(anchor === undefined ? {} : { anchor }) };
	const { file, context } = sharedBudget(model, maxTokens);
	const room = filledContext(context);
	const files = room > 0 ? filesWithin(room) : [];
	const pieces =
		files.length > 0
			? { ...fillPieces(place, file), files, maxPromptTokens: file + context }
			: fillPieces(place, promptBudget(model, maxTokens));
	return { ...pieces, maxTokens, leftToRight, priority };
}
