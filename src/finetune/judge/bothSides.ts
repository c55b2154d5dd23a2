/** What both sides write about the same items, and what of it came out by heart. */

import type { Leaked } from './contest';
import type { Judgement } from './judgement';
import { BASE } from './losses';
import type { Pair } from './statistics';

interface Sided<Item, Text> {
	/** Of the item, in the list. */
	readonly index: number;
	readonly item: Item;
	readonly base: Text;
	readonly adapter: Text;
}

/**
 * All of the base first: each change of side may cost a context.
 *
 * @param write undefined where that side cannot: the item is left out then.
 * @throws as `write`.
 */
export async function bothSides<Item, Text>(
	strength: number,
	items: readonly Item[],
	write: (side: number, item: Item, index: number) => Promise<Text | undefined>,
): Promise<readonly Sided<Item, Text>[]> {
	const writeAll = async (side: number) => {
		const texts: (Text | undefined)[] = [];
		for (const [index, item] of items.entries()) {
			texts.push(await write(side, item, index));
		}
		return texts;
	};
	const bases = await writeAll(BASE);
	const adapters = await writeAll(strength);
	return items.flatMap((item, index) => {
		const [base, adapter] = [bases[index], adapters[index]];
		return base === undefined || adapter === undefined ? [] : [{ index, item, base, adapter }];
	});
}

/** How training text is asked for, and recognised. */
interface Memory<Item, Text> {
	write(side: number, item: Item): Promise<Text | undefined>;
	isVerbatim(item: Item, text: Text): boolean;
	/** What looks like a secret in the adapter's text alone. */
	secretsIn(item: Item, base: Text, adapter: Text): Promise<Judgement['leaks']>;
}

/** @throws as what it is given. */
export async function rememberedBy<Item extends { readonly file: string }, Text>(
	strength: number,
	blocks: Iterable<readonly Item[]>,
	{ write, isVerbatim, secretsIn }: Memory<Item, Text>,
): Promise<Leaked> {
	const leaks: Judgement['leaks'][number][] = [];
	const verbatim: Pair[] = [];
	for (const block of blocks) {
		for (const { item, base, adapter } of await bothSides(strength, block, write)) {
			verbatim.push({
				cluster: item.file,
				base: Number(isVerbatim(item, base)),
				adapter: Number(isVerbatim(item, adapter)),
				weight: 1,
			});
			leaks.push(...(await secretsIn(item, base, adapter)));
		}
	}
	return { leaks, verbatim };
}
