/** How fast a model writes is measured on what it writes, and leaves nothing behind. */
import * as assert from 'node:assert/strict';
import { measureWriting } from '../../../../src/inference/engine/writeSpeed';

/** A model that takes so many milliseconds for each token, the text before it included in the first. */
async function check(times: readonly number[]) {
	let time = 0;
	const events: string[] = [];
	const lane = {
		keep: async (tokens: readonly number[]) => {
			events.push(`keep ${tokens.length}`);
			return 0;
		},
		async *sample() {
			try {
				for (const milliseconds of times) {
					time += milliseconds;
					yield { token: 1, logProbability: 0 };
				}
			} finally {
				events.push('ended');
			}
		},
	};
	const measured = await measureWriting(lane, [1, 2], new AbortController().signal, () => time);
	assert.deepEqual(events, ['keep 0', 'ended', 'keep 0']);
	return measured;
}

describe('inference/engine/writeSpeed', () => {
	it('takes the token in the middle, without the first one', async () => {
		assert.equal(await check([500, 10, 90, 11, 12, 10, 10, 77_777]), 10);
	});

	it('measures a slow model less', async () => {
		assert.equal(await check([500, 400, 90_000]), 400);
	});

	it('knows nothing of a text that ends at once', async () => {
		assert.equal(await check([500]), undefined);
		assert.equal(await check([]), undefined);
	});
});
