/** Whether a text that the model wrote for a line is the edit again, and nothing else. */

import { leadingBlanks } from '../../inference/indentation';
import { BracketPairs } from './brackets';
import { type Difference, differenceOf } from './difference';
import type { Lexicon } from './lexicon';
import { Names } from './names';
import type { Page } from './page';
import { type Part, partsOf } from './parts';
import { isSeen, type Pattern } from './pattern';
import { type Counterpart, counterpart, type Sibling } from './siblings';
import { type Token, tokensOf } from './tokens';

/** Share of what went and came that has to be the same as in the example, or what stands for it here. */
const SAME = 0.5;
/** Characters that may come beside twice as many as the edit brought. */
const SPARE = 8;

/** @param answer the new text of the sibling's lines. */
export function isApplication(
	answer: string,
	sibling: Sibling,
	pattern: Pattern,
	page: Page,
	lexicon: Lexicon,
): boolean {
	const written = tokensOf(answer, lexicon);
	const tokens = written.filter(isSeen);
	const made = differenceOf(sibling.tokens, tokens);
	if (made === undefined || !keepsComments(sibling.text, written, lexicon)) {
		return false;
	}
	const names = new Names(sibling.segments);
	const known = (word: string) => page.tokens.some(({ text }) => text === word);
	const { difference } = pattern;
	return (
		isWrittenAlike(answer, tokens, sibling, pattern, made.head, made.tail) &&
		loose(tokens) === loose(sibling.tokens) &&
		keeps(tokens, names.own) &&
		charactersOf(made.inserted) <= 2 * charactersOf(difference.inserted) + SPARE &&
		isThere(difference, sibling, made) &&
		isAlike(partsOf(difference.removed), partsOf(made.removed), names, known) &&
		isAlike(partsOf(difference.inserted), partsOf(made.inserted), names, known)
	);
}

function keepsComments(text: string, written: readonly Token[], lexicon: Lexicon): boolean {
	const comments = (tokens: readonly Token[]) =>
		tokens
			.filter((token) => !isSeen(token))
			.map((token) => token.text)
			.join(' ');
	return comments(written) === comments(tokensOf(text, lexicon));
}

/** What only this line names is still there: another line's text is not the same edit. */
function keeps(tokens: readonly Token[], own: ReadonlySet<string>): boolean {
	const words = new Set(tokens.map(({ text }) => text));
	return [...own].every((name) => words.has(name));
}

/** What follows the change keeps its blanks, and what comes stands as close to what is around it as in the example. */
function isWrittenAlike(
	answer: string,
	tokens: readonly Token[],
	{ text, tokens: old }: Sibling,
	{ after, is, difference }: Pattern,
	head: number,
	tail: number,
): boolean {
	const example = after.join('\n');
	const rest = text.slice(old[old.length - tail]?.start ?? text.length);
	const gap = (all: readonly Token[], from: string, index: number) =>
		all[index - 1]?.kind === 'line' ? '' : from.slice(all[index - 1]?.end ?? 0, all[index]?.start ?? 0);
	const isIndented = head > 0 || leadingBlanks(answer) === leadingBlanks(text);
	return (
		isIndented &&
		answer.endsWith(rest) &&
		(head === 0 ||
			difference.head === 0 ||
			gap(tokens, answer, head) === gap(is, example, difference.head)) &&
		(tail === 0 ||
			difference.tail === 0 ||
			gap(tokens, answer, tokens.length - tail) === gap(is, example, is.length - difference.tail))
	);
}

/** The change was made where the edit was: between what corresponds to its two sides. */
function isThere({ head, tail }: Difference, { segments }: Sibling, made: Difference): boolean {
	const isAt = (expected: Counterpart, count: number) =>
		expected.isExact ? count === expected.count : count >= expected.count;
	return (
		isAt(counterpart(segments, head), made.head) &&
		isAt(counterpart([...segments].reverse(), tail), made.tail)
	);
}

/** The same parts, or what stands for them here; enough of them where nothing says what stands for the others. */
function isAlike(
	example: readonly Part[],
	made: readonly Part[],
	names: Names,
	isKnown: (word: string) => boolean,
): boolean {
	if (example.length !== made.length) {
		return false;
	}
	let same = 0;
	for (const [index, one] of example.entries()) {
		const other = made[index];
		const isOthers = other?.words.some((word) => names.isForeign(word)) === true;
		if (other === undefined || one.kind !== other.kind || isOthers) {
			return false;
		}
		const isField = wordOf(made[index - 1]) === '.' && wordOf(made[index + 1]) !== '(';
		if (isSame(one, other, names)) {
			same++;
		} else if (!mayDiffer(one, other, names, isField && isKnown(wordOf(other)))) {
			return false;
		}
	}
	return same >= example.length * SAME;
}

function isSame(one: Part, other: Part, names: Names): boolean {
	if (one.kind === 'sign' || one.kind === 'quote' || one.kind === 'line') {
		return wordOf(one) === wordOf(other);
	}
	return (
		one.words.length === other.words.length &&
		one.words.every((word, index) => (names.expected(word) ?? [word]).includes(other.words[index] ?? ''))
	);
}

/**
 * Strings, numbers and fields that the line may have for itself; never signs, and never what has its counterpart.
 *
 * @param isField it is one that the file knows, and no method.
 */
function mayDiffer(one: Part, other: Part, names: Names, isField: boolean): boolean {
	switch (one.kind) {
		case 'word':
			return isField && names.expected(wordOf(one)) === undefined;
		case 'text':
			return (
				other.words.length <= one.words.length &&
				one.words.every((word) => names.expected(word) === undefined)
			);
		default:
			return one.kind === 'number';
	}
}

/** The brackets that have no other end on the line. */
function loose(tokens: readonly Token[]): string {
	const pairs = new BracketPairs(tokens);
	return tokens
		.filter(({ kind, zone, text }, index) => {
			const isBracket = kind === 'sign' && zone === 'code' && /^[()[\]{}]$/.test(text);
			return isBracket && pairs.partner(index) === undefined;
		})
		.map(({ text }) => text)
		.join('');
}

function wordOf(part: Part | undefined): string {
	return part?.words[0] ?? '';
}

function charactersOf(tokens: readonly Token[]): number {
	return tokens.reduce((sum, { text }) => sum + text.length, 0);
}
