/** How good an answer is beside the true one: likeness of the whole, names and syntax of the code in it, and its end. */

import { grammarOfFile } from '../../../inference/syntax/languages';
import { fenceFile, fencesIn } from '../../instruct/fence';
import { identifiers } from '../codeText';

/** Longest run of characters that chrF counts, and how much more it makes of what is missing than of what is too much. */
const LONGEST_RUN = 6;
const BETA = 2;

/** What one side answered. */
export interface Answered {
	readonly text: string;
	/** By the model's own end; else tokens ran out. */
	readonly isOver: boolean;
	/** Milliseconds per generated token; undefined where there were few. */
	readonly pace: number | undefined;
}

/**
 * chrF from 0 to 1 (Popović, "chrF: character n-gram F-score", WMT 2015): runs of 1 to 6 characters without blanks, β = 2.
 * It fits prose and code alike, and forgives another order of sentences as an edit distance does not.
 */
export function likeness(text: string, truth: string): number {
	const [some, others] = [text.replace(/\s+/g, ''), truth.replace(/\s+/g, '')];
	let precisions = 0;
	let recalls = 0;
	let lengths = 0;
	for (let length = 1; length <= Math.min(LONGEST_RUN, others.length); length++) {
		const [found, wanted] = [runsOf(some, length), runsOf(others, length)];
		let both = 0;
		for (const [run, count] of found) {
			both += Math.min(count, wanted.get(run) ?? 0);
		}
		precisions += both / Math.max(1, some.length - length + 1);
		recalls += both / (others.length - length + 1);
		lengths++;
	}
	const [precision, recall] = [precisions / Math.max(1, lengths), recalls / Math.max(1, lengths)];
	const weight = BETA ** 2;
	return precision + recall === 0 ? 0 : ((1 + weight) * precision * recall) / (weight * precision + recall);
}

function runsOf(text: string, length: number): ReadonlyMap<string, number> {
	const runs = new Map<string, number>();
	for (let at = 0; at + length <= text.length; at++) {
		const run = text.slice(at, at + length);
		runs.set(run, (runs.get(run) ?? 0) + 1);
	}
	return runs;
}

/** But for blanks. */
export function isSame(text: string, truth: string): boolean {
	const bare = (one: string) => one.replace(/\s+/g, ' ').trim();
	return bare(text) === bare(truth);
}

/** Nothing was said, or it went on until its tokens were used up. */
export function isUnended({ text, isOver }: Answered): boolean {
	return !isOver || text.trim() === '';
}

/** F1 of the names in the code of both, in blocks and within lines; undefined where the truth has none. */
export function namesScore(text: string, truth: string): number | undefined {
	const [found, wanted] = [namesIn(text), namesIn(truth)];
	if (wanted.size === 0) {
		return undefined;
	}
	const both = [...found].filter((name) => wanted.has(name)).length;
	return (2 * both) / (found.size + wanted.size);
}

function namesIn(answer: string): ReadonlySet<string> {
	const text = ended(answer);
	const names = new Set(
		fencesIn(text).flatMap(({ language, code }) => [...identifiers(code, fenceFile(language))]),
	);
	const prose = text.replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, '');
	for (const [, code = ''] of prose.matchAll(/`([^`\n]+)`/g)) {
		for (const name of identifiers(code, '')) {
			names.add(name);
		}
	}
	return names;
}

/** A name of a file in the language of the first block that has a grammar; undefined where there is none. */
export function codeFile(answer: string): string | undefined {
	return fencesIn(ended(answer))
		.map(({ language }) => fenceFile(language))
		.find((file) => grammarOfFile(file) !== undefined);
}

/** The code of an answer in the language of a file, and what says no language; empty where there is none. */
export function codeIn(answer: string, file: string): string {
	return fencesIn(ended(answer))
		.filter(({ language }) => language === '' || fenceFile(language) === file)
		.map(({ code }) => code)
		.join('\n');
}

/** A block that was cut off ends where the text does. */
function ended(answer: string): string {
	const fences = answer.match(/^`{3,}/gm) ?? [];
	return fences.length % 2 === 0 ? answer : `${answer}\n${fences.at(-1) ?? ''}`;
}
