/** The whole way of a raw text, from a stream to the document that has taken it over. */
import { clean } from '../../src/completion/clean';
import { lineAfter, lineBefore } from '../../src/completion/cursor';
import { fitInto } from '../../src/completion/fit';
import { shapeAt } from '../../src/completion/shape';
import { accumulated, type StopRule, stopped, stopRules } from '../../src/completion/stops';
import type { CaseOptions } from './cleaningTable';
import { cursorIn } from './marked';

/** The document after the suggestion was taken, from a stream of single characters; `nothing: REASON` without one. */
export async function taken(
	source: string,
	raw: string,
	{ languageId = 'typescript', isCut = false }: CaseOptions = {},
): Promise<string> {
	const cursor = cursorIn(source, { languageId });
	const shape = shapeAt(cursor);
	async function* characters() {
		yield* raw;
	}
	const endedBy: StopRule[] = [];
	let text = '';
	const rules = stopRules(cursor, shape);
	for await (const soFar of stopped(accumulated(characters()), rules, (rule) => endedBy.push(rule))) {
		text = soFar;
	}
	const cleaned = clean(text, cursor, shape, isCut && endedBy.length === 0, endedBy[0]);
	if (cleaned.type === 'nothing') {
		return `nothing: ${cleaned.reason}`;
	}
	const fitted = fitInto(cleaned.text, lineBefore(cursor), lineAfter(cursor));
	return cursor.before + fitted.text + cursor.after.slice(fitted.covers);
}
