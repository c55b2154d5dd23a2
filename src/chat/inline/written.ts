/** The edits that an answer stands for, also while it is being written. */

import { stripInvisible } from '../../inference/invisible';
import type { Translate } from '../../inference/statusText';
import { placeText } from '../apply/block';
import { isElided } from '../apply/locate';
import type { LineRange } from '../blocks';
import { codeBlocksOf } from '../fences';
import { editsWithin, type LineEdit } from '../patch';

/** `isWhole`: the code has come to its end, and nothing that follows would be used. */
interface Written {
	readonly edits: readonly LineEdit[];
	readonly isWhole: boolean;
}

/** Why an answer that came to its end changes nothing. */
export type Useless = 'nothing' | 'no-code' | 'same' | 'elided';

/** The code of an answer; blocks without any text are none. */
function blocksOf(answer: string) {
	return codeBlocksOf(answer)
		.filter(({ code }) => code.trim() !== '')
		.map((block) => ({ ...block, code: stripInvisible(block.code.replaceAll('\r', '\n')) }));
}

/**
 * What of the lines has changed so far. Only whole lines of the code are looked at, and old lines that the answer has not come
 * to yet stay. Of several blocks the first counts that changes something: some models repeat what they were given.
 */
export function writtenSoFar(lines: readonly string[], range: LineRange, answer: string): Written {
	for (const { code, closed } of blocksOf(answer)) {
		const edits = editsWithin(lines, range, closed ? code : code.slice(0, code.lastIndexOf('\n') + 1));
		if (!closed) {
			return { edits: withoutRest(edits, lines, range), isWhole: false };
		}
		if (edits.length > 0) {
			return { edits, isWhole: true };
		}
	}
	return { edits: [], isWhole: false };
}

/** The last edit takes away what the answer may yet come to. */
function withoutRest(
	edits: readonly LineEdit[],
	lines: readonly string[],
	{ start, end }: LineRange,
): readonly LineEdit[] {
	const last = edits.at(-1);
	const lastLine = start + lines.slice(start, end + 1).findLastIndex((line) => line.trim() !== '');
	if (last === undefined || last.start + last.removed <= lastLine) {
		return edits;
	}
	return [...edits.slice(0, -1), ...(last.lines.length === 0 ? [] : [{ ...last, removed: 0 }])];
}

/** The edits of an answer that came to its end, or why it has none. */
export function writtenAtLast(
	lines: readonly string[],
	range: LineRange,
	answer: string,
): readonly LineEdit[] | Useless {
	const blocks = blocksOf(answer);
	const old = lines.slice(range.start, range.end + 1);
	for (const { code } of blocks) {
		if (isElided(old, code.split('\n'))) {
			return 'elided';
		}
		const edits = editsWithin(lines, range, code);
		if (edits.length > 0) {
			return edits;
		}
	}
	return blocks.length > 0 ? 'same' : answer.trim() === '' ? 'nothing' : 'no-code';
}

export function uselessText(why: Useless, translate: Translate): string {
	switch (why) {
		case 'nothing':
			return translate('No change: the model answered nothing.');
		case 'no-code':
			return translate('No change: the answer has no complete code block.');
		case 'same':
			return translate('No change: the code of the answer is what stands there already.');
		case 'elided':
			return placeText('elided', '', translate);
	}
}
