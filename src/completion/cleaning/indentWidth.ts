/** Indents a new block by the document's own step where the model used another one (cody#5581). */

import { indentation } from '../../inference/indentation';
import { lineBefore } from '../cursor';
import { indentStyle } from './indentStep';
import type { TextRule } from './rule';

/** After brackets, people align what follows in their own ways. */
const OPENS_BODY = /(?:[{:]|=>)\s*$/;

export const indentWidth: TextRule = {
	type: 'text',
	name: 'indentation-width',
	reason: 'nothing-to-add',
	apply: (text, { cursor, shape }) => {
		const { width } = indentStyle(cursor);
		const typed = lineBefore(cursor);
		if (shape.type === 'line' || width === undefined || !OPENS_BODY.test(typed)) {
			return text;
		}
		const [first = '', ...lines] = text.split('\n');
		const base = indentation(typed);
		const extras = lines.filter((line) => line.trim() !== '').map((line) => indentation(line) - base);
		const [step = 0] = extras;
		const isRegular = extras.every((extra) => extra >= 0 && extra % step === 0);
		const isOff = step === 2 * width || 2 * step === width;
		if (
			first.trim() !== '' ||
			step <= 0 ||
			!isRegular ||
			!isOff ||
			lines.some((line) => /^\s*\t/.test(line))
		) {
			return text;
		}
		const reindented = lines.map((line) =>
			line.trim() === ''
				? line
				: ' '.repeat(base + ((indentation(line) - base) / step) * width) + line.trimStart(),
		);
		return [first, ...reindented].join('\n');
	},
};
