/** Places on disk and as they are drawn, and the code that is nobody's. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { readGeneralCode } from '../../../../src/finetune/judge/generalCode';
import type { JudgedSpan } from '../../../../src/finetune/judge/judgement';
import { drawByFile, readSpans } from '../../../../src/finetune/judge/spans';
import { randomFrom } from '../../../../src/finetune/training/random';
import { temporaryFolder } from '../../../support/engines';
import { root } from '../../../support/root';

const span = (file: string, middle = 'a'): JudgedSpan => ({
	file,
	kind: 'hunk',
	repository: 'shop',
	path: file,
	files: [{ path: 'b.ts', text: 'b' }],
	prefix: 'p',
	typed: '',
	middle,
	suffix: 's',
	ends: true,
	maxPromptTokens: 100,
});

describe('finetune/judge/spans', () => {
	it('reads what a run put aside, and leaves out what is damaged', async () => {
		const folder = temporaryFolder();
		assert.equal(await readSpans(folder), undefined);
		const lines = [
			JSON.stringify(span('a.ts')),
			'{"file":',
			JSON.stringify({ ...span('b.ts'), kind: 'x' }),
			'',
		];
		fs.writeFileSync(path.join(folder, 'test.jsonl'), lines.join('\n'));
		fs.writeFileSync(path.join(folder, 'train-sample.jsonl'), `${JSON.stringify(span('c.ts'))}\n`);
		assert.deepEqual(await readSpans(folder), {
			test: [span('a.ts')],
			validation: [],
			train: [span('c.ts')],
		});
	});

	it('draws of many files rather than many of one, and the same again', () => {
		const spans = [
			...Array.from({ length: 50 }, (_, index) => span('large.ts', String(index))),
			...Array.from({ length: 9 }, (_, index) => span(`small${index}.ts`)),
		];
		const drawn = drawByFile(spans, 12, randomFrom(1));
		assert.equal(new Set(drawn.map(({ file }) => file)).size, 10);
		assert.equal(drawn.length, 12);
		assert.deepEqual(drawByFile(spans, 12, randomFrom(1)), drawn);
		assert.notDeepEqual(drawByFile(spans, 12, randomFrom(2)), drawn);
		assert.deepEqual(new Set(drawByFile(spans, 500, randomFrom(1))), new Set(spans));
		assert.deepEqual(drawByFile([], 5, randomFrom(1)), []);
	});

	it('has general code in many languages, each place whole', async () => {
		const general = await readGeneralCode(path.join(root, 'src/finetune/judge/general.txt'));
		assert.ok(general.length >= 120, String(general.length));
		assert.ok(new Set(general.map(({ path }) => path.split('.').pop())).size >= 14);
		for (const { prefix, typed, middle, suffix, path } of general) {
			assert.ok(middle.trim() !== '' && suffix.startsWith('\n'), path);
			assert.ok(prefix.endsWith('\n') && !typed.includes('\n') && !/^=== /m.test(prefix), path);
			assert.ok(middle.split('\n').length <= 2);
		}
		// Put together again they are the file.
		const ofOne = general
			.filter(({ path }) => path === 'slug.ts')
			.map((one) => one.prefix + one.typed + one.middle + one.suffix);
		assert.equal(new Set(ofOne).size, 1);
	});
});
