/** Rests of lines that the model writes: how many are the same to the letter, and how near the others come. */

import type { Generator } from '../../../src/inference/model';
import { type Check, list, object, string } from '../../../src/inference/wire/shapes';
import { editSimilarity } from '../../../test/bench/holes';
import { type Mode, requestAt, write } from './asking';
import { type Interval, wilson } from './interval';
import type { Place } from './places';

/** A hole with what was written into it, by mode. */
export interface LineAnswer {
	/** `package/path:line`. */
	readonly where: string;
	readonly language: string;
	readonly before: string;
	readonly expected: string;
	readonly typed: string;
	readonly prefix: string;
}

export const isLineAnswers: Check<readonly LineAnswer[]> = list(
	object<LineAnswer>({
		where: string,
		language: string,
		before: string,
		expected: string,
		typed: string,
		prefix: string,
	}),
);

export interface LineFigures {
	readonly holes: number;
	/** Share of the holes whose first line is the expected one, blanks at its end aside. */
	readonly exact: number;
	/** 95 % interval of the share. */
	readonly interval: Interval;
	/** Mean of 1 − edits / longer text. */
	readonly similarity: number;
}

/** Longer than any tail; what goes on is wrong already. */
const MOST_TOKENS = 48;

/** @throws Error when the model cannot fill in the middle, or an AbortError. */
export async function answerLines(
	model: Pick<Generator, 'fill'>,
	places: readonly Place[],
	promptTokens: number,
	onAnswer: (count: number) => void,
	signal: AbortSignal,
): Promise<readonly LineAnswer[]> {
	const answers: LineAnswer[] = [];
	for (const place of places) {
		const { file, start, end } = place;
		const ask = async (mode: Mode) =>
			firstLine(
				await write(
					model,
					requestAt(place, { promptTokens, maxTokens: MOST_TOKENS, mode }),
					(text) => text.includes('\n'),
					signal,
				),
			);
		const before = file.text.slice(0, start);
		answers.push({
			where: `${file.package}/${file.path}:${before.split('\n').length}`,
			language: file.language,
			before: before.slice(before.lastIndexOf('\n') + 1),
			expected: file.text.slice(start, end).trimEnd(),
			typed: await ask('typed'),
			prefix: await ask('prefix'),
		});
		onAnswer(answers.length);
	}
	return answers;
}

export function lineFigures(answers: readonly LineAnswer[], mode: Mode): LineFigures {
	const holes = answers.length;
	const exact = answers.filter((answer) => answer[mode] === answer.expected).length;
	const similarities = answers.map((answer) => editSimilarity(answer[mode], answer.expected));
	return {
		holes,
		exact: exact / holes,
		interval: wilson(exact, holes),
		similarity: similarities.reduce((sum, similarity) => sum + similarity, 0) / holes,
	};
}

/** Whether the cursor stands between two characters of one word. */
export function isWithinWord({ before, expected }: LineAnswer): boolean {
	return /\w$/.test(before) && /^\w/.test(expected);
}

/** Without the blanks at its end. */
function firstLine(text: string): string {
	return (text.split('\n', 1)[0] ?? '').trimEnd();
}
