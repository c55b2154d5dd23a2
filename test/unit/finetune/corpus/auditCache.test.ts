/** What the cache of an audit keeps, believes and drops. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { auditWith } from '../../../../src/finetune/corpus/audit';
import { AuditCache, type Judgement } from '../../../../src/finetune/corpus/auditCache';
import { AuditWorker } from '../../../../src/finetune/corpus/auditWorker';
import { printOf } from '../../../../src/finetune/corpus/copies';
import { out } from '../../../../src/finetune/corpus/verdict';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const quiet = () => undefined;
const hash = (letter: string) => letter.repeat(64);
const secret: Judgement = out('secret', 'line 3: GitHub token', { threshold: 'no secret' });
const kept: Judgement = { type: 'in', characters: 120, tokens: 40, print: printOf('let one = two;\n') };

describe('corpus: cache', () => {
	let folder = '';
	let file = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-cache-'));
		file = path.join(folder, 'kept', 'corpus.audit');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const open = (rules = 'rules', most?: number) => AuditCache.open(file, rules, most);

	async function written(): Promise<void> {
		const cache = await open();
		cache.set(hash('a'), '.ts', secret);
		cache.set(hash('b'), '.ts', kept);
		await cache.save();
	}

	it('gives back what it was given, by content and by language', async () => {
		await written();
		const cache = await open();
		assert.deepEqual(cache.get(hash('a'), '.ts'), secret);
		assert.deepEqual(cache.get(hash('b'), '.ts'), kept);
		assert.equal(cache.get(hash('b'), '.py'), undefined);
		assert.equal(cache.get(hash('c'), '.ts'), undefined);
	});

	it('is for its user only, and leaves nothing beside it', async () => {
		await written();
		assert.deepEqual(fs.readdirSync(path.dirname(file)), ['corpus.audit']);
		assert.equal(fs.statSync(file).mode & 0o077, 0);
	});

	it('believes nothing that other rules found', async () => {
		await written();
		assert.equal((await open('others')).get(hash('b'), '.ts'), undefined);
	});

	it('believes nothing that is damaged anywhere, and works on', async () => {
		await written();
		const good = fs.readFileSync(file);
		for (const at of [0, 10, 45, 90, 200, good.length - 1]) {
			const bad = Buffer.from(good);
			bad[at] = (bad[at] ?? 0) ^ 1;
			fs.writeFileSync(file, bad);
			assert.equal((await open()).get(hash('b'), '.ts'), undefined, `byte ${at}`);
		}
		for (const length of [0, 7, 40, 60, good.length - 1]) {
			fs.writeFileSync(file, good.subarray(0, length));
			assert.equal((await open()).get(hash('b'), '.ts'), undefined, `${length} bytes`);
		}
		await written();
		assert.deepEqual((await open()).get(hash('b'), '.ts'), kept);
	});

	it('drops what was not needed for longest when it grows too large', async () => {
		await written();
		const size = fs.statSync(file).size;
		const cache = await open('rules', size + 20);
		assert.deepEqual(cache.get(hash('b'), '.ts'), kept);
		cache.set(hash('d'), '.ts', secret);
		await cache.save();
		const next = await open('rules', size + 20);
		assert.ok(fs.statSync(file).size <= size + 20);
		assert.deepEqual(next.get(hash('d'), '.ts'), secret);
		assert.deepEqual(next.get(hash('b'), '.ts'), kept);
		assert.equal(next.get(hash('a'), '.ts'), undefined);
		assert.equal(
			(await open('rules', size - 20)).get(hash('b'), '.ts'),
			undefined,
			'a larger file is not read',
		);
	});

	it('writes nothing where nothing is new', async () => {
		await written();
		const before = fs.statSync(file);
		const cache = await open();
		cache.get(hash('a'), '.ts');
		await cache.save();
		assert.deepEqual([fs.statSync(file).ino, fs.statSync(file).mtimeMs], [before.ino, before.mtimeMs]);
	});

	it('removes what an earlier window left half written', async () => {
		await written();
		const left = `${file}.0.tmp`;
		const young = `${file}.1.tmp`;
		fs.writeFileSync(left, '');
		fs.writeFileSync(young, '');
		fs.utimesSync(left, 1, 1);
		const cache = await open();
		cache.set(hash('e'), '.ts', secret);
		await cache.save();
		assert.deepEqual([fs.existsSync(left), fs.existsSync(young)], [false, true]);
	});

	describe('in an audit', () => {
		function repository() {
			const work = path.join(folder, 'work');
			fs.mkdirSync(work);
			for (const name of ['one', 'two']) {
				const lines = Array.from({ length: 30 }, (_, line) => `const ${name}${line} = ${name}Of(${line});\n`);
				fs.writeFileSync(path.join(work, `${name}.ts`), lines.join(''));
			}
			return { name: 'work', folder: work, gitPath: 'git' };
		}

		it('takes the word of the cache, and the same verdicts come out', async () => {
			const one = repository();
			const cache = await open();
			const first = await auditWith({ repositories: [one], cache }, quiet, never);
			await cache.save();
			assert.deepEqual(await auditWith({ repositories: [one], cache: await open() }, quiet, never), first);
			// What the cache says of a text is believed.
			const lying = await open();
			const verdict = first.files[0]?.verdict;
			lying.set(verdict?.type === 'in' ? verdict.hash : '', '.ts', secret);
			await lying.save();
			const third = await auditWith({ repositories: [one], cache: await open() }, quiet, never);
			assert.deepEqual(
				third.files.map((known) => known.verdict.type),
				['out', 'in'],
			);
		});

		it('judges anew what has changed', async () => {
			const one = repository();
			const cache = await open();
			await auditWith({ repositories: [one], cache }, quiet, never);
			await cache.save();
			fs.appendFileSync(
				path.join(one.folder, 'one.ts'),
				`const t = 'gh${'p'}_${'q7Zt2KpXw9RbVn4L'.repeat(3).slice(0, 36)}';\n`,
			);
			const { files } = await auditWith({ repositories: [one], cache: await open() }, quiet, never);
			assert.deepEqual(
				files.map(({ verdict }) => (verdict.type === 'in' ? 'in' : verdict.stage)),
				['secret', 'in'],
			);
		});

		it('is kept by the worker, which only warns where it cannot', async () => {
			const one = repository();
			const warnings: string[] = [];
			const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'), (text) => warnings.push(text));
			const order = { repositories: [one], basePath: undefined, cacheFile: file };
			const first = await worker.audit(order, quiet, never);
			assert.ok(fs.statSync(file).size > 1_000);
			assert.deepEqual(await worker.audit(order, quiet, never), first);
			assert.deepEqual(warnings, []);
			fs.writeFileSync(path.join(folder, 'plain'), '');
			const nowhere = path.join(folder, 'plain', 'corpus.audit');
			assert.deepEqual(await worker.audit({ ...order, cacheFile: nowhere }, quiet, never), first);
			assert.match(warnings.join(), /could not be kept: .*plain/);
		});
	});
});
