/** Measures how fast a model writes: reading a token is only a part of it, the next one has to be chosen, too. */

import { throwIfAborted } from '../cancel';
import type { Lane } from './lane';

const MOST_TOKENS = 6;
/** Milliseconds after which no other token is written. */
const ENOUGH = 300;

/**
 * The lane is empty afterwards.
 * @param tokens at least one, of ordinary text. @param now milliseconds; tests bring their own.
 * @returns milliseconds for a token, in the middle; undefined where the text ended before a second one.
 * @throws AbortError when the signal fires.
 */
export async function measureWriting(
	lane: Pick<Lane, 'keep' | 'sample'>,
	tokens: readonly number[],
	signal: AbortSignal,
	now: () => number = () => performance.now(),
): Promise<number | undefined> {
	await lane.keep([]);
	const sampled = lane.sample(tokens, {
		temperature: 0,
		priority: 'interactive',
		alternative: 0,
		maxTokens: MOST_TOKENS + 1,
		guesses: false,
		stopTokens: new Set(),
	});
	const times: number[] = [];
	const start = now();
	let before: number | undefined;
	// The first one reads the text before it.
	for await (const _ of sampled) {
		throwIfAborted(signal);
		const time = now();
		if (before !== undefined) {
			times.push(time - before);
		}
		before = time;
		if (times.length >= MOST_TOKENS || (times.length > 0 && time - start > ENOUGH)) {
			break;
		}
	}
	await lane.keep([]);
	return times.sort((one, other) => one - other)[Math.floor((times.length - 1) / 2)];
}
