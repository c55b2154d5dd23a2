/** What the base model thinks of samples before it is trained on them: the loss of their middles, within a time. */

import type { FillToEncode, Priority, Unsupported } from '../../inference/model';
import { type Random, randomFrom, seedFor } from '../training/random';

/** As the model's port has it. */
export type ScoreFills = (
	request: { readonly fills: readonly FillToEncode[]; readonly priority: Priority },
	signal: AbortSignal,
) => Promise<
	| {
			readonly type: 'scored';
			/** Natural logarithms of the probability of each token of the middle. */
			readonly fills: readonly { readonly logProbabilities: readonly number[] }[];
	  }
	| Unsupported
>;

export interface BaseLossOptions {
	readonly scoreFills: ScoreFills;
	/** Tokens of all samples, as expected; tokens a second that the model reads. */
	readonly tokens: number;
	readonly tokensPerSecond: number;
	/** Seconds that scoring may take. */
	readonly seconds: number;
	readonly seed: number;
	/** Milliseconds. Default: the system's clock, which never goes back. */
	readonly now?: () => number;
}

/** Places asked for at once: whoever writes waits for one such request at most. */
const BATCH = 8;

export class BaseLoss {
	private readonly random: Random;
	/** Share of the places that there is time for. */
	private readonly share: number;
	private readonly now: () => number;
	private spent = 0;
	private isOff = false;

	constructor(private readonly options: BaseLossOptions) {
		const { tokens, tokensPerSecond, seconds, seed, now } = options;
		this.random = randomFrom(seedFor(seed, 'base loss'));
		this.share = Math.min(1, (seconds * tokensPerSecond) / Math.max(1, tokens));
		this.now = now ?? (() => performance.now());
	}

	/**
	 * For each place its loss in nats per token; undefined for those there is no time for, or where the model cannot tell.
	 * @throws an AbortError
	 */
	async of(fills: readonly FillToEncode[], signal: AbortSignal): Promise<readonly (number | undefined)[]> {
		const losses: (number | undefined)[] = fills.map(() => undefined);
		const asked = fills.flatMap((fill, index) => (this.random.next() < this.share ? [{ fill, index }] : []));
		for (let at = 0; at < asked.length && !this.isOff; at += BATCH) {
			const batch = asked.slice(at, at + BATCH);
			const begun = this.now();
			const answer = await this.options.scoreFills(
				{ fills: batch.map(({ fill }) => fill), priority: 'background' },
				signal,
			);
			this.spent += this.now() - begun;
			// Somebody may have written meanwhile: what is reckoned from the speed of the model is not what it takes.
			this.isOff = answer.type === 'unsupported' || this.spent > this.options.seconds * 1_000;
			for (const [place, { index }] of batch.entries()) {
				const scores = answer.type === 'scored' ? (answer.fills[place]?.logProbabilities ?? []) : [];
				const loss = -scores.reduce((sum, score) => sum + score, 0) / scores.length;
				losses[index] = Number.isFinite(loss) ? loss : undefined;
			}
		}
		return losses;
	}
}
