/** Losses of base and adapter on the same items, and the strength of the adapter that has the lowest. */

import type { Clock } from './clock';
import type { Judgement } from './judgement';
import type { Pair } from './statistics';

/** Loss of what is to be predicted of one item. */
export interface Loss {
	/** Nats, of all its tokens. */
	readonly sum: number;
	readonly tokens: number;
}

/** What predicts, with the adapter at one strength after the other. */
export interface Scorer<Item> {
	/**
	 * As many as there are items; undefined for one that cannot be scored.
	 *
	 * @throws Error with the reason where the adapter cannot be used; ModelUnavailable; an AbortError.
	 */
	losses(
		strength: number,
		items: readonly Item[],
		signal: AbortSignal,
	): Promise<readonly (Loss | undefined)[]>;
}

/** One item, with the loss of both sides. */
export interface Scored<Item> {
	readonly item: Item;
	readonly base: Loss;
	readonly adapter: Loss;
}

/**
 * The base model is the adapter at no strength: the same numbers, but in a context of its own, so that nobody's prompt
 * leaves the KV cache of the context that serves.
 */
export const BASE = 0;
/** As trained first: where there is no time to try another, that one is used. */
const STRENGTHS = [1, 0.75, 0.5] as const;
/** How many are tried. */
export const TRIED = STRENGTHS.length;
/** Items after which the other side has its turn: each turn may cost a context. */
export const BLOCK = 25;

export async function bothLosses<Item>(
	scorer: Scorer<Item>,
	strength: number,
	blocks: Iterable<readonly Item[]>,
	signal: AbortSignal,
): Promise<readonly Scored<Item>[]> {
	const all: Scored<Item>[] = [];
	for (const block of blocks) {
		const base = await scorer.losses(BASE, block, signal);
		const adapter = await scorer.losses(strength, block, signal);
		for (const [index, item] of block.entries()) {
			const [one, other] = [base[index], adapter[index]];
			if (one !== undefined && other !== undefined && one.tokens > 0) {
				all.push({ item, base: one, adapter: other });
			}
		}
	}
	return all;
}

/** The loss at each strength, on the same items. @param end share of the time at which the last one ends. */
export async function tryStrengths<Item>(
	scorer: Scorer<Item>,
	validation: readonly Item[],
	clock: Clock,
	end: number,
	signal: AbortSignal,
): Promise<Judgement['strengths']> {
	const tried: { strength: number; loss: number }[] = [];
	let items = validation;
	for (const [index, strength] of STRENGTHS.entries()) {
		const losses: (Loss | undefined)[] = [];
		// The others are compared with the first on what it had the time for.
		const share = index === 0 ? end / TRIED : Number.POSITIVE_INFINITY;
		for (const block of clock.blocks(items, BLOCK, share)) {
			losses.push(...(await scorer.losses(strength, block, signal)));
		}
		items = items.slice(0, losses.length);
		const known = losses.filter((loss) => loss !== undefined);
		const tokens = known.reduce((sum, loss) => sum + loss.tokens, 0);
		if (tokens > 0) {
			tried.push({ strength, loss: known.reduce((sum, loss) => sum + loss.sum, 0) / tokens });
		}
	}
	return tried.reverse();
}

/** The one with the lowest loss; as trained, where none was tried. */
export function bestOf(strengths: Judgement['strengths']): number {
	const [best] = strengths.toSorted((one, other) => one.loss - other.loss);
	return best?.strength ?? 1;
}

/** @param file of the item: the cluster. */
export function lossPair<Item extends { readonly file: string }>({
	item,
	base,
	adapter,
}: Scored<Item>): Pair {
	return { cluster: item.file, base: base.sum, adapter: adapter.sum, weight: base.tokens };
}
