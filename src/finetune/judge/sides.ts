/** Base and adapter side by side: one session of the model whose adapter changes, everything at background priority. */

import type { FillToEncode, Generator } from '../../inference/model';
import { continueText, type Writing, writeAt } from './writing';

/** Loss of one middle. */
export interface Loss {
	/** Nats, of all its tokens. */
	readonly sum: number;
	readonly tokens: number;
}

/**
 * The base model is the adapter at no strength: the same numbers, but in a context of its own, so that nobody's prompt
 * leaves the KV cache of the context that completes.
 */
export const BASE = 0;

export class Sides {
	private strength: number | undefined;

	/** @param path absolute, of the adapter. */
	constructor(
		private readonly model: Pick<Generator, 'fill' | 'scoreFills' | 'useAdapters'>,
		private readonly path: string,
	) {}

	/**
	 * Undefined for a middle that cannot be scored.
	 *
	 * @throws Error with the reason where the adapter cannot be used; ModelUnavailable; an AbortError.
	 */
	async losses(
		strength: number,
		fills: readonly FillToEncode[],
		signal: AbortSignal,
	): Promise<readonly (Loss | undefined)[]> {
		await this.use(strength, signal);
		const answer = await this.model.scoreFills({ fills: fills.map(bare), priority: 'background' }, signal);
		if (answer.type === 'scored') {
			return answer.fills.map(({ logProbabilities }) => ({
				sum: -logProbabilities.reduce((sum, one) => sum + one, 0),
				tokens: logProbabilities.length,
			}));
		}
		if (fills.length === 1) {
			return [undefined];
		}
		// One that is too long must not take the others with it.
		const losses: (Loss | undefined)[] = [];
		for (const fill of fills) {
			losses.push(...(await this.losses(strength, [fill], signal)));
		}
		return losses;
	}

	/** As `writeAt`. */
	async write(
		strength: number,
		...[place, tokens, isTimed, signal]: [FillToEncode, number, boolean, AbortSignal]
	): Promise<Writing | undefined> {
		await this.use(strength, signal);
		return writeAt(this.model, place, tokens, isTimed, signal);
	}

	/** As `continueText`. */
	async goOn(
		strength: number,
		...[place, text, maxTokens, signal]: [FillToEncode, string, number, AbortSignal]
	): Promise<Writing | undefined> {
		await this.use(strength, signal);
		return continueText(this.model, place, text, maxTokens, signal);
	}

	private async use(scale: number, signal: AbortSignal): Promise<void> {
		if (this.strength === scale) {
			return;
		}
		this.strength = undefined;
		const answer = await this.model.useAdapters([{ path: this.path, scale }], signal);
		if (answer.type === 'unsupported') {
			throw new Error(answer.reason);
		}
		this.strength = scale;
	}
}

/** Without what only the judge knows of it. */
function bare(fill: FillToEncode): FillToEncode {
	const { repository, path, files, prefix, typed, suffix, maxPromptTokens, middle, ends } = fill;
	return { repository, path, files, prefix, typed, suffix, maxPromptTokens, middle, ends };
}
