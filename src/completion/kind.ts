/** Kinds of places, by which it is counted what somebody takes and what not. */

import { type Cursor, lineBefore } from './cursor';
import { lastTyped } from './debounce';
import { shapeAt } from './shape';

/** How much is asked for, as indentation tells, and what stands before the cursor. */
export const KINDS = [
	'line.word',
	'line.other',
	'line.invitation',
	'block.word',
	'block.other',
	'block.invitation',
] as const;
export type Kind = (typeof KINDS)[number];

export function kindAt(cursor: Cursor): Kind {
	const shape = shapeAt(cursor).type === 'block' ? 'block' : 'line';
	return `${shape}.${lastTyped(lineBefore(cursor))}`;
}
