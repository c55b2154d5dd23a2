/** Ends the text at a character that no suggestion may carry into a document: controls, direction overrides, broken text. */

import { stripInvisible } from '../../inference/invisible';
import type { EndingRule } from './rule';

/** Controls but tab and line feed, line and paragraph separators, halves of pairs, and what stands for no text. */
const BROKEN = /[^\P{Cc}\t\n]|[\u2028\u2029\uFFFD\uFFFE\uFFFF]|\p{Surrogate}/u;

/** What may be the beginning of something legitimate: its other half may still come. */
const UNDECIDED = /(?:\r|\u200C|\u200D|\uFE0E|\uFE0F|[\u{E0020}-\u{E007F}]|\p{Surrogate})+$/u;

/**
 * Index of the first character that must not be inserted. A suggestion must read as it runs (CVE-2021-42574), so
 * what nobody can see ends it, but for joiners and selectors where emoji and scripts need them. While the stream
 * runs (`isComplete` false) the very end is not judged where the next character decides.
 */
function firstForbidden(text: string, isComplete: boolean): number | undefined {
	const judged = isComplete ? text : text.replace(UNDECIDED, '');
	const broken = BROKEN.exec(judged)?.index;
	const invisible = firstDifference(judged, stripInvisible(judged));
	return broken === undefined || invisible === undefined
		? (broken ?? invisible)
		: Math.min(broken, invisible);
}

function firstDifference(text: string, stripped: string): number | undefined {
	if (text === stripped) {
		return undefined;
	}
	let index = 0;
	while (index < stripped.length && text[index] === stripped[index]) {
		index++;
	}
	return index;
}

export const invisible: EndingRule = {
	type: 'end',
	name: 'invisible-characters',
	reason: 'not-text',
	end: (text, _place, isComplete) => firstForbidden(text, isComplete),
};
