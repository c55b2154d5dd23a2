/** Keys do not leave the machine, and what is written about them comes back whole. */
import * as assert from 'node:assert/strict';
import type { GenerationEvent } from '../../../../src/inference/model';
import { Withheld } from '../../../../src/inference/remote/withheld';

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const PASSWORD = 'kT9!vQ2#mZ7$xL4w';

async function restored(withheld: Withheld, ...pieces: readonly string[]): Promise<readonly string[]> {
	async function* events(): AsyncGenerator<GenerationEvent> {
		for (const text of pieces) {
			yield { type: 'text', text, logProbability: -1, tokens: 1 };
		}
	}
	const texts: string[] = [];
	for await (const event of withheld.restore(events())) {
		assert.ok(event.type === 'text');
		texts.push(event.text);
	}
	return texts;
}

describe('inference/remote/withheld', () => {
	it('puts a name in the place of a key, and leaves all else', () => {
		const withheld = new Withheld();
		const text = `const token = "${TOKEN}";\nconst password = '${PASSWORD}';\nuse("${TOKEN}");\n`;
		assert.equal(
			withheld.hide(text),
			`const token = "WITHHELD_SECRET_0001";\nconst password = 'WITHHELD_SECRET_0002';\nuse("WITHHELD_SECRET_0001");\n`,
		);
		assert.equal(withheld.count, 2);
		assert.equal(withheld.hide('const a = 1;'), 'const a = 1;');
	});

	it('hides a key of many lines to its end, also where that is not there', () => {
		const body = Array.from(
			{ length: 20 },
			(_, line) => 'Qz7'.repeat(21) + String.fromCharCode(65 + line),
		).join('\n');
		const key = `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;
		assert.equal(new Withheld().hide(`a\n${key}\nb`), 'a\nWITHHELD_SECRET_0001\nb');
		const cut = new Withheld().hide(`a\n${key.slice(0, 700)}`);
		assert.doesNotMatch(cut, /Qz7/);
		const quoted = key.replaceAll('\n', '\\n');
		assert.equal(new Withheld().hide(`k = "${quoted}"; x()`), 'k = "WITHHELD_SECRET_0001"; x()');
	});

	it('brings back what was hidden, wherever the answer is cut', async () => {
		const withheld = new Withheld();
		withheld.hide(`token = "${TOKEN}"`);
		const answer = 'use(WITHHELD_SECRET_0001) and WITHHELD_SECRET_0777, not WITHHELD';
		for (let size = 1; size < answer.length; size++) {
			const pieces = answer.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
			assert.equal(
				(await restored(withheld, ...pieces)).join(''),
				`use(${TOKEN}) and WITHHELD_SECRET_0777, not WITHHELD`,
			);
		}
	});

	it('hides what the cursor stands in the middle of', () => {
		const [before, after] = [TOKEN.slice(0, 17), TOKEN.slice(17)];
		assert.deepEqual(new Withheld().hideAcross([`a = "${before}`, '', `${after}"; b`]), [
			'a = "WITHHELD_SECRET_0001',
			'',
			'"; b',
		]);
		const body = Array.from({ length: 9 }, () => 'Qz7'.repeat(21)).join('\n');
		const [opened, rest] = [`-----BEGIN PRIVATE KEY-----\n${body}`, `${body}\n-----END PRIVATE KEY-----\nb`];
		assert.deepEqual(new Withheld().hideAcross([opened, 'Qz7', rest]), ['WITHHELD_SECRET_0001', '', '\nb']);
		assert.equal(new Withheld().hide(`x();\n${rest}`), 'x();\nWITHHELD_SECRET_0001\nb');
	});

	it('hides in all texts of a request what one of them shows to be a secret', () => {
		const withheld = new Withheld();
		const password = 'kT9vQ2mZ7xL4w';
		const url = `postgres://bob:${password}@db.internal/shop`;
		const question = `bob uses ${password}`;
		withheld.learn([question, url]);
		assert.equal(withheld.hide(question), 'bob uses WITHHELD_SECRET_0001');
	});

	it('gives each secret a name of its own, as long as there are any', async () => {
		const withheld = new Withheld();
		const tokens = Array.from(
			{ length: 10_050 },
			(_, index) => `ghp_${String(index).padStart(6, '0')}${'a1B2c3D4e5'.repeat(3)}`,
		);
		const hidden = withheld.hide(tokens.join('\n')).split('\n');
		assert.equal(new Set(hidden.slice(0, 9_999)).size, 9_999);
		assert.ok(hidden.slice(9_999).every((name) => name === 'WITHHELD_SECRET_0000'));
		assert.deepEqual(await restored(withheld, hidden[1_200] ?? '', ' WITHHELD_SECRET_0000 '), [
			tokens[1_200],
			' WITHHELD_SECRET_0000 ',
		]);
	});

	it('brings it back in what a model calls', async () => {
		const withheld = new Withheld();
		withheld.hide(TOKEN);
		async function* events(): AsyncGenerator<GenerationEvent> {
			const given = { pattern: 'WITHHELD_SECRET_0001', in: ['a WITHHELD_SECRET_0001', { first: 1 }] };
			yield { type: 'call', call: { name: 'search', arguments: given } };
		}
		for await (const event of withheld.restore(events())) {
			assert.ok(event.type === 'call');
			assert.deepEqual(event.call.arguments, { pattern: TOKEN, in: [`a ${TOKEN}`, { first: 1 }] });
		}
	});

	it('holds nothing back where nothing was hidden', async () => {
		assert.deepEqual(await restored(new Withheld(), 'a W', 'ITH'), ['a W', 'ITH']);
	});
});
