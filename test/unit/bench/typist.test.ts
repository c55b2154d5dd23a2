/** The typing traces: they type what they say, and in a rhythm that a person could have. */
import * as assert from 'node:assert/strict';
import { median } from '../../bench/harness';
import { type Edit, readTraces, type Trace, TypedDocument } from '../../bench/typist';

function check(name: string, start: readonly [before: string, after: string], edit: Edit, expected: string) {
	it(name, () => {
		const trace: Trace = {
			name,
			path: 'a.js',
			languageId: 'javascript',
			before: start[0],
			typed: '',
			after: start[1],
			edits: [],
		};
		const document = new TypedDocument(trace);
		document.apply(edit);
		const { before, after } = document.cursor();
		assert.equal(`${before}█${after}`, expected);
	});
}

describe('typing traces', () => {
	check('insert', ['a\nb', '\nc'], { at: 0, insert: 'x' }, 'a\nbx█\nc');
	check('insert with a closing bracket', ['f', ''], { at: 0, insert: '(', close: ')' }, 'f(█)');
	check('type over a closing bracket', ['f(', ') {'], { at: 0, over: 1 }, 'f()█ {');
	check('enter between braces', ['{', '}'], { at: 0, insert: '\n\t', close: '\n' }, '{\n\t█\n}');
	check('backspace', ['abx', 'c'], { at: 0, delete: 1 }, 'ab█c');

	it('has some', () => {
		assert.ok(readTraces().length >= 2);
	});

	for (const trace of readTraces()) {
		it(`${trace.name} ends with its text`, () => {
			const document = new TypedDocument(trace);
			for (const edit of trace.edits) {
				document.apply(edit);
			}
			assert.equal(document.text, trace.before + trace.typed + trace.after);
		});

		it(`${trace.name} goes forward at a human pace`, () => {
			const intervals = trace.edits.slice(1).map((edit, index) => edit.at - (trace.edits[index]?.at ?? 0));
			assert.ok(
				intervals.every((interval) => interval > 0 && interval <= 2_500),
				'intervals up to 2.5 s',
			);
			const middle = median(intervals) ?? 0;
			assert.ok(middle > 100 && middle < 300, `median ${middle} ms`);
			assert.ok(trace.edits.length >= 150, `${trace.edits.length} edits`);
		});
	}
});
