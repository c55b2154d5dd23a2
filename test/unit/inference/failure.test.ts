/** Whatever was thrown says something. */
import * as assert from 'node:assert/strict';
import { codeOf, messageOf } from '../../../src/inference/failure';

describe('failure', () => {
	const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' });

	it('says its message, or what was thrown instead of an error', () => {
		assert.deepEqual([missing, new TypeError('wrong'), 'text', undefined].map(messageOf), [
			'no such file',
			'wrong',
			'text',
			'undefined',
		]);
	});

	it('has a code where the system gave it one', () => {
		const numbered = Object.assign(new Error('answer'), { code: -32_000 });
		assert.deepEqual([missing, numbered, new Error('plain'), { code: 'ENOENT' }].map(codeOf), [
			'ENOENT',
			undefined,
			undefined,
			undefined,
		]);
	});
});
