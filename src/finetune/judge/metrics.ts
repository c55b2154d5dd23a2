/** How good a written text is beside the true one: the measures of CrossCodeEval (Ding et al., NeurIPS 2023). */

import { bareLines, identifiers } from './codeText';

/** A text ends too early in less than this share of the true length. */
const EARLY = 0.5;

/** What a model wrote at a place. */
export interface Written {
	/** Cut as serving would cut it. */
	readonly text: string;
	/** Whether it is over, by the model's own end or because it has as many lines as the truth; else tokens ran out. */
	readonly isOver: boolean;
}

/** The same lines, blanks at their ends and comments aside. */
export function isExact(text: string, truth: string, path: string): boolean {
	const [some, others] = [bareLines(text, path), bareLines(truth, path)];
	return some.length === others.length && some.every((line, index) => line === others[index]);
}

/**
 * Edit similarity from 0 to 1, as `fuzz.ratio` counts it: twice the longest common subsequence over both lengths. Blanks
 * at both ends do not count.
 */
export function similarity(text: string, truth: string): number {
	const [some, others] = [text.trim(), truth.trim()];
	const length = some.length + others.length;
	return length === 0 ? 1 : (2 * commonLength(some, others)) / length;
}

/** F1 of the names that are used, as sets; undefined where the truth has none. */
export function identifierScore(text: string, truth: string, path: string): number | undefined {
	const [found, wanted] = [identifiers(text, path), identifiers(truth, path)];
	if (wanted.size === 0) {
		return undefined;
	}
	const both = [...found].filter((name) => wanted.has(name)).length;
	return (2 * both) / (found.size + wanted.size);
}

/** Whether it is over before half of the truth is there. */
export function isPremature({ text, isOver }: Written, truth: string): boolean {
	return isOver && text.trim().length < EARLY * truth.trim().length;
}

/** Of the longest common subsequence. */
function commonLength(some: string, others: string): number {
	let row = new Uint32Array(others.length + 1);
	for (let one = 0; one < some.length; one++) {
		const next = new Uint32Array(others.length + 1);
		for (let other = 0; other < others.length; other++) {
			next[other + 1] =
				some.charCodeAt(one) === others.charCodeAt(other)
					? (row[other] ?? 0) + 1
					: Math.max(row[other + 1] ?? 0, next[other] ?? 0);
		}
		row = next;
	}
	return row[others.length] ?? 0;
}
