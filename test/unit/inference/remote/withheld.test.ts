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
			`const token = "WITHHELD_SECRET_001";\nconst password = 'WITHHELD_SECRET_002';\nuse("WITHHELD_SECRET_001");\n`,
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
		assert.equal(new Withheld().hide(`a\n${key}\nb`), 'a\nWITHHELD_SECRET_001\nb');
		const cut = new Withheld().hide(`a\n${key.slice(0, 700)}`);
		assert.doesNotMatch(cut, /Qz7/);
		const quoted = key.replaceAll('\n', '\\n');
		assert.equal(new Withheld().hide(`k = "${quoted}"; x()`), 'k = "WITHHELD_SECRET_001"; x()');
	});

	it('brings back what was hidden, wherever the answer is cut', async () => {
		const withheld = new Withheld();
		withheld.hide(`token = "${TOKEN}"`);
		const answer = 'use(WITHHELD_SECRET_001) and WITHHELD_SECRET_777, not WITHHELD';
		for (let size = 1; size < answer.length; size++) {
			const pieces = answer.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
			assert.equal(
				(await restored(withheld, ...pieces)).join(''),
				`use(${TOKEN}) and WITHHELD_SECRET_777, not WITHHELD`,
			);
		}
	});

	it('holds nothing back where nothing was hidden', async () => {
		assert.deepEqual(await restored(new Withheld(), 'a W', 'ITH'), ['a W', 'ITH']);
	});
});
