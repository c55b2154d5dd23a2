/** How sure the model was of what it wrote, and where it was too unsure to go on. */

import type { TextEvent } from '../inference/model';
import type { StopRule } from './stops';

/**
 * Mean natural logarithm of the probability of a token below which a text is not shown to somebody who did not ask for
 * it. Of the starter's 747 texts in held-out code (`npm run bench:confidence`) 227 lie below, none of them with the right
 * first line; none of the 45 that have it lies below 30 %, and from 50 % on every fourth is one. Chosen on these very texts, and
 * for want of another trained model on the starter's alone: of 45, up to 8 % may still lie below (95 %). The rest of the way up is
 * left to better models, whose texts are worth reading without being the very one.
 */
export const UNSURE = Math.log(0.25);
/** Tokens after which a generation may be ended for it: one unlikely name at the start says little. */
const EARLIEST = 8;

interface Piece {
	/** Index in UTF-16 units where it starts. */
	readonly start: number;
	readonly logProbability: number;
	readonly tokens: number;
}

/** What the model said of its pieces, in their order. */
export class Confidence {
	private readonly pieces: Piece[] = [];
	private length = 0;

	hear({ text, logProbability, tokens }: TextEvent): void {
		if (logProbability !== undefined && tokens !== undefined) {
			this.pieces.push({ start: this.length, logProbability, tokens });
		}
		this.length += text.length;
	}

	/** Mean logarithm per token of the pieces that start from `start` to before `end`; undefined without any. */
	between(start: number, end: number): number | undefined {
		return mean(this.within(start, end))?.value;
	}

	/** The same of the least likely of those pieces. */
	least(start: number, end: number): number | undefined {
		const all = this.within(start, end).map((piece) => piece.logProbability / piece.tokens);
		return all.length === 0 ? undefined : Math.min(...all);
	}

	private within(start: number, end: number): readonly Piece[] {
		return this.pieces.filter((piece) => piece.start >= start && piece.start < end);
	}

	/** Ends a generation at the last line up to which the model was sure enough. */
	rule(): StopRule {
		return {
			name: 'unsure',
			reason: 'unsure',
			end: (text) => {
				const all = mean(this.pieces);
				if (all === undefined || all.tokens < EARLIEST || all.value >= UNSURE) {
					return undefined;
				}
				let end = text.lastIndexOf('\n');
				while (end > 0 && (this.between(0, end) ?? 0) < UNSURE) {
					end = text.lastIndexOf('\n', end - 1);
				}
				return Math.max(0, end);
			},
		};
	}
}

function mean(pieces: readonly Piece[]): { readonly value: number; readonly tokens: number } | undefined {
	const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
	return tokens === 0
		? undefined
		: { value: pieces.reduce((sum, piece) => sum + piece.logProbability, 0) / tokens, tokens };
}
