/** A lane without a model: tokens are code points, and the answer is scripted. */
import type { Lane, Sampled } from '../../src/inference/engine/lane';
import { Lock } from '../../src/inference/engine/lock';

/** The token that ends a text. */
export const EOT = 0;

/** A text as tokens. */
export const prompt = (text: string) => [...text].map((character) => character.codePointAt(0) ?? EOT);

/** Holds tokens like a sequence; answers `reply`, then ends. */
export class FakeLane implements Lane {
	readonly lock = new Lock();
	readonly held: number[] = [];
	readonly chunks: number[] = [];
	sampled = 0;
	closed = 0;
	knownTyped: Lane['knownTyped'];
	/** Tokens of the reply that were typed. */
	typed = 0;
	/** Of each token. */
	logProbability: number | undefined = -0.5;
	onFeed: () => Promise<void> = async () => undefined;

	constructor(
		private readonly reply: string,
		readonly contextSize = 1000,
	) {}

	async keep(tokens: readonly number[]): Promise<number> {
		let same = 0;
		while (same < tokens.length && tokens[same] === this.held[same]) {
			same++;
		}
		this.held.length = same;
		return same;
	}

	async feed(tokens: readonly number[]): Promise<void> {
		await this.onFeed();
		this.held.push(...tokens);
		this.chunks.push(tokens.length);
	}

	async *sample(tokens: readonly number[]): AsyncGenerator<Sampled, void> {
		try {
			this.held.push(...tokens);
			for (const character of this.reply) {
				this.sampled++;
				const token = character.codePointAt(0) ?? EOT;
				yield { token, logProbability: this.logProbability, isTyped: this.sampled <= this.typed };
				this.held.push(token);
			}
		} finally {
			this.closed++;
		}
	}
}
