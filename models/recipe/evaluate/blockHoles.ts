/** Blocks that the model writes: whether the file still parses with them. */

import type { Generator } from '../../../src/inference/model';
import { boolean, type Check, list, object, string } from '../../../src/inference/wire/shapes';
import { editSimilarity } from '../../../test/bench/holes';
import { requestAt, write } from './asking';
import type { HeldOutFile } from './heldOut';
import { type Interval, wilson } from './interval';
import type { Place } from './places';
import { parses } from './syntax';

export interface BlockAnswer {
	/** `package/path:line`. */
	readonly where: string;
	readonly language: string;
	readonly expected: string;
	readonly written: string;
	/** Whether the file parses with what was written, and whether it would with nothing. */
	readonly isValid: boolean;
	readonly isValidEmpty: boolean;
}

export const isBlockAnswers: Check<readonly BlockAnswer[]> = list(
	object<BlockAnswer>({
		where: string,
		language: string,
		expected: string,
		written: string,
		isValid: boolean,
		isValidEmpty: boolean,
	}),
);

export interface BlockFigures {
	readonly holes: number;
	/** Share of the holes in which something was written with which the file parses. */
	readonly valid: number;
	/** 95 % interval of the share. */
	readonly interval: Interval;
	/** Share with which the file would parse if nothing were written. */
	readonly validEmpty: number;
	/** Share in which nothing was written. */
	readonly empty: number;
	/** Mean of 1 − edits / longer text. */
	readonly similarity: number;
}

/** Enough for the longest block. */
const MOST_TOKENS = 288;

/** Files that parse as they are: of others nothing could be said. */
export async function parsingFiles(files: readonly HeldOutFile[]): Promise<readonly HeldOutFile[]> {
	const verdicts = await Promise.all(files.map(({ path, text }) => parses(path, text)));
	return files.filter((_, index) => verdicts[index] === true);
}

/** @throws Error when the model cannot fill in the middle, or an AbortError. */
export async function answerBlocks(
	model: Pick<Generator, 'fill'>,
	places: readonly Place[],
	promptTokens: number,
	onAnswer: (count: number) => void,
	signal: AbortSignal,
): Promise<readonly BlockAnswer[]> {
	const answers: BlockAnswer[] = [];
	for (const place of places) {
		const { path, text, language, package: name } = place.file;
		const [before, after] = [text.slice(0, place.start), text.slice(place.end)];
		const request = requestAt(place, { promptTokens, maxTokens: MOST_TOKENS, mode: 'typed' });
		const written = await write(model, request, () => false, signal);
		answers.push({
			where: `${name}/${path}:${before.split('\n').length}`,
			language,
			expected: text.slice(place.start, place.end),
			written,
			isValid: await parses(path, before + written + after),
			isValidEmpty: await parses(path, before + after),
		});
		onAnswer(answers.length);
	}
	return answers;
}

export function blockFigures(answers: readonly BlockAnswer[]): BlockFigures {
	const holes = answers.length;
	const isEmpty = ({ written }: BlockAnswer) => written.trim() === '';
	const valid = answers.filter((answer) => answer.isValid && !isEmpty(answer)).length;
	const similarities = answers.map(({ written, expected }) =>
		editSimilarity(written.trimEnd(), expected.trimEnd()),
	);
	return {
		holes,
		valid: valid / holes,
		interval: wilson(valid, holes),
		validEmpty: answers.filter((answer) => answer.isValidEmpty).length / holes,
		empty: answers.filter(isEmpty).length / holes,
		similarity: similarities.reduce((sum, similarity) => sum + similarity, 0) / holes,
	};
}
