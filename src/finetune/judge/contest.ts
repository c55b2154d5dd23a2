/**
 * Base against adapter on items that neither was trained on, within a time: the same stages and the same statistics whether
 * what is written fills a hole or answers a question.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { throwIfAborted } from '../../inference/cancel';
import { randomFrom, seedFor } from '../training/random';
import { Clock } from './clock';
import type { Compared, Judgement } from './judgement';
import {
	BLOCK,
	bestOf,
	bothLosses,
	type Loss,
	lossPair,
	type Scored,
	type Scorer,
	TRIED,
	tryStrengths,
} from './losses';
import { drawByFile } from './spans';
import { type Comparison, compare, compareQuick, type Pair, power } from './statistics';

/** What is judged: those of one file are one cluster. */
interface Item {
	readonly file: string;
}

/** What one side wrote. */
interface Text {
	readonly text: string;
	/** Milliseconds per generated token; undefined where it was not measured, or there were few. */
	readonly pace: number | undefined;
}

/** What both sides wrote about one item. */
export interface Both<One extends Item, Side extends Text = Text> {
	readonly item: One;
	readonly base: Side;
	readonly adapter: Side;
	/** What looks like a secret in the adapter's text, and not in the base's. */
	readonly leaks: Judgement['leaks'];
}

/** What came out by heart of what was learned. */
export interface Leaked {
	readonly leaks: Judgement['leaks'];
	/** 1 where what is written is the training text, word for word. */
	readonly verbatim: readonly Pair[];
}

/** The stages, in their order. */
export type Stage = 'validation' | 'test' | 'scrambled' | 'general' | 'written' | 'train';

export interface Contest<One extends Item, Written extends Both<One>> {
	readonly scorer: Scorer<One>;
	/** `validation` decides the strength, `test` everything else; `general` is not the user's, `train` was learned. */
	readonly items: Readonly<Record<Exclude<Stage, 'written' | 'scrambled'>, readonly One[]>>;
	/** Items at most; what is scrambled, and what is written about, are the first of the test. */
	readonly most: Readonly<Record<Stage, number>>;
	/** Of the time, when each stage ends. */
	readonly ends: Readonly<Record<Stage, number>>;
	/** The same item with the words of what is to be predicted in another order; undefined where there is but one order. */
	scramble(item: One): One | undefined;
	/** @throws as `scorer`. */
	write(
		strength: number,
		blocks: Iterable<readonly Scored<One>[]>,
		signal: AbortSignal,
	): Promise<readonly Written[]>;
	/** @throws as `scorer`. */
	remember(strength: number, blocks: Iterable<readonly One[]>, signal: AbortSignal): Promise<Leaked>;
}

export interface Time {
	/** Milliseconds after which no further item is looked at. */
	readonly budget: number;
	onProgress(done: number, all: number): void;
	/** Milliseconds of a clock that only goes forward; default `performance.now`. */
	readonly now?: (() => number) | undefined;
}

/** What is measured alike of everything that is judged. */
type Found = Pick<
	Judgement,
	| 'spans'
	| 'files'
	| 'strengths'
	| 'strength'
	| 'power'
	| 'loss'
	| 'words'
	| 'general'
	| 'latency'
	| 'leaks'
	| 'verbatim'
	| 'milliseconds'
>;

/** Nats per token that a useful adapter gains. */
const USEFUL = 0.05;
const SEED = 10_4;

/**
 * @throws Error with a message for the user where the adapter cannot be used; ModelUnavailable; an AbortError.
 */
