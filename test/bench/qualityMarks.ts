/** How good what is shown in the holes is: the figures of one side, and how sure the difference of two is. */
import { parses } from '../../models/recipe/evaluate/syntax';
import { compared, judge } from './holes';
import { type PairedDifference, type PairedRatio, pairedDifference, pairedRatio } from './holesInterval';
import type { Shown } from './qualityAnswers';
import { KINDS, type Kind, type QualityHole } from './qualityHoles';

/** Of one hole; nothing shown counts as an empty text. */
export interface HoleMarks {
	readonly kind: Kind;
	/** Which file: holes of one resemble each other. */
	readonly cluster: number;
	readonly isShown: boolean;
	readonly isExact: boolean;
	readonly isFirstLineExact: boolean;
	readonly similarity: number;
	/** All names are the same, in order. */
	readonly hasSameNames: boolean;
	/** Less than half of what stood there, or more than twice as much where somebody would have stopped. */
	readonly isPremature: boolean;
	readonly isLate: boolean;
	/** Whether the file parses with the text; undefined where that says nothing. */
	readonly isValid: boolean | undefined;
}

export async function marksOf(holes: readonly QualityHole[], shown: Shown): Promise<readonly HoleMarks[]> {
	const files = [...new Set(holes.map(({ file }) => file))];
	return Promise.all(
		holes.map(async (hole, index) => {
			const { file, start, end, ends, kind } = hole;
			const text = shown[index];
			const expected = { middle: file.text.slice(start, end), ends };
			const completion = { text: text ?? '', reason: 'end-of-text' } as const;
			const marks = judge(expected, completion);
			const isTold = ends && text !== undefined && (await parses(file.path, file.text));
			return {
				kind,
				cluster: files.indexOf(file),
				isShown: text !== undefined,
				isExact: marks.isExact,
				isFirstLineExact: marks.isFirstLineExact,
				similarity: marks.similarity,
				hasSameNames: namesIn(compared(expected, completion)).join() === namesIn(expected.middle).join(),
				isPremature: text !== undefined && marks.isPremature,
				isLate: marks.isOverrun,
				isValid: isTold
					? await parses(file.path, file.text.slice(0, start) + text + file.text.slice(end))
					: undefined,
			};
		}),
	);
}

/** Names and keywords, in order. */
export function namesIn(text: string): readonly string[] {
	return text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
}

export interface SideFigures {
	readonly holes: number;
	/** Shares, 0 to 1; of those that are shown for the last three. */
	readonly exact: number;
	readonly first_line: number;
	readonly similarity: number;
	readonly names: number;
	readonly shown: number;
	readonly premature: number;
	readonly late: number;
	readonly valid: number;
	/** Exact by kind of hole. */
	readonly exact_by_kind: Readonly<Record<string, number>>;
}

export function sideFigures(marks: readonly HoleMarks[]): SideFigures {
	const shown = marks.filter(({ isShown }) => isShown);
	const told = shown.filter(({ isValid }) => isValid !== undefined);
	return {
		holes: marks.length,
		exact: share(marks, ({ isExact }) => isExact),
		first_line: share(marks, ({ isFirstLineExact }) => isFirstLineExact),
		similarity: marks.reduce((sum, { similarity }) => sum + similarity, 0) / Math.max(1, marks.length),
		names: share(marks, ({ hasSameNames }) => hasSameNames),
		shown: shown.length / Math.max(1, marks.length),
		premature: share(shown, ({ isPremature }) => isPremature),
		late: share(shown, ({ isLate }) => isLate),
		valid: share(told, ({ isValid }) => isValid === true),
		exact_by_kind: Object.fromEntries(
			KINDS.map((kind) => [
				kind,
				share(
					marks.filter((mark) => mark.kind === kind),
					({ isExact }) => isExact,
				),
			]),
		),
	};
}

function share(marks: readonly HoleMarks[], has: (mark: HoleMarks) => boolean): number {
	return marks.filter(has).length / Math.max(1, marks.length);
}

/** What is compared: a number for each hole. */
export type Measure = (mark: HoleMarks) => number;

export const exact: Measure = ({ isExact }) => Number(isExact);
export const firstLine: Measure = ({ isFirstLineExact }) => Number(isFirstLineExact);
export const similarity: Measure = (mark) => mark.similarity;

/** @param after and `before` of the same holes, in the same order. */
export function difference(
	before: readonly HoleMarks[],
	after: readonly HoleMarks[],
	measure: Measure,
): PairedDifference {
	return pairedDifference(pairsOf(before, after, measure));
}

/** After over before. */
export function ratio(
	before: readonly HoleMarks[],
	after: readonly HoleMarks[],
	measure: Measure,
): PairedRatio {
	return pairedRatio(pairsOf(before, after, measure));
}

function pairsOf(before: readonly HoleMarks[], after: readonly HoleMarks[], measure: Measure) {
	return before.flatMap((mark, index) => {
		const other = after[index];
		return other === undefined
			? []
			: [{ cluster: mark.cluster, before: measure(mark), after: measure(other), weight: 1 }];
	});
}
