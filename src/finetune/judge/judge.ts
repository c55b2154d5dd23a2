/** Judges an adapter of completion: both sides on the same places, within a time, and what follows from it. */

import type { Generator } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Checker } from './checkWorker';
import { hold, lengthPairs, measure, pairsOf, plain, type Stage, scrambledText, type Time } from './contest';
import { examplesOf } from './examples';
import { answersOf, decisionOf } from './gate';
import type { JudgedSpan, Judgement } from './judgement';
import { leakTest, longEnough } from './leaks';
import { identifierScore, isExact, isPremature, similarity } from './metrics';
import { Sides } from './sides';
import type { Spans } from './spans';
import { mcNemar } from './statistics';
import { type WrittenPlace, writePlaces } from './writtenPlaces';

export interface JudgeOptions extends Time {
	/** A session for the judge alone: its adapters change. */
	readonly model: Pick<Generator, 'fill' | 'scoreFills' | 'useAdapters'>;
	/** Absolute. */
	readonly adapterPath: string;
	readonly spans: Spans;
	/** Code that is not the user's. */
	readonly general: readonly JudgedSpan[];
	readonly checker: Checker;
	/** Places at most; default: as many as tell something (`MOST`). */
	readonly most?: Partial<Record<Stage, number>>;
	/** For the reasons. */
	readonly translate: Translate;
}

const MOST: Readonly<Record<Stage, number>> = {
	validation: 120,
	test: 500,
	scrambled: 100,
	general: 150,
	written: 300,
	train: 60,
};
const ENDS: Readonly<Record<Stage, number>> = {
	validation: 0.15,
	test: 0.5,
	scrambled: 0.56,
	general: 0.6,
	written: 0.9,
	train: 1,
};

/**
 * @throws Error with a message for the user where the adapter cannot be used; ModelUnavailable; an AbortError.
 */
export async function judge(options: JudgeOptions, signal: AbortSignal): Promise<Judgement> {
	const { spans, general, checker, translate } = options;
	const sides = new Sides(options.model, options.adapterPath);
	const { found, written, timed } = await hold<JudgedSpan, WrittenPlace>(
		{
			scorer: sides,
			items: { ...spans, general, train: spans.train.filter(longEnough) },
			most: { ...MOST, ...options.most },
			ends: ENDS,
			scramble: (span) => {
				const middle = scrambledText(span.middle);
				return middle === undefined ? undefined : { ...span, middle };
			},
			write: (strength, blocks, signal) => writePlaces(sides, strength, blocks, checker, signal),
			remember: (strength, blocks, signal) => leakTest(sides, strength, blocks, checker, signal),
		},
		options,
		signal,
	);
	const exact = written.map(({ item, base, adapter }) => ({
		base: isExact(base.text, item.middle, item.path),
		adapter: isExact(adapter.text, item.middle, item.path),
	}));
	const each = async (value: (place: WrittenPlace, side: 'base' | 'adapter') => number | undefined) =>
		plain(await measure(pairsOf(written, value), signal));
	const all = {
		...found,
		exact: plain(
			await measure(
				written.map(({ item }, index) => ({
					...{ cluster: item.file, weight: 1 },
					...{ base: Number(exact[index]?.base), adapter: Number(exact[index]?.adapter) },
				})),
				signal,
			),
		),
		exactP: mcNemar(
			exact.filter(({ base, adapter }) => base && !adapter).length,
			exact.filter(({ base, adapter }) => !base && adapter).length,
		),
		similarity: await each((place, side) => similarity(place[side].text, place.item.middle)),
		identifiers: await each((place, side) =>
			identifierScore(place[side].text, place.item.middle, place.item.path),
		),
		syntax: written.some(({ isValid }) => isValid !== undefined)
			? await each(({ isValid }, side) => (isValid === undefined ? undefined : Number(isValid[side])))
			: undefined,
		premature: await each((place, side) => Number(isPremature(place[side], place.item.middle))),
		length: plain(
			await measure(
				lengthPairs(written, ({ middle }) => middle),
				signal,
			),
		),
	};
	const counts = { written: written.length, named: written.length, parsed: 0, timed };
	const answers = answersOf({ ...all, ...counts }, translate);
	const examples = examplesOf(written, exact);
	return { version: 1, decision: decisionOf(answers), answers, ...all, examples };
}
