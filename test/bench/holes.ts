/** What a completion is worth beside the code that stood there: the figures of one hole. */
import type { EndReason } from '../../src/inference/model';

/** The code that was taken out. */
export interface Expected {
	readonly middle: string;
	/** Whether somebody would stop there; else the completion is compared over the length of the middle. */
	readonly ends: boolean;
}

export interface Completion {
	readonly text: string;
	readonly reason: EndReason;
}

/** Blanks at the end of what is compared never count. */
export interface Marks {
	/** The first line that is not blank, with the blank ones before it, is the same to the letter. */
	readonly isFirstLineExact: boolean;
	readonly isExact: boolean;
	/** 1 − edits / longer text, 0 to 1. */
	readonly similarity: number;
	/** The model ended by itself before it had written half of the characters. */
	readonly isPremature: boolean;
	/** Somebody would have stopped there, and the model wrote more than twice as much. */
	readonly isOverrun: boolean;
}

export function judge(expected: Expected, completion: Completion): Marks {
	const middle = expected.middle.trimEnd();
	const text = compared(expected, completion);
	const { length } = completion.text.trimEnd();
	return {
		isFirstLineExact: firstLine(text) === firstLine(middle),
		isExact: text === middle,
		similarity: editSimilarity(text, middle),
		isPremature: completion.reason === 'end-of-text' && length * 2 < middle.length,
		isOverrun: expected.ends && length > middle.length * 2,
	};
}

/** The part of the completion that is compared. */
export function compared({ middle, ends }: Expected, { text }: Completion): string {
	return (ends ? text : text.slice(0, middle.length)).trimEnd();
}

/** 1 − Levenshtein distance / length of the longer text; 1 for two empty ones. */
export function editSimilarity(one: string, other: string): number {
	const longer = Math.max(one.length, other.length);
	return longer === 0 ? 1 : 1 - distance(one, other) / longer;
}

/** Fewest insertions, deletions and replacements of UTF-16 units that make one text of the other (Levenshtein 1966). */
function distance(one: string, other: string): number {
	/** Distances of what was read of `one` from each start of `other`. */
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let at = 0; at < one.length; at++) {
		const next = [at + 1];
		for (let index = 0; index < other.length; index++) {
			const replaced = (row[index] ?? 0) + (one[at] === other[index] ? 0 : 1);
			next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
		}
		row = next;
	}
	return row[other.length] ?? 0;
}

/** A middle that begins at the end of a line has its first line below. */
function firstLine(text: string): string {
	return (/^\s*[^\n]*/.exec(text)?.[0] ?? '').trimEnd();
}
