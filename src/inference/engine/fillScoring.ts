/** How probable middles are in the prompts of `fill`: rendered as samples are, scored one after the other. */

import type { FillToEncode, Priority, ScoredFill, ScoredFills, Unsupported } from '../model';
import { claimOf } from './claim';
import { type Encoder, encodeFill, refuseLong } from './encoding';
import type { FillFormat } from './fillFamilies';
import type { Gate } from './gate';
import { type ScoringLane, score } from './scoring';

interface FillScoring {
	readonly fills: readonly FillToEncode[];
	/** Most tokens at once. */
	readonly chunk: number;
	readonly priority: Priority;
}

/** Fills that are rendered at once: their order decides how much of the prompts is read only once. */
const BATCH = 64;

/**
 * The lane is given up between two fills. Prompts with the same beginning follow each other, so that it stays in the KV
 * cache.
 *
 * @throws AbortError when the signal fires.
 */
export async function scoreFills(
	lane: ScoringLane,
	gate: Gate,
	{ fills, chunk, priority }: FillScoring,
	encoder: Encoder,
	signal: AbortSignal,
): Promise<ScoredFills | Unsupported> {
	const { fill: format, caller } = encoder;
	if (format.type === 'unsupported') {
		return format;
	}
	const refusal = refuseLong(fills, encoder.contextSize);
	if (refusal !== undefined) {
		return refusal;
	}
	const claim = claimOf(priority, caller);
	const scored: ScoredFill[] = [];
	for (let start = 0; start < fills.length; start += BATCH) {
		const rendered: Rendered[] = [];
		for (const [index, fill] of fills.slice(start, start + BATCH).entries()) {
			// Each in a step of its own: tokenising a long file takes milliseconds.
			const one = await gate.step(claim, async () => render(fill, format, encoder), signal);
			if ('type' in one) {
				return one;
			}
			rendered.push({ ...one, index: start + index });
		}
		for (const { index, context, text } of rendered.sort((one, other) =>
			compare(one.context, other.context),
		)) {
			const shared = caller === undefined ? {} : { caller };
			const logProbabilities = await score(lane, gate, { context, text, chunk, priority, ...shared }, signal);
			scored[index] = { logProbabilities };
		}
	}
	return { type: 'scored', fills: scored };
}

interface Rendered {
	readonly index: number;
	readonly context: readonly number[];
	/** The middle, and its end. */
	readonly text: readonly number[];
}

/** Prompt and middle fit into the context together; the prompt is cut where they would not. */
function render(
	sample: FillToEncode,
	format: FillFormat,
	encoder: Encoder,
): Omit<Rendered, 'index'> | Unsupported {
	const { contextSize } = encoder;
	const whole = encodeFill(sample, format, encoder);
	const length = whole.tokens.length - whole.middleStart;
	const fits = whole.tokens.length <= contextSize;
	const room = contextSize - length;
	if (!fits && room < 1) {
		return {
			type: 'unsupported',
			reason: `A middle in ${sample.path} has ${length} tokens, more than the context of this model: ${contextSize}.`,
		};
	}
	const { tokens, middleStart } = fits
		? whole
		: encodeFill({ ...sample, maxPromptTokens: room }, format, encoder);
	return { context: tokens.slice(0, middleStart), text: tokens.slice(middleStart) };
}

/** Token by token; what is shared stands side by side then. */
function compare(some: readonly number[], others: readonly number[]): number {
	const length = Math.min(some.length, others.length);
	for (let index = 0; index < length; index++) {
		const difference = (some[index] ?? 0) - (others[index] ?? 0);
		if (difference !== 0) {
			return difference;
		}
	}
	return some.length - others.length;
}
