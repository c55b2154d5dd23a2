/** The built worker: pairs of a real repository, its progress, and its end when nobody wants it any more. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { audit } from '../../../../src/finetune/corpus/audit';
import { InstructWorker } from '../../../../src/finetune/instruct/instructWorker';
import { PAIR_KINDS } from '../../../../src/finetune/instruct/pair';
import { isAbort } from '../../../../src/inference/cancel';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const dist = path.join(root, 'dist');

describe('finetune/instruct/worker', function () {
	this.timeout(60_000);
	let folder = '';
	const worker = new InstructWorker(path.join(dist, 'instructWorker.js'), dist);
	const git = (...words: readonly string[]) =>
		execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...words], { cwd: folder });
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-instruct-'));
		git('init', '-q');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const functionOf = (index: number) =>
		`/** Gives the number ${index} times whatever it is given by its caller. */\nexport function times${index}(value: number): number {\n\tconst factor = ${index} * ${index * 31};\n\treturn factor * value;\n}\n`;

	it('collects and selects what the audit let in', async () => {
		for (let index = 0; index < 30; index++) {
			const text = [functionOf(index), functionOf(index + 100), `export const w${index} = ${index};\n`].join(
				'\n',
			);
			fs.writeFileSync(path.join(folder, `f${index}.ts`), text);
		}
		git('add', '-A');
		git('commit', '-q', '-m', 'Add the functions that multiply numbers');
		const repositories = [{ name: 'demo', folder, gitPath: 'git' }];
		const audited = await audit(repositories, () => undefined, never);
		const files = audited.files.filter(({ verdict }) => verdict.type === 'in').length;
		assert.ok(files > 0);
		const collected = await worker.collect(audited, { kinds: PAIR_KINDS, seeds: 3 }, () => undefined, never);
		assert.deepEqual(collected.notes, []);
		assert.equal(collected.seeds.length, 3);
		assert.equal(collected.pairs.filter(({ kind }) => kind === 'functions').length, files * 4);
		const selected = await worker.select(collected.pairs, 1, () => undefined, never);
		const count = selected.train.length + selected.validation.length + selected.test.length;
		const out = Object.values(selected.out).reduce((sum, one) => sum + one, 0);
		assert.equal(count + out, collected.pairs.length);
	});

	it('ends when it is told to', async () => {
		const controller = new AbortController();
		const done = worker.select([], 1, () => undefined, controller.signal);
		controller.abort();
		await assert.rejects(done, isAbort);
	});

	it('says what went wrong', async () => {
		const gone = {
			repositories: [{ name: 'demo', folder, gitPath: path.join(folder, 'no-git') }],
			leftOut: [],
			files: [],
		};
		await assert.rejects(
			worker.collect(gone, { kinds: ['commits'], seeds: 0 }, () => undefined, never),
			/could not be made of the workspace: .*no-git/,
		);
	});
});
