/** Judges an adapter: both sides on the same places, within a time, and what follows from it. */

import { setImmediate as turn } from 'node:timers/promises';
import { throwIfAborted } from '../../inference/cancel';
import type { Generator } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { randomFrom, seedFor } from '../training/random';
import type { Checker } from './checkWorker';
import { Clock } from './clock';
import { examplesOf } from './examples';
import { answersOf, decisionOf } from './gate';
import type { Compared, JudgedSpan, Judgement } from './judgement';
import { leakTest, longEnough } from './leaks';
import { identifierScore, isExact, isPremature, similarity } from './metrics';
import { BASE, type Loss, Sides } from './sides';
import { drawSpans, type Spans } from './spans';
import { compare, compareMedians, mcNemar, type Pair, power } from './statistics';
import { type WrittenPlace, writePlaces } from './writtenPlaces';

export interface JudgeOptions {
	/** A session for the judge alone: its adapters change. */
	readonly model: Pick<Generator, 'fill' | 'scoreFills' | 'useAdapters'>;
	/** Absolute. */
	readonly adapterPath: string;
	readonly spans: Spans;
	/** Code that is not the user's. */
	readonly general: readonly JudgedSpan[];
	readonly checker: Checker;
	/** Milliseconds after which no further place is looked at. */
	readonly budget: number;
	onProgress(done: number, all: number): void;
	/** Places at most; default: as many as tell something (`MOST`). */
	readonly most?: Partial<Record<keyof typeof MOST, number>>;
	/** Milliseconds of a clock that only goes forward; default `performance.now`. */
	readonly now?: () => number;
	/** For the reasons. */
	readonly translate: Translate;
}

const STRENGTHS = [0.5, 0.75, 1] as const;
/** Places at most. */
const MOST = { validation: 120, test: 500, general: 150, written: 300, train: 60 } as const;
/** Of the time, when each stage ends. */
const ENDS = { validation: 0.15, test: 0.5, general: 0.55, written: 0.9, train: 1 } as const;
/** Places after which the other side has its turn: each turn may cost a context. */
const BLOCK = 25;
/** Nats per token that a useful adapter gains. */
const USEFUL = 0.05;
const SEED = 10_4;

/**
 * @throws Error with a message for the user where the adapter cannot be used; ModelUnavailable; an AbortError.
 */
export async function judge(options: JudgeOptions, signal: AbortSignal): Promise<Judgement> {
	const { spans, checker, translate, now = () => performance.now() } = options;
	const most = { ...MOST, ...options.most };
	const draw = (from: readonly JudgedSpan[], stage: keyof typeof MOST) =>
		drawSpans(from, most[stage], randomFrom(seedFor(SEED, stage)));
	const validation = draw(spans.validation, 'validation');
	const test = draw(spans.test, 'test');
	const general = draw(options.general, 'general');
	const train = draw(spans.train.filter(longEnough), 'train');
	const writable = Math.min(most.written, test.length);
	const counts = [validation.length * STRENGTHS.length, test.length, general.length, writable, train.length];
	const all = counts.reduce((sum, one) => sum + one, 0);
	const clock = new Clock(options.budget, all, options.onProgress, now);
	const reached = (stage: number) => clock.reach(counts.slice(0, stage).reduce((sum, one) => sum + one, 0));
	const sides = new Sides(options.model, options.adapterPath);

	const strengths = await tryStrengths(sides, validation, clock, signal);
	const strength = bestOf(strengths);
	reached(1);
	const scored = await bothLosses(sides, strength, clock.blocks(test, BLOCK, ENDS.test), signal);
	reached(2);
	const forgotten = await bothLosses(sides, strength, clock.blocks(general, BLOCK, ENDS.general), signal);
	reached(3);
	const blocks = clock.blocks(scored.slice(0, writable), BLOCK, ENDS.written);
	const written = await writePlaces(sides, strength, blocks, checker, signal);
	reached(4);
	const leaked = await leakTest(sides, strength, clock.blocks(train, BLOCK, ENDS.train), checker, signal);

	// The bootstraps take a moment each, on the loop of whoever waits here.
	const measure = async (pairs: readonly Pair[]) => {
		await turn();
		throwIfAborted(signal);
		return compare(pairs);
	};
	const { standardError, ...loss } = await measure(scored.map(lossPair));
	const isExactly = written.map(({ span, base, adapter }) => ({
		span,
		base: isExact(base.text, span.middle, span.path),
		adapter: isExact(adapter.text, span.middle, span.path),
	}));
	const each = (value: (place: WrittenPlace, side: 'base' | 'adapter') => number | undefined) =>
		measure(pairsOf(written, value));
	const timed = written.flatMap(({ span, base, adapter }): readonly Pair[] =>
		base.pace === undefined || adapter.pace === undefined
			? []
			: [{ cluster: span.file, base: base.pace, adapter: adapter.pace, weight: 1 }],
	);
	const syntax = pairsOf(written, ({ isValid }, side) =>
		isValid === undefined ? undefined : Number(isValid[side]),
	);
	const found = {
		spans: scored.length,
		files: new Set(scored.map(({ span }) => span.file)).size,
		strengths,
		strength,
		power: power(USEFUL, standardError),
		loss,
		exact: plain(
			await measure(
				isExactly.map(({ span, base, adapter }) => ({
					...{ cluster: span.file, weight: 1 },
					...{ base: Number(base), adapter: Number(adapter) },
				})),
			),
		),
		exactP: mcNemar(
			isExactly.filter(({ base, adapter }) => base && !adapter).length,
			isExactly.filter(({ base, adapter }) => !base && adapter).length,
		),
		similarity: plain(await each((place, side) => similarity(place[side].text, place.span.middle))),
		identifiers: plain(
			await each((place, side) => identifierScore(place[side].text, place.span.middle, place.span.path)),
		),
		syntax: syntax.length === 0 ? undefined : plain(await measure(syntax)),
		premature: plain(await each((place, side) => Number(isPremature(place[side], place.span.middle)))),
		length: plain(await measure(written.map(lengthPair))),
		general: forgotten.length === 0 ? undefined : plain(await measure(forgotten.map(lossPair))),
		latency: compareMedians(timed),
		leaks: [...written.flatMap(({ leaks }) => leaks), ...leaked.leaks],
		verbatim: plain(await measure(leaked.verbatim)),
	};
	const answers = answersOf({ ...found, written: written.length, timed: timed.length }, translate);
	return {
		version: 1,
		decision: decisionOf(answers),
		answers,
		...found,
		examples: examplesOf(written, isExactly),
		milliseconds: Math.round(clock.milliseconds),
	};
}

