/** Texts of one turn are one message, with their tokens and probabilities. */
import assert from 'node:assert/strict';
import { TextBatch } from '../../../../src/inference/host/textBatch';
import type { TextEvent } from '../../../../src/inference/model';

const text = (text: string, measure: Partial<TextEvent> = {}): TextEvent => ({
	type: 'text',
	text,
	...measure,
});

describe('host/textBatch', () => {
	let sent: TextEvent[];
	let batch: TextBatch;
	beforeEach(() => {
		sent = [];
		batch = new TextBatch((event) => sent.push(event));
	});

	it('joins what comes in one turn, and sends it in the next', async () => {
		batch.add(text('a', { logProbability: -0.5, tokens: 1 }));
		batch.add(text('b', { logProbability: -0.25, tokens: 2 }));
		assert.deepEqual(sent, []);
		await new Promise(setImmediate);
		assert.deepEqual(sent, [text('ab', { logProbability: -0.75, tokens: 3 })]);
		batch.add(text('c'));
		batch.flush();
		await new Promise(setImmediate);
		assert.deepEqual(sent.slice(1), [text('c')]);
	});

	it('knows no measure of the whole where a part has none', () => {
		batch.add(text('a', { logProbability: -0.5, tokens: 1 }));
		batch.add(text('b'));
		batch.flush();
		batch.flush();
		assert.deepEqual(sent, [text('ab')]);
	});
});
