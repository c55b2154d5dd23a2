/** A loaded model's vectors for texts, in a context of its own that is made when the first one is asked for. */

import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import type { Embedding, Unsupported } from '../model';
import { Lock } from './lock';
import type { ModelTokens } from './modelTokens';
import { asTokens } from './tokenIds';

/** Tokens of a text that are read: a chunk of code has a few hundred. */
const MOST_TOKENS = 1_024;
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
	) {}

	/** Of a long text only the beginning counts. */
	async embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		const release = await this.#lock.acquire('background', signal);
		try {
			const size = Math.min(MOST_TOKENS, this.model.trainContextSize);
			this.#context ??= await this.model.createEmbeddingContext({ contextSize: size, createSignal: signal });
			throwIfAborted(signal);
			const read = this.tokens.tokenizeOnce(text.slice(0, size * CHARACTERS)).slice(0, size - FRAME);
			const { vector } = await this.#context.getEmbeddingFor([...asTokens(read)]);
			throwIfAborted(signal);
			return vector.length > 0 && vector.every(Number.isFinite)
				? { type: 'embedding', vector }
				: { type: 'unsupported', reason: 'The model has no vector for this text.' };
		} catch (error) {
			throwIfAborted(signal);
			return { type: 'unsupported', reason: `The model makes no embeddings: ${messageOf(error)}` };
		} finally {
			release();
		}
	}

	async dispose(): Promise<void> {
		await this.#context?.dispose();
		this.#context = undefined;
	}
}
