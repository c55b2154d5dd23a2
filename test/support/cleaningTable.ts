/** A rule of cleaning as a table: a place, a text, and what becomes of it. */
import * as assert from 'node:assert/strict';
import type { CleaningRule } from '../../src/completion/cleaning/rule';
import { type AskedShape, shapeAt } from '../../src/completion/shape';
import { cursorIn } from './marked';

export interface CaseOptions {
	/** Default: typescript. */
	readonly languageId?: string;
	/** The token limit ended the text. Default: false. */
	readonly isCut?: boolean;
	/** `false`: more may come. Default: true. */
	readonly isComplete?: boolean;
	/** Default: what indentation says. */
	readonly shape?: AskedShape;
}

/** `expected`: the text that is left, `''` for nothing; undefined where the rule leaves it alone. */
export type CleaningCase = readonly [
	name: string,
	source: string,
	text: string,
	expected: string | undefined,
	options?: CaseOptions,
];

/** What one rule makes of a text at the `█` in `source`. */
export function applyRule(
	rule: CleaningRule,
	source: string,
	text: string,
	{ languageId = 'typescript', isCut = false, isComplete = true, shape }: CaseOptions = {},
): string {
	const cursor = cursorIn(source, { languageId });
	const place = { cursor, shape: shape ?? shapeAt(cursor), isCut };
	return rule.type === 'end' ? text.slice(0, rule.end(text, place, isComplete)) : rule.apply(text, place);
}

/** One test for each case, under the name of the rule. */
export function describeRule(rule: CleaningRule, cases: readonly CleaningCase[]): void {
	describe(`cleaning: ${rule.name}`, () => {
		for (const [name, source, text, expected, options] of cases) {
			it(name, () => assert.equal(applyRule(rule, source, text, options), expected ?? text));
		}
	});
}
