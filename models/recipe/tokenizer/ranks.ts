/** The first ranks of gpt-tokenizer's tables in GGUF's form: a byte-level BPE that others have learnt, of any size. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { printableOf } from './bytes';

export const TABLES = ['cl100k_base', 'o200k_base'] as const;
export type Table = (typeof TABLES)[number];

/** Tokens in their printable form, and the merges that make them; fewer than `most` where the table has fewer. */
export interface FirstRanks {
	readonly tokens: readonly string[];
	readonly merges: readonly string[];
}

/** @param root folder whose node_modules has gpt-tokenizer. */
export function firstRanks(root: string, table: Table, most: number): FirstRanks {
	const pieces = fs
		.readFileSync(path.join(root, `node_modules/gpt-tokenizer/data/${table}.tiktoken`), 'latin1')
		.trim()
		.split('\n')
		.slice(0, most)
		// One character for each byte.
		.map((line) => Buffer.from(line.slice(0, line.indexOf(' ')), 'base64').toString('latin1'));
	const ranks = new Map(pieces.map((piece, rank) => [piece, rank]));
	const printable = (piece: string) => printableOf(Buffer.from(piece, 'latin1'));
	const merges: string[] = [];
	for (const [rank, piece] of pieces.entries()) {
		if (piece.length > 1) {
			const [left, right] = splitOnce(piece, rank, ranks);
			merges.push(`${printable(left)} ${printable(right)}`);
		}
	}
	return { tokens: pieces.map(printable), merges };
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