/** One place, with the loss of both sides. */
export interface ScoredPlace {
	readonly span: JudgedSpan;
	readonly base: Loss;
	readonly adapter: Loss;
}

async function bothLosses(
	sides: Sides,
	strength: number,
	blocks: Iterable<readonly JudgedSpan[]>,
	signal: AbortSignal,
): Promise<readonly ScoredPlace[]> {
	const places: ScoredPlace[] = [];
	for (const block of blocks) {
		const base = await sides.losses(BASE, block, signal);
		const adapter = await sides.losses(strength, block, signal);
		for (const [index, span] of block.entries()) {
			const [one, other] = [base[index], adapter[index]];
			if (one !== undefined && other !== undefined && one.tokens > 0) {
				places.push({ span, base: one, adapter: other });
			}
		}
	}
	return places;
}

/** The loss at each strength, on the same places. */
async function tryStrengths(
	sides: Sides,
	validation: readonly JudgedSpan[],
	clock: Clock,
	signal: AbortSignal,
): Promise<Judgement['strengths']> {
	const tried: { strength: number; loss: number }[] = [];
	let places = validation;
	for (const [index, strength] of STRENGTHS.entries()) {
		const losses: (Loss | undefined)[] = [];
		for (const block of clock.blocks(places, BLOCK, (ENDS.validation * (index + 1)) / STRENGTHS.length)) {
			losses.push(...(await sides.losses(strength, block, signal)));
		}
		if (index === 0) {
			// The others are compared with the first on what it had the time for.
			places = places.slice(0, losses.length);
		}
		const known = losses.filter((loss) => loss !== undefined);
		const tokens = known.reduce((sum, loss) => sum + loss.tokens, 0);
		if (tokens > 0 && losses.length === places.length) {
			tried.push({ strength, loss: known.reduce((sum, loss) => sum + loss.sum, 0) / tokens });
		}
	}
	return tried;
}

/** The one with the lowest loss; as trained, where none was tried. */
function bestOf(strengths: Judgement['strengths']): number {
	const [best] = strengths.toSorted((one, other) => one.loss - other.loss);
	return best?.strength ?? 1;
}

function lossPair({ span, base, adapter }: ScoredPlace): Pair {
	return { cluster: span.file, base: base.sum, adapter: adapter.sum, weight: base.tokens };
}

function lengthPair({ span, base, adapter }: WrittenPlace): Pair {
	const length = (text: string) => text.trim().length;
	return {
		cluster: span.file,
		base: length(base.text),
		adapter: length(adapter.text),
		weight: Math.max(1, length(span.middle)),
	};
}

function pairsOf(
	written: readonly WrittenPlace[],
	value: (place: WrittenPlace, side: 'base' | 'adapter') => number | undefined,
): readonly Pair[] {
	return written.flatMap((place) => {
		const [base, adapter] = [value(place, 'base'), value(place, 'adapter')];
		return base === undefined || adapter === undefined
			? []
			: [{ cluster: place.span.file, base, adapter, weight: 1 }];
	});
}

function plain({ base, adapter, difference }: Compared): Compared {
	return { base, adapter, difference };
}
