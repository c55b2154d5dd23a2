/** Where a secret stands in a text, by our own rules alone. The tables of rules are in corpus/secrets.test.ts. */
import * as assert from 'node:assert/strict';
import { secretsIn } from '../../../src/inference/secretText';

/** Put together here, so that this file itself holds none. */
const key = `AK${'IA'}QZT2KPXW9RBVN4LS`;

describe('secrets in a text', () => {
	it('says where each stands, to its last character', () => {
		const text = `a = '${key}';\nb = '${key}';`;
		assert.deepEqual(
			secretsIn(text)
				.filter(({ rule }) => rule === 'AWS access key')
				.map(({ start, end }) => text.slice(start, end)),
			[key, key],
		);
	});
	it('starts with the name of the variable, and ends before the quote', () => {
		const text = `const ${'password'} = "q7Zt2KpXw9RbVn";`;
		const [place] = secretsIn(text);
		assert.equal(text.slice(place?.start, place?.end), `${'password'} = "q7Zt2KpXw9RbVn`);
	});
	it('finds nothing in ordinary code', () => {
		assert.deepEqual(secretsIn('const password = process.env.PASSWORD;'), []);
		assert.deepEqual(secretsIn(''), []);
	});
});
