/** A loaded model's vectors for texts, in a context of its own that is made when the first one is asked for. */

import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import { type Embedding, MOST_EMBEDDED_TOKENS, type Unsupported } from '../model';
import type { BatchThreads } from './batchThreads';
import { type Claim, LAST, URGENT } from './claim';
import { countCores } from './cores';
import type { Gate } from './gate';
import { Lock } from './lock';
import type { ModelTokens } from './modelTokens';
import { asTokens } from './tokenIds';

/** No token is longer than so many characters in practice: what lies beyond is not even tokenised. */
const CHARACTERS = 8;
/** Tokens that the library may put around a text, and one that it keeps free. */
const FRAME = 3;

export class TextEmbedder {
	/** One text after the other. */
	readonly #lock = new Lock();
	#context: LlamaEmbeddingContext | undefined;

	constructor(
		private readonly model: LlamaModel,
		private readonly tokens: Pick<ModelTokens, 'tokenizeOnce'>,
		private readonly gate: Gate,
		private readonly threads: BatchThreads,
	) {}

	/** Of a long text only the beginning counts. */
	async embed(text: string, claim: Claim, signal: AbortSignal): Promise<Embedding | Unsupported> {
		const release = await this.#lock.acquire(claim, signal);
		// Native work cannot be interrupted: the context belongs to it until it has ended.
		let working: Promise<unknown> = Promise.resolve();
		try {
			const size = Math.min(MOST_EMBEDDED_TOKENS + FRAME, this.model.trainContextSize);
			const read = this.tokens.tokenizeOnce(text.slice(0, size * CHARACTERS)).slice(0, size - FRAME);
			const evaluate = async () => {
				const { llama } = this.model;
				// As for every context: it takes its share at creation, and each text is given fewer where fewer are faster.
				llama.maxThreads = countCores();
				this.#context ??= await this.model.createEmbeddingContext({ contextSize: size });
				llama.maxThreads = this.threads.next('prefill');
				return (await this.#context.getEmbeddingFor([...asTokens(read)])).vector;
			};
			const vector = await this.gate.step(
				claim,
				() => {
					const result = evaluate();
					working = result;
					return result;
				},
				signal,
			);
			return vector.length > 0 && vector.every(Number.isFinite)
				? { type: 'embedding', vector }
				: { type: 'unsupported', reason: 'The model has no vector for this text.' };
		} catch (error) {
			throwIfAborted(signal);
			return { type: 'unsupported', reason: `The model makes no embeddings: ${messageOf(error)}` };
		} finally {
			void Promise.allSettled([working]).then(release);
		}
	}

	/** Waits for the text that is being evaluated. */
	async dispose(): Promise<void> {
		await this.#lock.acquire(LAST, new AbortController().signal);
		await this.gate.step(URGENT, async () => this.#context?.dispose(), new AbortController().signal);
		this.#context = undefined;
	}
}
