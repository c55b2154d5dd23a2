/** What a rule of cleaning is: a name, and a pure function over a text and the place where it shall stand. */

import type { Cursor } from '../cursor';
import type { Reason } from '../outcome';
import type { AskedShape } from '../shape';

export type NothingReason = Extract<
	Reason,
	'nothing-to-add' | 'only-repeats' | 'goes-in-circles' | 'not-text' | 'secret' | 'too-little' | 'unsure'
>;

/** A text of which a rule left nothing. */
export interface Dropped {
	/** Its name. */
	readonly rule: string;
	/** What the text was before it; undefined where it ended the generation, which brought nothing else. */
	readonly text: string | undefined;
}

export interface Place {
	readonly cursor: Cursor;
	readonly shape: AskedShape;
	/** The token limit ended the text, so its last line may be half a line. */
	readonly isCut: boolean;
}

interface Named {
	/** For the inspector: which rule changed or dropped what. Never shown without its sentence. */
	readonly name: string;
	/** Why there is nothing, where the rule left nothing of a text. */
	readonly reason: NothingReason;
}

/** A rule that can judge a text while it grows, and so ends a generation early. */
export interface EndingRule extends Named {
	readonly type: 'end';
	/**
	 * Index in UTF-16 units where the text must end, undefined while it may go on. `isComplete`: no more will come. A
	 * rule may cut behind what was there before (a repetition is known only once it has happened).
	 */
	readonly end: (text: string, place: Place, isComplete: boolean) => number | undefined;
}

/** A rule that needs the finished text. */
export interface TextRule extends Named {
	readonly type: 'text';
	/** What becomes of the text; blank is nothing. */
	readonly apply: (text: string, place: Place) => string;
}

export type CleaningRule = EndingRule | TextRule;
