/** The visits that bench:latency types: they end with the text that stood there, and are long enough. */
import * as assert from 'node:assert/strict';
import { TypedDocument } from '../../bench/typist';
import { editsOf, readVisits } from '../../bench/visits';

describe('visits', () => {
	it('type what is missing', () => {
		for (const trace of readVisits()) {
			const document = new TypedDocument(trace);
			assert.ok(!document.text.includes(trace.before + trace.typed));
			for (const edit of trace.edits) {
				document.apply(edit);
			}
			assert.equal(document.text, trace.before + trace.typed + trace.after, trace.name);
		}
	});

	it('have at least 300 keys, jumps between files, and mistakes that are taken back', () => {
		const traces = readVisits();
		const edits = traces.flatMap((trace) => trace.edits);
		assert.ok(edits.length >= 300, String(edits.length));
		assert.ok(new Set(traces.map(({ path }) => path)).size >= 3);
		assert.ok(edits.some((edit) => edit.delete !== undefined));
	});

	it('read each kind of stroke', () => {
		assert.deepEqual(editsOf('100+2) 50!q 30-1 20=1 10>3', 'f(x)\n}'), [
			{ at: 100, insert: 'f(', close: ')' },
			{ at: 150, insert: 'q' },
			{ at: 180, delete: 1 },
			{ at: 200, over: 1 },
			{ at: 210, over: 3, moves: true },
		]);
		assert.throws(() => editsOf('100*2', 'ab'), TypeError);
	});
});
