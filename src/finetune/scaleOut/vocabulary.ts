/** A model's vocabulary as its GGUF has it: tokens become text again, special ones are known by what is written for them. */

import { createHash } from 'node:crypto';
import { type GgufHeader, type GgufValue, readGgufFile } from '../../inference/gguf/gguf';

const VOCABULARY = 'tokenizer.ggml.tokens';
const MERGES = 'tokenizer.ggml.merges';

/** Kinds of vocabularies whose tokens stand for bytes in a way that is known here; `tokenizer.ggml.model` of a GGUF. */
const KINDS = ['gpt2', 'llama'] as const;
type Kind = (typeof KINDS)[number];

/** The character that stands for a blank in a SentencePiece vocabulary. */
const BLANK = '\u2581';

export class Vocabulary {
	/** sha256, in hexadecimal, of its kind, all its tokens in their order, and its merges. */
	readonly hash: string;
	private readonly bytes = new Map<number, Uint8Array>();
	private readonly ids = new Map<string, number>();

	private constructor(
		/** Tokens as the file has them. */
		private readonly tokens: readonly string[],
		merges: readonly string[],
		readonly kind: Kind,
	) {
		const hash = createHash('sha256').update(`${kind}\0`);
		for (const [id, token] of tokens.entries()) {
			hash.update(`${token}\0`);
			// Of two tokens that are written alike, the model's own tokenizer takes the later one.
			this.ids.set(token, id);
		}
		for (const merge of merges) {
			hash.update(`${merge}\0`);
		}
		this.hash = hash.digest('hex');
	}

	/** @throws Error naming what the file lacks; GgufError. */
	static read(file: string): { readonly vocabulary: Vocabulary; readonly header: GgufHeader } {
		const header = readGgufFile(file, (key) => key === VOCABULARY || key === MERGES);
		const kind = stringOf(header.metadata.get('tokenizer.ggml.model'));
		const known = KINDS.find((one) => one === kind);
		const tokens = stringsOf(header.metadata.get(VOCABULARY));
		if (known === undefined || tokens === undefined) {
			throw new Error(
				`The tokens of ${file} cannot be written as text: its vocabulary is of the kind "${kind ?? 'unknown'}", and known are ${KINDS.join(' and ')}. Export with another model.`,
			);
		}
		const merges = stringsOf(header.metadata.get(MERGES)) ?? [];
		return { vocabulary: new Vocabulary(tokens, merges, known), header };
	}

	get size(): number {
		return this.tokens.length;
	}

	/** What is written for a token. Undefined for an id that there is not. */
	written(id: number): string | undefined {
		return this.tokens[id];
	}

	/** The token for which this is written; undefined where there is none. */
	idOf(written: string): number | undefined {
		return this.ids.get(written);
	}

	/** The text of the tokens; bytes that are no UTF-8, as where a sample was cut within a character, become U+FFFD. */
	textOf(tokens: Iterable<number>): string {
		return Buffer.concat(Array.from(tokens, (id) => this.bytesOf(id))).toString('utf8');
	}

	private bytesOf(id: number): Uint8Array {
		const known = this.bytes.get(id);
		if (known !== undefined) {
			return known;
		}
		const token = this.tokens[id] ?? '';
		const bytes = this.kind === 'gpt2' ? bytesOfUnits(token) : bytesOfPiece(token);
		this.bytes.set(id, bytes);
		return bytes;
	}
}

function stringOf(value: GgufValue | undefined): string | undefined {
	return value?.type === 'string' ? value.value : undefined;
}

function stringsOf(value: GgufValue | undefined): readonly string[] | undefined {
	return value?.type === 'array'
		? value.byteStrings?.map((text) => Buffer.from(text, 'latin1').toString('utf8'))
		: undefined;
}

/** GPT-2's characters for the 256 bytes: those that can be seen stand for themselves, the others for the next from U+0100. */
const BYTE_OF = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 256; byte++) {
	const isSeen = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
	BYTE_OF.set(String.fromCharCode(isSeen ? byte : next++), byte);
}

/** Special tokens are written as they are; one of them that has only characters of bytes gives the same either way. */
function bytesOfUnits(token: string): Uint8Array {
	const bytes = Array.from(token, (character) => BYTE_OF.get(character));
	return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : Buffer.from(token);
}

function bytesOfPiece(token: string): Uint8Array {
	const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
	return byte === undefined
		? Buffer.from(token.replaceAll(BLANK, ' '))
		: Uint8Array.of(Number.parseInt(byte, 16));
}
