/** A pattern → the places on a page where it holds, and the text that would stand there. */

import { leadingBlanks } from '../../inference/indentation';
import type { Pace } from '../pace';
import type { Change } from './change';
import type { Element, Program } from './learn';
import { endOfLine, startOfLine } from './lines';
import { type Page, STRIDE, tokenAt } from './page';
import { commas, isPiece } from './pieces';
import { isMember, type Token } from './tokens';

/** What could be changed: offsets in the page's text. */
export interface Replacement {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** Tokens that a hole may hold. */
const WIDEST = 24;

/** First and last+1 token of each element, or undefined where the pattern does not hold at `index`. */
function match(
	elements: readonly Element[],
	tokens: readonly Token[],
	index: number,
): readonly (readonly [number, number])[] | undefined {
	const [element, ...rest] = elements;
	if (element === undefined) {
		return [];
	}
	const token = tokens[index];
	if (token === undefined) {
		return undefined;
	}
	if (element.type === 'token') {
		const isHere = token.text === element.text && token.zone === element.zone;
		const behind = isHere ? match(rest, tokens, index + 1) : undefined;
		return behind === undefined ? undefined : [[index, index + 1], ...behind];
	}
	if (token.zone !== element.zone) {
		return undefined;
	}
	const [follower] = rest;
	for (let end = index + 1; end <= Math.min(tokens.length, index + WIDEST); end++) {
		if (tokens[end - 1]?.kind === 'line') {
			return undefined;
		}
		// Looked at first: almost every end is none.
		if (follower?.type === 'token' && follower.text !== tokens[end]?.text) {
			continue;
		}
		const content = tokens.slice(index, end);
		if (isPiece(content) && (element.hasCommas || commas(content) === 0)) {
			const behind = match(rest, tokens, end);
			if (behind !== undefined) {
				return [[index, end], ...behind];
			}
		}
	}
	return undefined;
}

/** All replacements, in the order of the text. Rejects with an AbortError when cancelled. */
export async function places(
	program: Program,
	page: Page,
	pace: Pace,
	signal: AbortSignal,
): Promise<readonly Replacement[]> {
	const { left, target, right, change } = program;
	const tokens =
		change.zone === 'comment' ? page.tokens : page.tokens.filter((token) => token.zone !== 'comment');
	const elements = [...left, ...target, ...right];
	const [first] = elements;
	const found: Replacement[] = [];
	const run = program.reach === 'anywhere' ? { start: 0, end: page.text.length } : runOf(page, program);
	const last = run === undefined ? 0 : tokenAt(tokens, run.end);
	for (let index = tokenAt(tokens, (run?.start ?? 0) - 1); index < last; index++) {
		if (index % STRIDE === 0) {
			await pace.rest(signal);
		}
		const token = tokens[index];
		if (first === undefined || token === undefined || (first.type === 'token' && first.text !== token.text)) {
			continue;
		}
		const spans = match(elements, tokens, index);
		const replacement = spans === undefined ? undefined : replacementAt(program, page, tokens, spans);
		if (replacement !== undefined) {
			found.push(replacement);
		}
	}
	return found;
}

function replacementAt(
	program: Program,
	page: Page,
	tokens: readonly Token[],
	spans: readonly (readonly [number, number])[],
): Replacement | undefined {
	const { left, target, output, change } = program;
	const textOf = ([from, to]: readonly [number, number]) =>
		page.text.slice(tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0);
	const text = output
		.map((part) => {
			const span = typeof part === 'number' ? spans[part] : undefined;
			return typeof part === 'string' ? part : span === undefined ? '' : textOf(span);
		})
		.join('');
	const from = spans[left.length]?.[0] ?? spans.at(-1)?.[1] ?? 0;
	if (isDoneAlready(program, tokens, from) || isOtherMember(program, tokens, from)) {
		return undefined;
	}
	if (target.length > 0) {
		const to = spans[left.length + target.length - 1]?.[1] ?? from;
		const [start, end] = [tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0];
		return text === ''
			? withBlank(page.text, start, end, change)
			: { start, end, text: indented(text, indentAt(page.text, start), change) };
	}
	return inserted(text, page.text, tokens[from - 1], tokens[from], change);
}

/** What goes takes the blanks on one of its sides along, as it did in the example. */
function withBlank(
	text: string,
	start: number,
	end: number,
	{ before, from, beforeEnd, after, afterEnd }: Change,
): Replacement {
	const gapBefore = (before[from]?.start ?? 0) - (before[from - 1]?.end ?? 0);
	const gapNow = (after[afterEnd]?.start ?? 0) - (after[from - 1]?.end ?? 0);
	const isKept = gapNow === gapBefore && before[beforeEnd] !== undefined;
	const blanksBehind = leadingBlanks(text.slice(end, end + 200)).length;
	const blanksBefore = /[ \t]*$/.exec(text.slice(Math.max(0, start - 200), start))?.[0].length ?? 0;
	const endsLine = text[end - 1] === '\n';
	if (endsLine) {
		// A whole line, with its indentation.
		return { start: start - blanksBefore, end, text: '' };
	}
	return isKept
		? { start, end: end + blanksBehind, text: '' }
		: { start: start - blanksBefore, end, text: '' };
}

/** Between two tokens, with the blanks on the side on which the example has them. */
function inserted(
	output: string,
	text: string,
	previous: Token | undefined,
	next: Token | undefined,
	change: Change,
): Replacement {
	const { before, after, from, afterEnd, beforeEnd, edit } = change;
	const gap = edit.before.slice(before[from - 1]?.end ?? 0, before[beforeEnd]?.start ?? edit.before.length);
	const gapBefore = edit.after.slice(after[from - 1]?.end ?? 0, after[from]?.start ?? 0);
	const gapBehind = edit.after.slice(
		after[afterEnd - 1]?.end ?? 0,
		after[afterEnd]?.start ?? edit.after.length,
	);
	const isOwnLine = output.endsWith('\n');
	if (gapBehind === gap && !isOwnLine) {
		const start = previous?.end ?? 0;
		return { start, end: start, text: gapBefore + output };
	}
	const start = next?.start ?? text.length;
	if (isOwnLine) {
		const lineStart = startOfLine(text, start);
		const own = startOfLine(edit.after, edit.at);
		// In the example it is indented like the line above or like the one below; so it is here.
		const isLikeAbove = own > 0 && indentAt(edit.after, own) === indentAt(edit.after, own - 1);
		const indent = indentAt(text, isLikeAbove && lineStart > 0 ? lineStart - 1 : start);
		return { start: lineStart, end: lineStart, text: indent + indented(output, indent, change) };
	}
	return { start, end: start, text: output + gapBehind };
}

/** Lines behind the first get the indentation of the place instead of the example's. */
function indented(output: string, indent: string, { edit }: Change): string {
	if (!output.trimEnd().includes('\n')) {
		return output;
	}
	const own = indentAt(edit.after, edit.at);
	return output
		.split('\n')
		.map((line, index) => (index > 0 && line.startsWith(own) ? indent + line.slice(own.length) : line))
		.join('\n');
}

/** Blanks at the start of the line in which `at` lies. */
function indentAt(text: string, at: number): string {
	return leadingBlanks(text.slice(startOfLine(text, at), at + 200));
}

/** A member is no variable of the same name, and the other way round. */
function isOtherMember({ target, change }: Program, tokens: readonly Token[], from: number): boolean {
	const isWord = tokens[from]?.kind === 'word' && tokens[from]?.zone === 'code' && target.length > 0;
	return isWord && isMember(tokens, from) !== isMember(change.before, change.from);
}

/** What the edit added stands there already: at once before, at once behind. */
function isDoneAlready({ target, output, change }: Program, tokens: readonly Token[], from: number): boolean {
	const written = change.after.slice(change.from, change.afterEnd).filter(({ kind }) => kind !== 'line');
	const isAdding = target.length === 0 || output.some((part) => typeof part === 'number');
	if (!isAdding || written.length === 0) {
		return false;
	}
	const isThere = (at: number, row: readonly Token[]) =>
		row.every(({ text }, index) => tokens[at + index]?.text === text);
	if (target.length === 0) {
		const behind = tokens.slice(from, from + written.length + 1).filter(({ kind }) => kind !== 'line');
		const before = tokens
			.slice(Math.max(0, from - written.length - 1), from)
			.filter(({ kind }) => kind !== 'line');
		const said = written.map(({ text }) => text).join(' ');
		return (
			behind
				.slice(0, written.length)
				.map(({ text }) => text)
				.join(' ') === said ||
			before
				.slice(-written.length)
				.map(({ text }) => text)
				.join(' ') === said
		);
	}
	// What stands before the first hole in the output: `wrap(` before a value that is wrapped.
	const head = output.findIndex((part) => typeof part === 'number');
	const lead = output.slice(0, head).join('').trim();
	const leading = written.slice(0, leadLength(written, lead));
	return leading.length > 0 && isThere(from - leading.length, leading);
}

function leadLength(tokens: readonly Token[], lead: string): number {
	let length = 0;
	let text = '';
	while (length < tokens.length && text.length < lead.replace(/\s/g, '').length) {
		text += tokens[length]?.text ?? '';
		length++;
	}
	return length;
}

/** Offsets of the run of alike lines in which both edits were made; undefined where they were not in one. */
function runOf(
	page: Page,
	{ change, earlier }: Program,
): { readonly start: number; readonly end: number } | undefined {
	const shape = shapeOfLine(change.before, change.from);
	if (shape !== shapeOfLine(earlier.before, earlier.from)) {
		return undefined;
	}
	const shapes = new Set([shape, shapeOfLine(change.after, change.from)]);
	const isAlike = (start: number, end: number) => {
		const tokens = page.tokens.slice(tokenAt(page.tokens, start), tokenAt(page.tokens, end));
		return shapes.has(shapeOf(tokens.filter(({ zone }) => zone !== 'comment' || change.zone === 'comment')));
	};
	const own = change.edit.offset - page.offset;
	let start = startOfLine(page.text, own);
	while (start > 0 && isAlike(startOfLine(page.text, start - 1), start - 1)) {
		start = startOfLine(page.text, start - 1);
	}
	let end = endOfLine(page.text, own);
	while (end < page.text.length && isAlike(end + 1, endOfLine(page.text, end + 1))) {
		end = endOfLine(page.text, end + 1);
	}
	const other = earlier.edit.offset - page.offset;
	return other >= start && other <= end ? { start, end } : undefined;
}

function shapeOfLine(tokens: readonly Token[], at: number): string {
	let from = at;
	while (from > 0 && tokens[from - 1]?.kind !== 'line') {
		from--;
	}
	let to = at;
	while (to < tokens.length && tokens[to]?.kind !== 'line') {
		to++;
	}
	return shapeOf(tokens.slice(from, to));
}

/** Kinds in a row; what stands in a string counts as one. */
function shapeOf(tokens: readonly Token[]): string {
	return tokens
		.filter(({ kind, zone }) => kind === 'quote' || zone !== 'string')
		.map(({ kind, text }) => (kind === 'sign' || kind === 'quote' ? text : kind))
		.join(' ');
}
