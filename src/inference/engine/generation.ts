/** One generation: reuse what is cached, feed the rest in chunks, then token by token; ends on any abort. */

import type { EndReason, GenerationEvent, TextEvent } from '../model';
import { claimOf } from './claim';
import type { Gate } from './gate';
import { callIn } from './hermesFormat';
import type { Lane, Sampled, Sampling } from './lane';
import { type Feeding, feedPrompt } from './promptFeeding';
import { type Detokenize, TextStream } from './textStream';
import { Turn } from './turn';
import { restOfTypedEnd, type TypedEnd } from './typedEnd';

export interface Generation extends Sampling, Feeding {
	/** Texts that end the text and are not part of it. */
	readonly stopTexts: readonly string[];
}

/**
 * Streams the text of one generation. The lane keeps what was evaluated, also after an abort.
 * @throws AbortError within a moment of the signal, whatever the model is doing.
 */
export async function* generate(
	lane: Lane,
	gate: Gate,
	generation: Generation,
	detokenize: Detokenize,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
	const { priority, caller } = generation;
	const { prompt, typedEnd } =
		generation.typedEnd === undefined
			? generation
			: beginTyped(lane, generation, generation.typedEnd, detokenize);
	const start = performance.now();
	const turn = new Turn(lane.lock, gate, claimOf(priority, caller), signal);
	try {
		await turn.begin();
		const reusedTokens = await feedPrompt(lane, gate, turn, { ...generation, prompt });
		const { constraint } = generation;
		const promptTokens = prompt.length + (typedEnd?.tokens.length ?? 0);
		let text = new TextStream(detokenize, generation.stopTexts, prompt);
		/** What was written of a call; undefined while there is none. */
		let call = constraint?.isCall && constraint.after === undefined ? '' : undefined;
		const measure = new PieceMeasure();
		const tokens = turn.owns(lane.sample(prompt.slice(-1), { ...generation, typedEnd }));
		/** Tokens that the context still takes. */
		let room = lane.contextSize - prompt.length;
		/** Characters that were typed and come again. */
		let hidden = typedEnd?.characters ?? 0;
		const shown = (piece: string) => {
			const typed = Math.min(hidden, piece.length);
			hidden -= typed;
			return piece.slice(typed);
		};
		let generatedTokens = 0;
		let reason: EndReason = 'length';
		let evaluated: number | undefined;
		const decode = () => {
			const next = turn.step(() => tokens.next());
			// A consumer that leaves waits for none.
			next.catch(() => undefined);
			return next;
		};
		const mayGoOn = () => room > 0 && generatedTokens < generation.maxTokens;
		for (let next = decode(); mayGoOn(); ) {
			const sampled = await next;
			if (evaluated === undefined) {
				evaluated = performance.now();
				yield {
					type: 'prefilled',
					promptTokens,
					reusedTokens,
					prefillMilliseconds: evaluated - start,
				};
			}
			if (sampled.done === true || generation.stopTokens.has(sampled.value.token)) {
				reason = 'end-of-text';
				break;
			}
			const { token, isTyped = false } = sampled.value;
			room--;
			if (!isTyped) {
				generatedTokens++;
				measure.add(sampled.value);
			}
			const begins = constraint?.isCall && call === undefined && token === constraint.after;
			const piece = shown(begins ? text.flush() : text.push(token));
			if (mayGoOn() && !text.stopped) {
				// The model goes on while this piece is on its way.
				next = decode();
			}
			if (begins) {
				call = '';
				text = new TextStream(detokenize, [], [token]);
			} else if (call !== undefined) {
				call += piece;
				continue;
			}
			if (piece !== '') {
				yield { type: 'text', text: piece, ...measure.take() };
			}
			if (text.stopped) {
				reason = 'end-of-text';
				break;
			}
		}
		const rest = shown(text.flush());
		if (call !== undefined) {
			const called = reason === 'length' ? undefined : callIn(call + rest);
			if (called !== undefined) {
				yield { type: 'call', call: called };
			}
		} else if (rest !== '') {
			yield { type: 'text', text: rest, ...measure.take() };
		}
		evaluated ??= start;
		yield {
			type: 'end',
			reason,
			statistics: {
				promptTokens,
				reusedTokens,
				generatedTokens,
				prefillMilliseconds: evaluated - start,
				decodeMilliseconds: performance.now() - evaluated,
			},
		};
	} finally {
		turn.end();
	}
}

/** The prompt with as much of what was typed as need not be written again, and the rest. */
function beginTyped(
	{ knownTyped }: Lane,
	{ prompt, temperature, alternative }: Generation,
	typedEnd: TypedEnd,
	detokenize: Detokenize,
): Pick<Generation, 'prompt' | 'typedEnd'> {
	// Who cannot write it goes on from it as it is; another beginning may be another way to write it.
	const known =
		knownTyped === undefined || temperature > 0
			? typedEnd.tokens.length
			: alternative > 0
				? 0
				: knownTyped(prompt, typedEnd);
	const whole = [...prompt, ...typedEnd.tokens.slice(0, known)];
	return { prompt: whole, typedEnd: restOfTypedEnd(typedEnd, known, whole, detokenize) };
}

/** Counts tokens until they have become a piece of text. */
class PieceMeasure {
	#logProbability: number | undefined = 0;
	#tokens = 0;

	add({ logProbability }: Sampled): void {
		this.#tokens++;
		this.#logProbability =
			logProbability === undefined || this.#logProbability === undefined
				? undefined
				: this.#logProbability + logProbability;
	}

	/** What belongs to the piece; the next one begins. */
	take(): Pick<TextEvent, 'logProbability' | 'tokens'> {
		const measured =
			this.#logProbability === undefined
				? {}
				: { logProbability: this.#logProbability, tokens: this.#tokens };
		this.#logProbability = 0;
		this.#tokens = 0;
		return measured;
	}
}
