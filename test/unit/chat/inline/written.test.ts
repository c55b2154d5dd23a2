/** Tests of what an answer changes, while it is written and at its end. */

import assert from 'node:assert/strict';
import { uselessText, writtenAtLast, writtenSoFar } from '../../../../src/chat/inline/written';
import { applyLineEdits } from '../../../../src/chat/patch';
import { english } from '../../../../src/finetune/job/english';

const lines = ['// head', 'function f() {', '\tone();', '\ttwo();', '\tthree();', '}', '// foot'];
const range = { start: 1, end: 5 };
const code = 'function f() {\n\tone();\n\t2();\n\tthree();\n}';
const after = ['// head', 'function f() {', '\tone();', '\t2();', '\tthree();', '}', '// foot'];

const fenced = (text: string) => `So it is.\n\n\`\`\`ts\n${text}\n\`\`\`\n`;

function soFar(answer: string) {
	const { edits, isWhole } = writtenSoFar(lines, range, answer);
	return { lines: applyLineEdits(lines, edits), isWhole };
}

function atLast(answer: string, old: readonly string[] = lines, place = range) {
	const edits = writtenAtLast(old, place, answer);
	return typeof edits === 'string' ? edits : applyLineEdits(old, edits);
}

describe('chat/inline/written', () => {
	it('changes no line that the answer has not come to, at any point of it', () => {
		const answer = fenced(code);
		for (let length = 0; length < answer.length; length++) {
			const { lines: shown } = soFar(answer.slice(0, length));
			for (const old of ['\tone();', '\tthree();', '}']) {
				assert.ok(shown.includes(old), JSON.stringify([length, shown]));
			}
			assert.ok(shown.includes('\ttwo();') || shown.includes('\t2();'), String(length));
		}
	});

	it('shows whole lines only', () => {
		const begun = 'So:\n```ts\nfunction f() {\n\tone();\n\t2';
		assert.deepEqual(soFar(begun).lines, lines);
		assert.ok(soFar(`${begun}();\n`).lines.includes('\t2();'));
	});

	it('is whole with the end of the code, whatever else is said', () => {
		assert.deepEqual(soFar(fenced(code)), { lines: after, isWhole: true });
		assert.equal(soFar('```ts\nfunction f() {\n').isWhole, false);
		const more = `${fenced(code)}Use it so:\n${fenced('f();')}`;
		assert.deepEqual(soFar(more), { lines: after, isWhole: true });
		assert.deepEqual(atLast(more), after);
	});

	it('passes over a block that repeats what was given', () => {
		const repeated = `Before:\n${fenced(lines.slice(1, 6).join('\n'))}`;
		assert.equal(soFar(repeated).isWhole, false);
		assert.deepEqual(atLast(`${repeated}After:\n${fenced(code)}`), after);
	});

	it('takes code whose fence was left open when the answer is over', () => {
		assert.deepEqual(atLast(`\`\`\`ts\n${code}`), after);
	});

	it('says why an answer changes nothing', () => {
		assert.equal(atLast(''), 'nothing');
		assert.equal(atLast(' \n'), 'nothing');
		assert.equal(atLast('I would not change that.'), 'no-code');
		assert.equal(atLast(fenced('')), 'no-code');
		assert.equal(atLast(fenced(lines.slice(1, 6).join('\n'))), 'same');
		assert.equal(atLast(fenced('function f() {\n\t// ... existing code ...\n\t2();\n}')), 'elided');
		for (const why of ['nothing', 'no-code', 'same', 'elided'] as const) {
			assert.match(uselessText(why, english), /\.$/);
		}
	});

	it('keeps a mark of dots that stands in the code already', () => {
		const old = ['f(', '\t...', ')'];
		assert.deepEqual(atLast(fenced('g(\n\t...\n)'), old, { start: 0, end: 2 }), ['g(', '\t...', ')']);
	});

	it('fits the indentation of the answer to that of the selection', () => {
		const deep = ['class A {', '\tf() {', '\t\tone();', '\t}', '}'];
		assert.deepEqual(atLast(fenced('f() {\n  two();\n}'), deep, { start: 1, end: 3 }), [
			'class A {',
			'\tf() {',
			'\t\ttwo();',
			'\t}',
			'}',
		]);
	});

	it('takes line breaks of Windows and hidden characters for what they are', () => {
		const answer = fenced(code).replaceAll('\n', '\r\n').replace('2()', '2\u200b()');
		assert.deepEqual(atLast(answer), after);
		assert.deepEqual(soFar(answer), { lines: after, isWhole: true });
		assert.ok(atLast(fenced(code.replace('\n\tone', '\r\tone'))).includes('\tone();'));
	});

	it('changes a whole file, with and without a line break at its end', () => {
		assert.deepEqual(atLast(fenced('x'), ['a', 'b'], { start: 0, end: 1 }), ['x']);
		assert.deepEqual(atLast(fenced('x'), ['a', 'b', ''], { start: 0, end: 2 }), ['x', '']);
		assert.deepEqual(atLast(fenced('x\n\n'), ['', 'a', ''], { start: 0, end: 2 }), ['', 'x', '']);
	});

	it('does not take thinking for code', () => {
		assert.equal(atLast(`<think>\n${fenced(code)}\n</think>\nNo.`), 'no-code');
		assert.deepEqual(soFar(`<think>\n${fenced(code)}`).lines, lines);
	});
});
