/** Finds words in a conversation, and the place to show for it. */

import { keepEnd, keepStart } from '../../inference/clip';
import { stripInvisible } from '../../inference/invisible';
import type { StoredTurn } from '../turns';
import { titleOf } from './titles';

/** Characters before and after a word that is shown. */
const AROUND = 40;

interface Match {
	/** Undefined where the title says it all. */
	readonly passage: string | undefined;
}

/** A test whether a conversation has all words of the query somewhere, in any case. An empty query is in all. */
export function matcherOf(query: string): (title: string, turns: readonly StoredTurn[]) => Match | undefined {
	const words = wordsOf(query).map(patternOf);
	return (title, turns) => {
		let passage: string | undefined;
		for (const word of words) {
			if (word.test(title)) {
				continue;
			}
			const place = placeOf(word, turns);
			if (place === undefined) {
				return undefined;
			}
			passage ??= place;
		}
		return { passage };
	};
}

/** Between two pieces of one answer, which may part a word. */
const SEAM = /"\}\n+\{"type":"text","turn":"[^"\n]*","offset":\d+,"text":"/g;

/** A test of a conversation's file as it is: false only where `matcherOf` finds nothing in it, and much sooner. */
export function roughMatcherOf(query: string): (file: string) => boolean {
	const patterns = wordsOf(query)
		// A title that was cut ends with it, and has lost what cannot be seen.
		.map((word) => stripInvisible(word.replaceAll('…', '')))
		.filter((word) => word !== '')
		.map((word) => patternOf(JSON.stringify(word).slice(1, -1)));
	return (file) => {
		const text = patterns.length === 0 ? '' : stripInvisible(file.replace(SEAM, ''));
		return patterns.every((pattern) => pattern.test(text));
	};
}

function wordsOf(query: string): readonly string[] {
	return query.split(/\s+/).filter((word) => word !== '');
}

function patternOf(word: string): RegExp {
	return new RegExp(word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
}

function placeOf(word: RegExp, turns: readonly StoredTurn[]): string | undefined {
	for (const { text } of turns) {
		const match = word.exec(text);
		if (match !== null) {
			const end = match.index + match[0].length;
			const before = keepEnd(text.slice(0, match.index), AROUND);
			const after = keepStart(text.slice(end), AROUND);
			return titleOf(
				`${before.length < match.index ? '…' : ''}${before}${match[0]}${after}${end + after.length < text.length ? '…' : ''}`,
			);
		}
	}
	return undefined;
}
