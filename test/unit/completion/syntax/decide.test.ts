/** What the real grammars say of places in code; no thread is needed for that. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { decide } from '../../../../src/completion/syntax/decide';
import type { Verdict } from '../../../../src/completion/syntax/verdict';
import { windowAt } from '../../../../src/completion/syntax/window';
import { grammarOf } from '../../../../src/inference/syntax/languages';
import { Trees } from '../../../../src/inference/syntax/trees';
import { cursorIn } from '../../../support/marked';
import { root } from '../../../support/root';
import { CASES } from './shapeCases';

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));

async function verdictOf(source: string, languageId: string): Promise<Verdict | undefined> {
	const grammar = grammarOf(languageId);
	assert.ok(grammar);
	const window = windowAt(cursorIn(source, { languageId }), grammar);
	const tree = await trees.parse(grammar, window.text, 10_000);
	return tree === undefined ? undefined : decide(tree, window);
}

function told(verdict: Verdict | undefined): string {
	if (verdict === undefined) {
		return 'unknown';
	}
	switch (verdict.type) {
		case 'nothing':
			return verdict.why;
		case 'line':
			return verdict.within ?? 'line';
		default:
			return [verdict.opens ? 'opens' : '', verdict.isWhole ? 'whole' : ''].join(' ').trim() || 'block';
	}
}

describe('syntax: shapes', function () {
	this.timeout(20_000);
	for (const [languageId, cases] of Object.entries(CASES)) {
		describe(languageId, () => {
			for (const [source, expected] of cases) {
				it(`${JSON.stringify(source)}: ${expected}`, async () => {
					assert.equal(told(await verdictOf(source, languageId)), expected);
				});
			}
		});
	}

	it('tells a line at column 0 inside of a body from one outside', async () => {
		const inside = async (source: string) => {
			const verdict = await verdictOf(source, 'typescript');
			return verdict?.type === 'block' && verdict.isInside;
		};
		assert.equal(await inside('function f() {\n\ta();\n█\n}'), true);
		assert.equal(await inside('function f() {\n█\n}'), true);
		assert.equal(await inside('f();\n█\ng();'), false);
	});
	it('knows the word that closes blocks in Ruby', async () => {
		const verdict = await verdictOf('def f\n  █\nend', 'ruby');
		assert.equal(verdict?.type === 'block' && verdict.closer, 'end');
	});
	it('has a case in every language with a grammar', () => {
		assert.ok(Object.values(CASES).flat().length >= 150);
		assert.deepEqual(
			Object.keys(CASES).filter((languageId) => grammarOf(languageId) === undefined),
			[],
		);
	});
});
