/** Brings a lane to a prompt: keeps what is cached, feeds the rest in chunks; also before anybody asks for its answer. */

import { abortError } from '../cancel';
import type { Prefilled, Priority } from '../model';
import { type Caller, claimOf } from './claim';
import type { Gate } from './gate';
import type { Lane } from './lane';
import { ChunkSize } from './prefill';
import { Turn } from './turn';

export interface Feeding {
	/** At least one token, and fewer than the lane's context holds; the last one is left for sampling. */
	readonly prompt: readonly number[];
	readonly priority: Priority;
	/** Default: nobody in particular. */
	readonly caller?: Caller;
	/** Prompt tokens at once to begin with. */
	readonly chunk: number;
}

/**
 * Returns how many tokens were cached. The lane belongs to `turn` already.
 * @param check is called before each piece of work and ends it by throwing.
 */
export async function feedPrompt(
	lane: Lane,
	gate: Gate,
	turn: Turn,
	{ prompt, priority, chunk }: Feeding,
	check: () => void = () => undefined,
): Promise<number> {
	const end = prompt.length - 1;
	const reusedTokens = await turn.step(async () => {
		check();
		return lane.keep(prompt.slice(0, end));
	});
	const sizes = new ChunkSize(chunk);
	for (let fed = reusedTokens; fed < end; ) {
		const size = sizes.next(priority === 'background' && gate.isLively);
		const tokens = prompt.slice(fed, Math.min(fed + size, end));
		await turn.step(async () => {
			check();
			const before = performance.now();
			await lane.feed(tokens, priority);
			sizes.observe(tokens.length, performance.now() - before);
		});
		fed += tokens.length;
	}
	return reusedTokens;
}

/**
 * Feeds a prompt in the background and leaves it in the lane.
 * @throws AbortError when the signal fires, or somebody at the cursor waits for the lane; what was fed stays.
 */
export async function prefill(
	lane: Lane,
	gate: Gate,
	feeding: Omit<Feeding, 'priority'>,
	signal: AbortSignal,
): Promise<Prefilled> {
	const start = performance.now();
	const priority = 'background';
	const { urgentTurns } = lane.lock;
	const turn = new Turn(lane.lock, gate, claimOf(priority, feeding.caller), signal);
	try {
		await turn.begin();
		if (lane.lock.urgentTurns > urgentTurns) {
			// Somebody at the cursor went first: what was to be prepared is in the past.
			throw abortError();
		}
		const reusedTokens = await feedPrompt(lane, gate, turn, { ...feeding, priority }, () => {
			if (lane.lock.isUrgent) {
				throw abortError();
			}
		});
		return {
			type: 'prefilled',
			promptTokens: feeding.prompt.length,
			reusedTokens,
			milliseconds: performance.now() - start,
		};
	} finally {
		turn.end();
	}
}
