/** Looks for a text or a pattern in the files of the workspace that may be read. */

import * as path from 'node:path';
import { secretsIn } from '../../inference/secretText';
import { listFiles, type Scope } from '../retrieval/listing';
import { readText } from '../retrieval/readText';

export interface SearchOrder {
	readonly scope: Scope;
	/** What a line must hold; upper and lower case are alike. */
	readonly query: string;
	/** Whether it is a regular expression. */
	readonly isPattern: boolean;
	/** Only files whose path, as the user knows it, begins so; empty for all. */
	readonly below: string;
}

export interface Match {
	/** Absolute path. */
	readonly file: string;
	/** As the user knows it, with `/`. */
	readonly label: string;
	/** From 1. */
	readonly line: number;
	readonly text: string;
}

export interface SearchResult {
	readonly matches: readonly Match[];
	/** Whether there are more. */
	readonly isCut: boolean;
}

const MOST_MATCHES = 200;
/** Lines of one file: what is everywhere in it says no more. */
const MOST_OF_ONE = 20;
/** Characters of a line that are looked at, and that are kept. */
const LONGEST_LINE = 2_000;
const LONGEST_SHOWN = 240;

/** The pattern of an order. @throws SyntaxError where it is none */
export function patternOf({ query, isPattern }: Pick<SearchOrder, 'query' | 'isPattern'>): RegExp {
	return new RegExp(isPattern ? query : query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
}

/** @throws SyntaxError where the pattern is none; AbortError */
export async function searchFiles(order: SearchOrder, signal: AbortSignal): Promise<SearchResult> {
	const pattern = patternOf(order);
	const { files } = await listFiles(order.scope, signal);
	const matches: Match[] = [];
	for (const { folder, path: name, label } of files) {
		signal.throwIfAborted();
		if (!label.startsWith(order.below)) {
			continue;
		}
		const file = path.join(folder, name);
		const text = await readText(file, folder);
		const ofThis: Match[] = [];
		for (const [index, line] of text?.split('\n').entries() ?? []) {
			if (ofThis.length < MOST_OF_ONE && pattern.test(line.slice(0, LONGEST_LINE))) {
				ofThis.push({ file, label, line: index + 1, text: line.trim().slice(0, LONGEST_SHOWN) });
			}
		}
		// Of a key that spans many lines, each of them looks like none.
		if (ofThis.length > 0 && secretsIn(text ?? '').length === 0) {
			matches.push(...ofThis);
		}
		if (matches.length > MOST_MATCHES) {
			return { matches: matches.slice(0, MOST_MATCHES), isCut: true };
		}
	}
	return { matches, isCut: false };
}
