/** Nothing is believed of what comes from outside: neither that it is an object, nor that it is JSON. */
import * as assert from 'node:assert/strict';
import { isRecord, parseJson } from '../../../src/inference/record';

describe('record', () => {
	it('is an object, and neither a list nor null', () => {
		assert.deepEqual([{}, { a: 1 }, [], null, undefined, 'a', 1].map(isRecord), [
			true,
			true,
			false,
			false,
			false,
			false,
			false,
		]);
	});

	for (const [text, value] of [
		['{"a":[1]}', { a: [1] }],
		['null', null],
		['', undefined],
		['{"a":', undefined],
	] as const) {
		it(`reads ${JSON.stringify(text)}`, () => {
			assert.deepEqual(parseJson(text), value);
		});
	}
});
