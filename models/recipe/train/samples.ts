/** Groups of pieces → samples: as they stand, or with a hole, rendered as the product renders its prompts. */

import { drawHoles, type Hole } from '../../../src/finetune/dataset/holes';
import type { Sample } from '../../../src/finetune/dataset/sample';
import type { Random } from '../../../src/finetune/training/random';
import { describeFill, type FillFormat } from '../../../src/inference/engine/fillFamilies';
import { renderFill } from '../../../src/inference/fillFormat';
import { CHARACTERS_PER_TOKEN, fillPieces } from '../../../src/inference/fillPieces';
import type { Tokenizer } from '../tokenizer';
import type { Group, Piece } from './groups';

export interface SampleOptions {
	/** Tokens of a sample, at most. */
	readonly longest: number;
	/** Share of the samples that have a hole (Bavarian et al. 2022: a half costs the other half nothing). */
	readonly fillShare: number;
}

/** Share of the samples that name the repository; the path is always there, as in the product's prompts. */
const NAMED_SHARE = 0.7;
/** Share of a sample that a middle may take. */
const MIDDLE_SHARE = 0.3;
/** Share of the rests of lines that begin anywhere in their line: somebody who types is mostly within a word. */
const ANYWHERE_SHARE = 0.6;
/** A sample is cut to whole tokens; a shorter one teaches nothing. */
const FEWEST_TOKENS = 8;

export class SampleMaker {
	readonly #format: FillFormat;
	readonly #end: number;

	/** @throws Error for a vocabulary that has no tokens for filling in the middle. */
	constructor(
		private readonly tokenizer: Tokenizer,
		private readonly options: SampleOptions,
	) {
		this.#format = fillFormatOf(tokenizer);
		this.#end = tokenizer.idOf('<|endoftext|>');
	}

	/** Undefined where too little is left of the group. */
	sampleOf(group: Group, random: Random): Sample | undefined {
		const isNamed = random.next() < NAMED_SHARE;
		const last = group.pieces.at(-1);
		const hole =
			random.next() < this.options.fillShare && last !== undefined ? this.hole(last, random) : undefined;
		const tokens =
			hole === undefined || last === undefined
				? this.plain(group, isNamed)
				: this.withHole(group, last, hole, isNamed);
		if (tokens.length < FEWEST_TOKENS) {
			return undefined;
		}
		const weights = Float32Array.from(tokens, (token, index) =>
			// Where a prefix or a suffix ends, nobody can know.
			index === 0 ||
			token === this.#format.prefix ||
			token === this.#format.suffix ||
			token === this.#format.middle
				? 0
				: 1,
		);
		return { tokens: Int32Array.from(tokens), weights, file: 0 };
	}

	private hole({ text }: Piece, random: Random): Hole | undefined {
		const longestMiddle = Math.floor(this.options.longest * CHARACTERS_PER_TOKEN * MIDDLE_SHARE);
		const [hole] = drawHoles(text, { spacing: text.length, longestMiddle, longestPlain: 0 }, random);
		return hole?.kind === 'rest' && random.next() < ANYWHERE_SHARE ? fromAnywhere(hole, text, random) : hole;
	}

	private plain({ package: name, pieces }: Group, isNamed: boolean): readonly number[] {
		const { encode } = this.tokenizer;
		const { repository, file } = this.#format;
		const tokens: number[] = [];
		if (isNamed && repository !== undefined) {
			tokens.push(repository, ...encode(`${name}\n`));
		}
		for (const { path, text } of pieces) {
			if (file !== undefined) {
				tokens.push(file, ...encode(`${path}\n`));
			}
			tokens.push(...encode(text));
		}
		if (pieces.at(-1)?.isEnd === true) {
			tokens.push(this.#end);
		}
		return tokens.slice(0, this.options.longest);
	}

	private withHole(group: Group, last: Piece, hole: Hole, isNamed: boolean): readonly number[] {
		const { encode } = this.tokenizer;
		const middle = last.text.slice(hole.start, hole.end);
		const end = hole.ends ? [this.#end] : [];
		const limit = this.options.longest - end.length;
		const pieces = fillPieces(
			{
				repository: isNamed ? group.package : undefined,
				path: last.path,
				before: last.text.slice(0, hole.start),
				after: last.text.slice(hole.end),
				firstLine: 0,
			},
			limit - encode(middle).length,
		);
		// As one text: a model that serves writes the end of what was typed again (src/inference/engine/typedEnd.ts).
		const typed = pieces.typed + middle;
		const files = group.pieces.slice(0, -1).map(({ path, text }) => ({ path, text }));
		const { tokens } = renderFill(this.#format, { ...pieces, typed, files }, encode, limit);
		return [...tokens, ...end];
	}
}

/** The rest of the same line from another place, before its last character. */
export function fromAnywhere(hole: Hole, text: string, random: Random): Hole {
	const line = text.lastIndexOf('\n', hole.start - 1) + 1;
	const content = line + (/^[ \t]*/.exec(text.slice(line, hole.end))?.[0].length ?? 0);
	const start = content + Math.floor(random.next() * (hole.end - content));
	const isInsidePair = /[\udc00-\udfff]/.test(text.charAt(start));
	return { ...hole, start: isInsidePair ? start - 1 : start };
}

function fillFormatOf({ vocabulary: { tokens }, idOf }: Tokenizer): FillFormat {
	const ids = new Map(tokens.map((token, id) => [token, id]));
	const format = describeFill({
		size: tokens.length,
		architecture: 'llama',
		begin: undefined,
		ends: [idOf('<|endoftext|>'), idOf('<|im_end|>')],
		find: (text) => ids.get(text),
		text: (token) => tokens[token],
		number: () => undefined,
	});
	if (format.type === 'unsupported') {
		throw new Error(format.reason);
	}
	return format;
}
