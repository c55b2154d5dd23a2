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
	describe('whatever a line is made of, twice as long takes about twice as long', () => {
		for (const [name, start, again] of [
			['a name', '', 'token'],
			['names with assignments', '', 'token: a = '],
			['a name and blanks', 'token', ' '],
			['an assignment and blanks', 'token:', ' '],
			['a type and blanks', 'token: a', ' '],
			['lines of a name', '', 'token\n'],
			['environment variables', '', 'PASSWORD_'],
			['an export and lines', 'export', '\n'],
			['a header and blanks', 'Bearer', ' '],
			['a header without a digit', 'Bearer ', 'a'],
			['headers', '', 'Basic '],
			['web tokens', '', 'eyJaaaaaaaaaa.'],
			['half a web token', 'eyJ', 'a'],
			['Slack tokens', '', 'xoxb-'],
			['addresses', '', 'a://b:'],
			['an address', 'ab://', 'c'],
			['connection strings', '', 'uid=;'],
			['a connection string and blanks', 'uid=;', ' '],
			['signatures', '&sig=', '%'],
			['private keys', '', '-----BEGIN PRIVATE KEY-----'],
			['keys of AWS', '', 'aws key '],
			['words', '', 'a'],
			['digits', '', '0'],
			['blanks', '', ' '],
		] as const) {
			it(name, () => {
				const cost = (length: number) => {
					const text = start + again.repeat(length / again.length);
					// Of this process alone: others may have the machine.
					const times = Array.from({ length: 5 }, () => {
						const begun = process.cpuUsage();
						secretsIn(text);
						return process.cpuUsage(begun).user;
					});
					return Math.max(50, Math.min(...times));
				};
				const [few, many] = [cost(8_000), cost(512_000)];
				// 64 times as much where it grows with the length, 4,096 times where it grows with its square.
				assert.ok(many < 1_000 * few, `${many} µs against ${few} µs`);
			});
		}
	});
	it('finds nothing in ordinary code', () => {
		assert.deepEqual(secretsIn('const password = process.env.PASSWORD;'), []);
		assert.deepEqual(secretsIn(''), []);
	});
});
