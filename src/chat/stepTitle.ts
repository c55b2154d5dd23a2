/** What a model looked up, in one line: which tool, with what. */

import { showInvisible } from '../inference/invisible';
import { isRecord, parseJson } from '../inference/record';
import type { TurnStep } from './turn';

/** @param text with `{0}` for the step. */
export function stepTitle(
	text: string,
	{ name, arguments: written }: Pick<TurnStep, 'name' | 'arguments'>,
): string {
	// A function: what stands in the arguments is no pattern.
	return text.replace('{0}', () => showInvisible(`${name} ${shortly(written)}`.trimEnd()));
}

/** Texts without their names: those say what is looked for. */
function shortly(written: string): string {
	const given = parseJson(written);
	return isRecord(given)
		? Object.entries(given)
				.map(([name, value]) => (typeof value === 'string' ? value : `${name}: ${JSON.stringify(value)}`))
				.join(', ')
		: // What is too long was cut.
			written;
}