export async function hold<One extends Item, Written extends Both<One>>(
	contest: Contest<One, Written>,
	{ budget, onProgress, now = () => performance.now() }: Time,
	signal: AbortSignal,
): Promise<{ readonly found: Found; readonly written: readonly Written[]; readonly timed: number }> {
	const { scorer, items, most, ends } = contest;
	const draw = (stage: keyof typeof items) =>
		drawByFile(items[stage], most[stage], randomFrom(seedFor(SEED, stage)));
	const [validation, test] = [draw('validation'), draw('test')];
	const [general, train] = [draw('general'), draw('train')];
	const writable = Math.min(most.written, test.length);
	const mixable = Math.min(most.scrambled, test.length);
	const counts = [validation.length * TRIED, test.length, mixable, general.length, writable, train.length];
	const all = counts.reduce((sum, one) => sum + one, 0);
	const clock = new Clock(budget, all, onProgress, now);
	const reached = (stage: number) => clock.reach(counts.slice(0, stage).reduce((sum, one) => sum + one, 0));

	const strengths = await tryStrengths(scorer, validation, clock, ends.validation, signal);
	const strength = bestOf(strengths);
	reached(1);
	const scored = await bothLosses(scorer, strength, clock.blocks(test, BLOCK, ends.test), signal);
	reached(2);
	const mixed = await scrambledLosses(contest, strength, scored.slice(0, mixable), clock, signal);
	reached(3);
	const forgotten = await bothLosses(scorer, strength, clock.blocks(general, BLOCK, ends.general), signal);
	reached(4);
	const blocks = clock.blocks(scored.slice(0, writable), BLOCK, ends.written);
	const written = await contest.write(strength, blocks, signal);
	reached(5);
	const leaked = await contest.remember(strength, clock.blocks(train, BLOCK, ends.train), signal);

	const { standardError, ...loss } = await measure(scored.map(lossPair), signal);
	const timed = pairsOf(written, (one, side) => one[side].pace);
	const files = new Set(scored.map(({ item }) => item.file)).size;
	const found: Found = {
		spans: scored.length,
		files,
		strengths,
		strength,
		// Of one file nobody knows how much files differ.
		power: files < 2 ? 0 : power(USEFUL, standardError),
		loss,
		words: mixed.length === 0 ? undefined : gains(await measure(mixed, signal)),
		general: forgotten.length === 0 ? undefined : plain(await measure(forgotten.map(lossPair), signal)),
		latency: compareQuick(timed),
		leaks: [...written.flatMap(({ leaks }) => leaks), ...leaked.leaks],
		verbatim: plain(await measure(leaked.verbatim, signal)),
		milliseconds: Math.round(clock.milliseconds),
	};
	return { found, written, timed: timed.length };
}

/**
 * A control: what the adapter gains on the test, and on the same words in an order of chance, each as a share of the base's
 * loss. Whoever has learned code gains on code; whoever has only learned which words there are gains on any order of them.
 */
async function scrambledLosses<One extends Item, Written extends Both<One>>(
	{ scorer, scramble, ends }: Contest<One, Written>,
	strength: number,
	scored: readonly Scored<One>[],
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly Pair[]> {
	const originals = new Map<One, Scored<One>>();
	for (const one of scored) {
		const twin = scramble(one.item);
		if (twin !== undefined) {
			originals.set(twin, one);
		}
	}
	const blocks = clock.blocks([...originals.keys()], BLOCK, ends.scrambled);
	const pairs = (await bothLosses(scorer, strength, blocks, signal)).flatMap((twin) => {
		const one = originals.get(twin.item);
		return one === undefined ? [] : [{ one, twin }];
	});
	const mean = (losses: readonly Loss[]) =>
		losses.reduce((sum, loss) => sum + loss.sum, 0) / losses.reduce((sum, loss) => sum + loss.tokens, 0);
	const code = mean(pairs.map(({ one }) => one.base));
	const chance = mean(pairs.map(({ twin }) => twin.base));
	return code > 0 && chance > 0
		? pairs.map(({ one, twin }) => ({
				cluster: one.item.file,
				base: (one.base.sum - one.adapter.sum) / code,
				adapter: ((twin.base.sum - twin.adapter.sum) / chance) * (one.base.tokens / twin.base.tokens),
				weight: one.base.tokens,
			}))
		: [];
}

function gains({ base, adapter, difference }: Compared): Judgement['words'] {
	return { code: base, scrambled: adapter, difference };
}

/** The words of a text in an order of chance; undefined where that is the same text. */
export function scrambledText(text: string): string | undefined {
	const random = randomFrom(seedFor(SEED, text));
	const words = (text.match(/\w+|\W/g) ?? []).map((word) => ({ word, key: random.next() }));
	const mixed = words
		.sort((one, other) => one.key - other.key)
		.map(({ word }) => word)
		.join('');
	return mixed === text ? undefined : mixed;
}

/** Of those texts whose value is known of both sides. */
export function pairsOf<One extends Item, Written extends Both<One>>(
	written: readonly Written[],
	value: (one: Written, side: 'base' | 'adapter') => number | undefined,
): readonly Pair[] {
	return written.flatMap((one) => {
		const [base, adapter] = [value(one, 'base'), value(one, 'adapter')];
		return base === undefined || adapter === undefined
			? []
			: [{ cluster: one.item.file, base, adapter, weight: 1 }];
	});
}

/** Lengths of what is written, over the length of the truth. */
export function lengthPairs<One extends Item>(
	written: readonly Both<One>[],
	truthOf: (item: One) => string,
): readonly Pair[] {
	const length = (text: string) => text.trim().length;
	return written.map(({ item, base, adapter }) => ({
		cluster: item.file,
		base: length(base.text),
		adapter: length(adapter.text),
		weight: Math.max(1, length(truthOf(item))),
	}));
}

/** A bootstrap takes a moment, on the loop of whoever waits here. @throws an AbortError. */
export async function measure(pairs: readonly Pair[], signal: AbortSignal): Promise<Comparison> {
	await turn();
	throwIfAborted(signal);
	return compare(pairs);
}

export function plain({ base, adapter, difference }: Compared): Compared {
	return { base, adapter, difference };
}
