/** Tests of what Explain, Fix and Generate show to the model, and that no secret is among it. */

import assert from 'node:assert/strict';
import { excerptOf } from '../../../../src/chat/context/excerpt';
import { MAX_EXCERPT } from '../../../../src/chat/question';

const KEY = `const key = 'AKIA${'QWERTYUIOPASDFGH'}';`;

function shown(lines: readonly string[], start: number, end: number, below = 0, above = 0) {
	const place = { path: 'src/a.ts', language: 'typescript', lines, start, end, above, below };
	return excerptOf(place, (text, ...values) =>
		text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
	);
}

describe('chat/context/excerpt', () => {
	it('has the lines, and those around them that were asked for', () => {
		assert.deepEqual(shown(['a', 'b', 'c', 'd', 'e'], 1, 2, 1), {
			type: 'excerpt',
			excerpt: { path: 'src/a.ts', language: 'typescript', firstLine: 2, code: 'b\nc' },
			before: '',
			after: 'd',
		});
		const around = shown(['a', 'b', 'c', 'd', 'e'], 2, 2, 9, 1);
		assert.ok(around.type === 'excerpt');
		assert.deepEqual([around.before, around.excerpt.code, around.after], ['b', 'c', 'd\ne']);
	});

	it('refuses a secret in the code, and names its line', () => {
		const found = shown(['a', 'b', KEY, 'd'], 1, 3);
		assert.ok(found.type === 'secret');
		assert.match(found.reason, /^Line 3 looks like a secret: /);
	});

	it('refuses a secret in the lines above, and names its line', () => {
		const found = shown(['a', KEY, 'c', 'd'], 3, 3, 0, 2);
		assert.ok(found.type === 'secret');
		assert.match(found.reason, /^Line 2 looks like a secret: /);
	});

	it('refuses a secret in the lines below', () => {
		const lines = ['// Reads it.', '', 'let a = 1;', KEY];
		const found = shown(lines, 0, 0, 60);
		assert.ok(found.type === 'secret');
		assert.match(found.reason, /^Line 4 looks like a secret: /);
		assert.equal(shown(lines, 0, 0, 2).type, 'excerpt');
	});

	it('tells what is nothing, and what is too much', () => {
		assert.equal(shown(['a', ' ', '\t'], 1, 2).type, 'empty');
		assert.equal(shown(['a'.repeat(MAX_EXCERPT + 1)], 0, 0).type, 'too-long');
	});
});
