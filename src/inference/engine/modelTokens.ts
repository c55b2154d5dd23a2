/** Text to tokens and back, as a loaded model does it. */

import type { LlamaModel } from 'node-llama-cpp';
import type { FillCapability, Unsupported } from '../model';
import { describeFill, type FillFormat, type Vocabulary, writtenLayout } from './fillFamilies';
import { inertTokenizer, remembered } from './inertText';
import type { LlamaLibrary } from './llamaLibrary';
import { PieceIndex } from './pieceIndex';
import { asTokens } from './tokenIds';

/** GGUF's type of tokens that are merged from text. */
const NORMAL = 1;
/** GGUF's type of tokens that no text stands for. */
const CONTROL = 3;
/** Tokens that are found in any text. Mostly white space and names of tags; some files give their markers this type. */
const USER_DEFINED = 4;
const MARKER = /^(?:<[|｜].+[|｜]>|<(?:start|end)_of_\w+>|\[\/?INST\])$/;

export class ModelTokens {
	readonly vocabulary: Vocabulary;
	readonly fill: FillFormat | Unsupported;
	/** Tokens of a text that continues another; never special ones, whatever the text says. */
	readonly tokenize: (text: string) => readonly number[];
	/** Of the tokens that are merged from text. */
	readonly pieces: PieceIndex;
	/** The same, without keeping long texts in mind: what is asked for once should not drive out what is typed on. */
	readonly tokenizeOnce: (text: string) => readonly number[];

	constructor(
		library: Pick<LlamaLibrary, 'isSentencePiece'>,
		private readonly model: LlamaModel,
	) {
		this.vocabulary = vocabularyOf(model);
		this.fill = describeFill(this.vocabulary);
		// Vocabularies of SentencePiece would put a space before the text.
		const raw = library.isSentencePiece(model)
			? (text: string) => model.tokenize(text, false, 'trimLeadingSpace')
			: (text: string) => model.tokenize(text, false);
		this.tokenizeOnce = inertTokenizer(raw, this.reserved());
		this.tokenize = remembered(this.tokenizeOnce);
		this.pieces = new PieceIndex(this.vocabulary, new Set([...this.unmerged(), ...this.control]));
	}

	/** Tokens that end a completion. */
	get fillStops(): readonly number[] {
		return this.fill.type === 'fill' ? this.fill.stops : this.vocabulary.ends;
	}

	/** Whether and how the model fills in the middle. */
	get capability(): FillCapability | Unsupported {
		if (this.fill.type === 'unsupported') {
			return this.fill;
		}
		const { family, source, file } = this.fill;
		const layout = writtenLayout(this.fill, this.vocabulary);
		return { type: 'fill', family, source, repositoryLevel: file !== undefined, layout };
	}

	/** Tokens that mean something to the engine or a format, and stand for no text. */
	get control(): readonly number[] {
		return [...this.reserved().keys()];
	}

	/** Tokens of a chat format's own text, in which special tokens are meant. */
	readonly tokenizeMarkup = (text: string): readonly number[] => this.model.tokenize(text, true);

	/** @param before tokens that decide whether the text begins with a space. */
	readonly detokenize = (tokens: readonly number[], before: readonly number[]): string =>
		this.model.detokenize(asTokens(tokens), false, asTokens(before));

	/** Bytes, and what is found in a text before anything is merged: their texts are not written as others are. */
	private unmerged(): readonly number[] {
		const types = this.model.fileInfo.metadata.tokenizer?.ggml?.token_type ?? [];
		return types.flatMap((type, token) => (type === NORMAL ? [] : [token]));
	}

	/** Tokens that no user text may become. */
	private reserved(): ReadonlyMap<number, string> {
		const types = this.model.fileInfo.metadata.tokenizer?.ggml?.token_type ?? [];
		const control = types.flatMap((type, token) =>
			type === CONTROL || (type === USER_DEFINED && MARKER.test(this.vocabulary.text(token) ?? ''))
				? [token]
				: [],
		);
		return new Map(
			[...control, ...this.fillStops].map((token) => [token, this.vocabulary.text(token) ?? '']),
		);
	}
}

function vocabularyOf(model: LlamaModel): Vocabulary {
	const { metadata } = model.fileInfo;
	const texts = metadata.tokenizer?.ggml?.tokens ?? [];
	const ids = new Map(texts.map((text, id) => [text, id]));
	const { bos, eos, eot, shouldPrependBosToken } = model.tokens;
	return {
		size: texts.length,
		architecture: metadata.general.architecture,
		begin: shouldPrependBosToken && bos !== null ? bos : undefined,
		ends: [eos, eot].filter((token) => token !== null),
		find: (text) => ids.get(text),
		text: (token) => texts[token],
		number: (key) => numberAt(metadata, key),
	};
}

/** A number in nested metadata, by its dotted key. */
function numberAt(metadata: object, key: string): number | undefined {
	let value: unknown = metadata;
	for (const part of key.split('.')) {
		value =
			typeof value === 'object' && value !== null && Object.hasOwn(value, part)
				? Object.getOwnPropertyDescriptor(value, part)?.value
				: undefined;
	}
	return typeof value === 'number' ? value : undefined;
}
