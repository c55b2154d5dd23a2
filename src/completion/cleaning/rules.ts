/** The rules of cleaning in their order: what no text may hold, where it ends, how it stands, whether it is worth showing. */

import { blanks } from './blanks';
import { commentEnd } from './commentEnd';
import { countingLines } from './countingLines';
import { extent } from './extent';
import { fence } from './fence';
import { following } from './following';
import { halfLine } from './halfLine';
import { indentCharacter } from './indentCharacter';
import { indentWidth } from './indentWidth';
import { invisible } from './invisible';
import { preceding } from './preceding';
import { repeatedBlocks } from './repeatedBlocks';
import { repeatedLines } from './repeatedLines';
import { repeatedTail } from './repeatedTail';
import type { CleaningRule, EndingRule } from './rule';
import { secondBlank } from './secondBlank';
import { secondIndentation } from './secondIndentation';
import { secret } from './secret';
import { specialTokens } from './specialTokens';
import { strayClosers } from './strayClosers';
import { tooLittle } from './tooLittle';

export const CLEANING_RULES: readonly CleaningRule[] = [
	invisible,
	specialTokens,
	fence,
	// From here on every line counts as whole.
	halfLine,
	extent,
	commentEnd,
	following,
	repeatedTail,
	repeatedLines,
	repeatedBlocks,
	countingLines,
	blanks,
	// Whose step of indentation it is can be told from spaces only.
	indentWidth,
	indentCharacter,
	secondIndentation,
	secondBlank,
	strayClosers,
	preceding,
	secret,
	tooLittle,
];

/** Those that end a generation early. */
export const ENDING_RULES: readonly EndingRule[] = CLEANING_RULES.filter((rule) => rule.type === 'end');

/** Those that hold of every text, wherever it stands and whatever it is for. */
export const SAFETY_RULES: readonly CleaningRule[] = [invisible, specialTokens, fence, secret];
