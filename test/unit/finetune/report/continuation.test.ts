/** The adapter that a run goes on from: taken once, by a run of its base; with the shape of its matrices. */

import assert from 'node:assert/strict';
import { Continuation, settingsFor } from '../../../../src/finetune/report/continuation';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';

const start = {
	path: '/adapters/a.gguf',
	name: 'shop',
	basePath: '/base.gguf',
	settings: { ...DEFAULT_SETTINGS, rank: 32, alpha: 64, topLayers: 4, learningRate: 1, epochs: 7 },
};

describe('finetune/report/continuation', () => {
	const continuation = new Continuation();

	it('is taken once, by a run of its base', () => {
		assert.equal(continuation.take('/base.gguf'), undefined);
		continuation.choose(start);
		assert.equal(continuation.take('/base.gguf'), start);
		assert.equal(continuation.take('/base.gguf'), undefined);
		continuation.choose(start);
		assert.equal(continuation.take('/other.gguf'), undefined);
		assert.equal(continuation.take('/base.gguf'), undefined);
		continuation.choose(start);
		continuation.clear();
		assert.equal(continuation.take('/base.gguf'), undefined);
	});

	it('changes what the shape of the matrices needs, and nothing else', () => {
		assert.deepEqual(settingsFor(DEFAULT_SETTINGS, start), {
			...DEFAULT_SETTINGS,
			rank: 32,
			alpha: 64,
			topLayers: 4,
		});
		assert.equal(settingsFor(DEFAULT_SETTINGS, undefined), DEFAULT_SETTINGS);
	});
});
