/** Records beside their adapters: written whole, for one user, joined with the judge's file, and damaged ones ignored. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeCurve } from '../../../../src/finetune/learningCurve/curve';
import type { AdapterRecord } from '../../../../src/finetune/report/record';
import { isAdapterRecord } from '../../../../src/finetune/report/recordShapes';
import { filesBeside, markdownBeside, RecordStore } from '../../../../src/finetune/report/recordStore';
import { curveOf, failed, passed, record } from '../../../support/reportSample';

describe('finetune/report/recordStore', () => {
	let folder = '';
	let adapter = '';
	let store: RecordStore;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-records-'));
		adapter = path.join(folder, 'adapters', '0a1b2c3d.gguf');
		store = new RecordStore(({ name, notes }) => `# ${name} ${notes}`);
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const beside = (ending: string) => adapter.replace(/gguf$/, ending);

	it('reads back what it wrote, and leaves nothing else', async () => {
		await store.write(adapter, record);
		assert.deepEqual(await store.read(adapter), JSON.parse(JSON.stringify(record)));
		assert.equal(fs.readFileSync(markdownBeside(adapter), 'utf8'), '# shop ');
		assert.deepEqual(fs.readdirSync(path.dirname(adapter)).sort(), [
			'0a1b2c3d.report.json',
			'0a1b2c3d.report.md',
		]);
		if (process.platform !== 'win32') {
			for (const name of fs.readdirSync(path.dirname(adapter))) {
				assert.equal(fs.statSync(path.join(path.dirname(adapter), name)).mode & 0o777, 0o600, name);
			}
		}
	});

	it('has the judgement of the file beside the adapter, the newer one', async () => {
		await store.write(adapter, { ...record, judgement: undefined });
		assert.equal((await store.read(adapter))?.judgement, undefined);
		fs.writeFileSync(beside('judgement.json'), JSON.stringify(failed));
		assert.equal((await store.read(adapter))?.judgement?.decision, 'fail');
		await store.write(adapter, { ...record, judgement: passed });
		assert.equal((await store.read(adapter))?.judgement?.decision, 'fail');
		fs.writeFileSync(beside('judgement.json'), '{"version": 1, "decision": "pass"}');
		assert.equal((await store.read(adapter))?.judgement?.decision, 'pass');
		assert.equal((await store.read(adapter))?.judgement?.spans, passed.spans);
	});

	it('has the learning curve of the file beside the adapter, and takes it in with the next change', async () => {
		const curve = curveOf([3, 2, 1]);
		await store.write(adapter, { ...record, learningCurve: undefined });
		await writeCurve(adapter, curve);
		assert.deepEqual((await store.read(adapter))?.learningCurve, curve);
		await store.change(adapter, {}, async () => record);
		fs.rmSync(beside('learning-curve.json'));
		assert.deepEqual((await store.read(adapter))?.learningCurve, curve);
		fs.writeFileSync(beside('learning-curve.json'), '{"version":1,"points":[{"share":"all"}]}');
		assert.deepEqual((await store.read(adapter))?.learningCurve, curve, 'no curve that is not one');
	});

	it('takes what is damaged for nothing', async () => {
		fs.mkdirSync(path.dirname(adapter));
		for (const damaged of ['', '{}', JSON.stringify({ ...record, version: 2 }), JSON.stringify([record])]) {
			fs.writeFileSync(beside('report.json'), damaged);
			assert.equal(await store.read(adapter), undefined, damaged.slice(0, 20));
		}
		const wrong: readonly Partial<Record<keyof AdapterRecord, unknown>>[] = [
			{ name: 1 },
			{ losses: [{ step: -1, loss: 1 }] },
			{ data: { files: 'many' } },
			{ judgement: { ...passed, decision: 'maybe' } },
			{ judgement: { ...passed, loss: { base: 1, adapter: 1 } } },
			{ settings: { rank: 16 } },
		];
		assert.ok(isAdapterRecord(record));
		for (const change of wrong) {
			assert.equal(isAdapterRecord({ ...record, ...change }), false, JSON.stringify(change).slice(0, 60));
		}
	});

	it('keeps a name and notes that are written at once', async () => {
		const first = async () => record;
		await Promise.all([
			store.change(adapter, { name: 'night run' }, first),
			store.change(adapter, { notes: 'only the cart' }, first),
		]);
		const found = await store.read(adapter);
		assert.deepEqual([found?.name, found?.notes], ['night run', 'only the cart']);
		assert.equal(await store.nameOf(adapter), 'night run');
		assert.equal(fs.readFileSync(markdownBeside(adapter), 'utf8'), '# night run only the cart');
	});

	it('keeps the earlier record where the disk refuses', async () => {
		await store.write(adapter, record);
		const refusing = new RecordStore(() => {
			throw new Error('no text');
		});
		await assert.rejects(
			refusing.change(adapter, { name: 'other' }, async () => record),
			/no text/,
		);
		await store.change(adapter, { notes: 'goes on' }, async () => record);
		assert.equal((await store.read(adapter))?.notes, 'goes on');
	});

	it('deletes all that lies beside an adapter, and nothing else', async () => {
		await store.write(adapter, record);
		fs.writeFileSync(beside('judgement.json'), JSON.stringify(passed));
		await writeCurve(adapter, curveOf([3, 2, 1]));
		fs.writeFileSync(adapter, 'GGUF');
		assert.deepEqual(
			filesBeside(adapter).filter((file) => !fs.existsSync(file)),
			[],
		);
		await store.delete(adapter);
		assert.deepEqual(fs.readdirSync(path.dirname(adapter)), ['0a1b2c3d.gguf']);
	});
});
