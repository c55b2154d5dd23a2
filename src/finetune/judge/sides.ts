/** Base and adapter side by side: one session of the model whose adapter changes, everything at background priority. */

import type { FillToEncode, Generator } from '../../inference/model';
import type { Loss, Scorer } from './losses';
import { Strength } from './strength';
import { continueText, type Writing, writeAt } from './writing';

export class Sides implements Scorer<FillToEncode> {
	private readonly strength: Strength;

	/** @param path absolute, of the adapter. */
	constructor(
		private readonly model: Pick<Generator, 'fill' | 'scoreFills' | 'useAdapters'>,
		path: string,
	) {
		this.strength = new Strength((adapters, signal) => model.useAdapters(adapters, signal), path);
	}

	async losses(
		strength: number,
		fills: readonly FillToEncode[],
		signal: AbortSignal,
	): Promise<readonly (Loss | undefined)[]> {
		await this.strength.use(strength, signal);
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
		await this.strength.use(strength, signal);
		return writeAt(this.model, place, tokens, isTimed, signal);
	}

	/** As `continueText`. */
	async goOn(
		strength: number,
		...[place, text, maxTokens, signal]: [FillToEncode, string, number, AbortSignal]
	): Promise<Writing | undefined> {
		await this.strength.use(strength, signal);
		return continueText(this.model, place, text, maxTokens, signal);
	}
}

/** Without what only the judge knows of it. */
function bare(fill: FillToEncode): FillToEncode {
	const { repository, path, files, prefix, typed, suffix, maxPromptTokens, middle, ends } = fill;
	return { repository, path, files, prefix, typed, suffix, maxPromptTokens, middle, ends };
}
