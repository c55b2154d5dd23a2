/** How many tokens other files take in a prompt: counted by the model in the background, reckoned until then. */

import { CHARACTERS_PER_TOKEN } from '../inference/fillPieces';
import type { ContextFile, Model } from '../inference/model';
import { Average } from './average';
import { Latest } from './latest';
import type { ContextRoom } from './prompt';

/** Texts whose count is kept; a place has some fifty. */
const REMEMBERED = 256;
/** A text with more characters for each token of the room is not counted: as in the model's process, it does not fit. */
const MOST_CHARACTERS_PER_TOKEN = 8;
/** Tokens around a file: the one that stands before its path, or what makes a comment of that. */
const MARKS = 2;
/** The mean remembers some twenty texts. */
const NEWEST = 0.1;

export class TokenCounts {
	private readonly counted = new Latest<number>(REMEMBERED);
	/** UTF-8 bytes in a token of what was counted. */
	private readonly bytesPerToken = new Average(NEWEST);
	/** The model that counted. */
	private path: string | undefined;

	constructor(private readonly model: Pick<Model, 'state' | 'tokenize'>) {}

	/** Room for so many tokens of the model that is loaded. */
	room(tokens: number): ContextRoom {
		return {
			tokens,
			tokensOf: (file) => this.tokensOf(file),
			count: (files, signal) => this.count(files, tokens, signal),
		};
	}

	private tokensOf(file: ContextFile): number {
		this.follow();
		const text = textOf(file);
		const reckoned = Buffer.byteLength(text) / (this.bytesPerToken.value ?? CHARACTERS_PER_TOKEN);
		return MARKS + (this.counted.get(text) ?? Math.ceil(reckoned));
	}

	private async count(files: readonly ContextFile[], room: number, signal: AbortSignal): Promise<void> {
		for (const text of files.map(textOf)) {
			const path = this.follow();
			const isCounted = this.counted.get(text) !== undefined;
			if (path === undefined || isCounted || text.length > room * MOST_CHARACTERS_PER_TOKEN) {
				continue;
			}
			const answer = await this.model.tokenize(text, signal);
			if (answer.type === 'unsupported') {
				return;
			}
			if (path === this.follow()) {
				const { length } = answer.tokens;
				this.counted.set(text, length);
				this.bytesPerToken.add(Buffer.byteLength(text) / Math.max(1, length));
			}
		}
	}

	/** Another model has another vocabulary. The path of the one that is ready. */
	private follow(): string | undefined {
		const { state } = this.model;
		const path = state.type === 'ready' ? state.model.path : undefined;
		if (path !== undefined && path !== this.path) {
			this.path = path;
			this.counted.clear();
			this.bytesPerToken.reset();
		}
		return path;
	}
}

/** As it stands in a prompt. */
function textOf({ path, text }: ContextFile): string {
	return `${path}\n${text}\n`;
}
