/** User text stays text: reserved tokens never come out of it, and long texts are tokenised once. */
import * as assert from 'node:assert/strict';
import { inertTokenizer, remembered } from '../../../../src/inference/engine/inertText';

const MARK = '<hole>';
/** Characters as tokens, but like some vocabularies it finds its special token in any text. */
const tokenize = (text: string): number[] =>
	text.split(MARK).flatMap((part, index) => [...(index > 0 ? [9999] : []), ...Buffer.from(part)]);

describe('inert tokenizer', () => {
	const inert = inertTokenizer(tokenize, new Map([[9999, MARK]]));

	for (const text of ['plain', MARK, `a${MARK}b${MARK}c`, `<hole<hole>>`]) {
		it(`keeps ${JSON.stringify(text)} as text`, () => {
			assert.equal(Buffer.from([...inert(text)]).toString(), text);
		});
	}

	it('tokenises a long text once', () => {
		let calls = 0;
		const counting = remembered((text) => {
			calls++;
			return [text.length];
		});
		const long = 'x'.repeat(1000);
		assert.deepEqual(counting(long), counting(long));
		assert.equal(calls, 1);
	});
});
