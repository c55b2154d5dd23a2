/** Finds words in a conversation, and the place to show for it. */

import { keepEnd, keepStart } from '../../inference/clip';
import type { StoredTurn } from '../turns';
import { titleOf } from './titles';

/** Characters before and after a word that is shown. */
const AROUND = 40;

export interface Match {
	/** Undefined where the title says it all. */
	readonly passage: string | undefined;
}

/** A test whether a conversation has all words of the query somewhere, in any case. An empty query is in all. */
export function matcherOf(query: string): (title: string, turns: readonly StoredTurn[]) => Match | undefined {
	const words = query
		.split(/\s+/)
		.filter((word) => word !== '')
		.map((word) => new RegExp(word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu'));
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
