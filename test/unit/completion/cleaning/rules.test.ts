/** The rules in their order, and what they say they did. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { clean } from '../../../../src/completion/clean';
import { CLEANING_RULES, ENDING_RULES } from '../../../../src/completion/cleaning/rules';
import type { Cursor } from '../../../../src/completion/cursor';
import { shapeAt } from '../../../../src/completion/shape';
import { cursorIn } from '../../../support/marked';
import { root } from '../../../support/root';

function cleaned(source: string, raw: string, isCut = false) {
	const cursor: Cursor = cursorIn(source);
	return clean(raw, cursor, shapeAt(cursor), isCut);
}

describe('cleaning: the list', () => {
	it('gives each rule a name of its own, and a table of cases', () => {
		const names = CLEANING_RULES.map((rule) => rule.name);
		assert.equal(new Set(names).size, names.length);
		const tests = fs
			.readdirSync(path.join(root, 'test/unit/completion/cleaning'))
			.map((file) => fs.readFileSync(path.join(root, 'test/unit/completion/cleaning', file), 'utf8'))
			.join('\n');
		assert.equal(tests.match(/^describeRule\(/gm)?.length, names.length);
	});
	it('ends a generation by the rules that can', () => assert.equal(ENDING_RULES.length, 10));
	it('says which rules changed a text, in order', () =>
		assert.deepEqual(cleaned('f() {\n\ta();\n\t█\n}', 'if (x) {  \n        b();\n    }\n<|endoftext|>'), {
			type: 'clean',
			text: 'if (x) {\n\t\tb();\n\t}',
			changedBy: ['special-tokens', 'extent', 'trailing-blanks', 'tabs-or-spaces'],
		}));
	it('says nothing changed', () =>
		assert.deepEqual(cleaned('a = █', 'b();'), { type: 'clean', text: 'b();', changedBy: [] }));
	it('says which rule dropped it, and why', () => {
		assert.deepEqual(cleaned('const a = b();\n█', 'const a = b();'), {
			type: 'nothing',
			reason: 'only-repeats',
			dropped: { rule: 'what-precedes', text: 'const a = b();' },
			changedBy: ['what-precedes'],
		});
		assert.deepEqual(cleaned('█\nconst a = b();\nc();', 'const a = b();\nc();'), {
			type: 'nothing',
			reason: 'only-repeats',
			dropped: { rule: 'what-follows', text: 'const a = b();\nc();' },
			changedBy: ['what-follows'],
		});
		assert.deepEqual(cleaned('f(a█', ')'), {
			type: 'nothing',
			reason: 'too-little',
			dropped: { rule: 'too-little', text: ')' },
			changedBy: ['too-little'],
		});
	});
	it('no rule is to blame where the model wrote nothing', () => {
		for (const raw of ['', '  \n\n']) {
			assert.deepEqual(cleaned('a = █', raw), { type: 'nothing', reason: 'nothing-to-add', changedBy: [] });
		}
	});
	it('counts the rule that ended the generation first', () => {
		const cursor = cursorIn('a = █');
		const endedBy = { name: 'what-follows', reason: 'only-repeats' } as const;
		assert.deepEqual(clean('', cursor, shapeAt(cursor), false, endedBy), {
			type: 'nothing',
			reason: 'only-repeats',
			dropped: { rule: 'what-follows', text: undefined },
			changedBy: ['what-follows'],
		});
		assert.deepEqual(clean('b; ', cursor, shapeAt(cursor), false, endedBy).changedBy, [
			'what-follows',
			'trailing-blanks',
		]);
	});
	it('changes nothing more the second time', () => {
		for (const raw of [
			'if (x) {\n        b();\n    }',
			'a();\nb();\nc(1)) {\n',
			'x = 0;x = 0;x = 0;x = 0;x = 0;x = 0;',
		]) {
			const once = cleaned('f() {\n\ta();\n\t█\n}', raw);
			if (once.type === 'clean') {
				assert.deepEqual(cleaned('f() {\n\ta();\n\t█\n}', once.text), { ...once, changedBy: [] });
			} else {
				assert.equal(once.changedBy.length, 1);
			}
		}
	});
});
