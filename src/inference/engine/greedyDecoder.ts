/** Evaluates tokens and says which is the likeliest next one, and how likely: as little work per token as possible. */

import type { Sampled } from './lane';
import type { NativeSampler, NativeSequence } from './nativeSequence';

/** Added to the logits of tokens that alone may be chosen: far beyond any difference, small enough to keep their own. */
const BIAS = 256;

/** Which logits are asked for besides the chosen one: the likeliest of all, in order. */
const likeliest = (count: number) => [[], false, false, true, count] as const;

export class GreedyDecoder {
	#sampler: NativeSampler | undefined;
	/** For a choice among few tokens. */
	#held: NativeSampler | undefined;

	/** Nothing else may use the sequence's context while a call runs. */
	constructor(private readonly native: NativeSequence) {}

	/** Tokens that are in the KV cache. */
	get length(): number {
		return this.native.state._nextTokenIndex;
	}

	/**
	 * Evaluates tokens behind those in the KV cache; outputs for the last ones, to choose by until the next call.
	 * @param outputs how many.
	 */
	async evaluate(tokens: readonly number[], outputs: number, threads: number): Promise<readonly number[]> {
		const { context, state } = this.native;
		const first = tokens.length - outputs;
		context.initBatch(tokens.length);
		const indexes = context.addToBatch(
			state._sequenceId,
			state._nextTokenIndex,
			Uint32Array.from(tokens),
			Uint32Array.from({ length: outputs }, (_, index) => first + index),
		);
		context.setThreads(threads);
		await context.decodeBatch();
		state._nextTokenIndex += tokens.length;
		state._contextTokens.push(...tokens);
		return [...indexes];
	}

	/**
	 * The likeliest next token at an output.
	 * @param among tokens that it is one of, and beside which its probability counts. Default: all.
	 */
	async choose(
		output: number,
		among?: Uint32Array,
	): Promise<{ readonly token: number; readonly logProbability: number }> {
		const { token, weight } = await this.#sample(output, false, among);
		// The weight is measured against the largest logit, which is this token's.
		return { token, logProbability: -Math.log(weight) };
	}

	/** The likeliest next tokens at an output, the likeliest first; takes as long as sorting the vocabulary. */
	async candidates(output: number, count: number, among?: Uint32Array): Promise<readonly Sampled[]> {
		const { logits, weight } = await this.#sample(output, likeliest(count), among);
		const largest = logits[1] ?? 0;
		return Array.from({ length: Math.min(count, logits.length / 2) }, (_, index) => ({
			token: logits[2 * index] ?? 0,
			logProbability: (logits[2 * index + 1] ?? 0) - largest - Math.log(weight),
		}));
	}

	/** Frees the native memory as far as it can be. */
	dispose(): void {
		this.#sampler?.dispose();
		this.#held?.dispose();
		this.#sampler = undefined;
		this.#held = undefined;
	}

	async #sample(output: number, logits: false | ReturnType<typeof likeliest>, among?: Uint32Array) {
		const sampler = among === undefined ? this.#free() : this.#heldTo(among);
		const { context } = this.native;
		const said = await context.sampleToken(output, sampler, false, false, logits, true);
		const [token, , , pairs, weight]: readonly unknown[] = Array.isArray(said) ? said : [];
		if (typeof token !== 'number' || token < 0 || typeof weight !== 'number') {
			throw new Error('The model chose no token.');
		}
		return { token, weight, logits: Array.isArray(pairs) ? pairs.filter(isNumber) : [] };
	}

	#free(): NativeSampler {
		if (this.#sampler === undefined) {
			this.#sampler = this.native.createSampler();
			this.#sampler.applyConfig({ temperature: 0 });
		}
		return this.#sampler;
	}

	#heldTo(tokens: Uint32Array): NativeSampler {
		this.#held ??= this.native.createSampler();
		this.#held.applyConfig({
			temperature: 0,
			tokenBiasKeys: tokens,
			tokenBiasValues: new Float32Array(tokens.length).fill(BIAS),
		});
		return this.#held;
	}
}

function isNumber(value: unknown): value is number {
	return typeof value === 'number';
}
