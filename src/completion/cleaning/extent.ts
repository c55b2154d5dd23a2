/** Ends the text with the line or the block that was asked for. */

import { blockEnd } from '../block';
import type { EndingRule } from './rule';

function lineEnd(text: string): number | undefined {
	const index = text.indexOf('\n');
	return index === -1 ? undefined : index;
}

export const extent: EndingRule = {
	type: 'end',
	name: 'extent',
	reason: 'nothing-to-add',
	end: (text, { shape }, isComplete) =>
		shape.type === 'line' ? lineEnd(text) : blockEnd(text, isComplete, shape),
};
