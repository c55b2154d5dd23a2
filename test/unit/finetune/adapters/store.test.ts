/** Tests of the adapters on disk, and of their words and menus. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Choice } from '../../../../src/finetune/adapters/choices';
import { activeLine, adapterWords } from '../../../../src/finetune/adapters/describe';
import { adapterMenu, strengthMenu } from '../../../../src/finetune/adapters/menu';
import { AdapterStore, type StoredAdapter } from '../../../../src/finetune/adapters/store';
import { FakeModel } from '../../../support/fakeModel';
import { translate } from '../panel/runs';

const never = new AbortController().signal;

const run = {
	lossBefore: 2,
	lossAfter: 1,
	steps: 10,
	tokens: 100,
	seconds: 5,
	created: '2026-03-01T10:00:00.000Z',
	repositories: ['shop', 'tools'],
};

const stored: StoredAdapter = {
	path: '/adapters/a.gguf',
	name: 'shop',
	facts: {
		name: 'shop',
		base: 'f',
		baseName: 'qwen',
		promptFormat: 1,
		dataset: undefined,
		run,
		settings: undefined,
		versions: undefined,
	},
	written: 0,
	bytes: 2_000_000,
	problem: undefined,
	warning: undefined,
};
const mine: Choice = { path: stored.path, name: 'shop', scale: 0.5 };
const other: Choice = { path: '/adapters/b.gguf', name: 'tools', scale: 1 };

describe('finetune/adapters/store', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(name: string, seconds: number): string {
		const file = path.join(folder, name);
		fs.writeFileSync(file, name);
		fs.utimesSync(file, seconds, seconds);
		return file;
	}

	it('lists adapters, the newest first, with what each says of itself', async () => {
		const model = new FakeModel();
		const old = write('old.gguf', 1_000);
		const fresh = write('fresh.gguf', 2_000);
		write('half.gguf.tmp', 3_000);
		fs.mkdirSync(path.join(folder, 'folder.gguf'));
		model.onInspect = (file) =>
			file === old
				? { type: 'unsupported', reason: 'old.gguf is no adapter.' }
				: { type: 'facts', facts: { ...stored.facts, ...fact(file) }, problem: undefined, warning: 'Older.' };
		const list = await new AdapterStore(folder, model).list(never);
		assert.deepEqual(
			list.map(({ path: file, name, problem, warning }) => [file, name, problem, warning]),
			[
				[fresh, 'Fresh', undefined, 'Older.'],
				[old, 'old', 'old.gguf is no adapter.', undefined],
			],
		);
	});

	function fact(file: string) {
		return { ...(stored.facts ?? assert.fail()), name: path.basename(file) === 'fresh.gguf' ? 'Fresh' : '' };
	}

	it('has none where there is no folder', async () => {
		assert.deepEqual(await new AdapterStore(path.join(folder, 'none'), new FakeModel()).list(never), []);
	});

	it('knows the names that the user gave, and deletes what lies beside an adapter', async () => {
		const deleted: string[] = [];
		const file = write('a.gguf', 1);
		write('b.gguf', 2);
		const records = {
			nameOf: async (one: string) => (one === file ? 'night run' : undefined),
			delete: async (one: string) => void deleted.push(one),
		};
		const store = new AdapterStore(folder, new FakeModel(), () => undefined, records);
		const names = (await store.list(never)).map(({ name }) => name);
		assert.ok(names.includes('night run') && names.length === 2, names.join());
		await store.delete(file);
		assert.deepEqual(deleted, [file]);
	});

	it('deletes its own files only', async () => {
		const store = new AdapterStore(folder, new FakeModel());
		const file = write('a.gguf', 1);
		await store.delete(file);
		assert.equal(fs.existsSync(file), false);
		for (const elsewhere of [
			'/etc/hosts.gguf',
			path.join(folder, '..', 'x.gguf'),
			path.join(folder, 'a', 'x.gguf'),
		]) {
			await assert.rejects(store.delete(elsewhere), /not in the folder/);
		}
	});
});

describe('finetune/adapters/describe', () => {
	const words = (adapter: StoredAdapter, active: readonly Choice[] = []) =>
		adapterWords(adapter, active, (at) => new Date(at).toISOString().slice(0, 16), translate);

	it('says what it gained, from where and when', () => {
		assert.deepEqual(words(stored), {
			label: '$(circle-large-outline) shop',
			description: 'held-out loss 2.0000 → 1.0000 (−50.0 %) · 2026-03-01T10:00',
			detail: 'shop, tools · 2 MB',
		});
	});

	it('says that it is in use and how strongly', () => {
		const { label, description } = words(stored, [other, mine]);
		assert.match(label, /pass-filled/);
		assert.match(description, /^in use, 50 % · /);
	});

	it('says why it does not fit, before anything else', () => {
		const { label, detail } = words({ ...stored, problem: 'Another base.', warning: 'Older.' });
		assert.match(label, /\$\(error\)/);
		assert.equal(detail, 'Another base.');
		assert.equal(words({ ...stored, warning: 'Older.' }).detail, 'Older.');
	});

	it('names the first of many repositories', () => {
		const facts = {
			...(stored.facts ?? assert.fail()),
			run: { ...run, repositories: ['a', 'b', 'c', 'd', 'e'] },
		};
		assert.equal(words({ ...stored, facts }).detail, 'a, b and 3 more · 2 MB');
	});

	it('names what is imported', () => {
		const facts = { ...(stored.facts ?? assert.fail()), run: undefined };
		assert.deepEqual(words({ ...stored, facts }), {
			label: '$(circle-large-outline) shop',
			description: 'imported · 1970-01-01T00:00',
			detail: '2 MB',
		});
	});

	it('has one line for the status bar', () => {
		assert.equal(activeLine([], translate), undefined);
		assert.equal(activeLine([mine], translate), 'Adapter: shop (50 %)');
		assert.equal(activeLine([mine, other], translate), 'Adapters: shop (50 %) + tools (100 %)');
	});
});

describe('finetune/adapters/menu', () => {
	const labels = (adapter: StoredAdapter, inUse: readonly Choice[]) =>
		adapterMenu(adapter, inUse, translate).map((item) => item.label.replace(/^\$\([\w-]+\) /, ''));

	it('offers what makes sense', () => {
		assert.deepEqual(labels(stored, []), ['Use alone', 'Show report…', 'Export as PEFT…', 'Delete…']);
		assert.deepEqual(labels(stored, [other]), [
			'Use alone',
			'Add on top of tools',
			'Show report…',
			'Export as PEFT…',
			'Delete…',
		]);
		assert.deepEqual(labels(stored, [mine]), [
			'Strength…',
			'Turn off',
			'Show report…',
			'Export as PEFT…',
			'Delete…',
		]);
		assert.deepEqual(labels(stored, [mine, other]), [
			'Use alone',
			'Strength…',
			'Turn off',
			'Show report…',
			'Export as PEFT…',
			'Delete…',
		]);
	});

	it('leaves only its report, deletion, and turning off, for one that does not fit', () => {
		const misfit = { ...stored, problem: 'Another base.' };
		assert.deepEqual(labels(misfit, [other]), ['Show report…', 'Delete…']);
		assert.deepEqual(labels(misfit, [mine]), ['Strength…', 'Turn off', 'Show report…', 'Delete…']);
	});

	it('means what it says', () => {
		const acts = adapterMenu(stored, [other], translate).map((item) => item.act);
		assert.deepEqual(acts[0], { type: 'change', choices: [{ ...mine, scale: 1 }] });
		assert.deepEqual(acts[1], { type: 'change', choices: [other, { ...mine, scale: 1 }] });
		const off = adapterMenu(stored, [mine, other], translate).find((item) => /Turn off/.test(item.label));
		assert.deepEqual(off?.act, { type: 'change', choices: [other] });
	});

	it('offers strengths, and keeps the place in the stack', () => {
		const items = strengthMenu(mine, [mine, other], translate);
		assert.deepEqual(
			items.map((item) => [item.label, item.description]),
			[
				['25 %', ''],
				['50 %', 'in use'],
				['75 %', ''],
				['100 %', 'as trained'],
				['125 %', ''],
				['150 %', ''],
			],
		);
		assert.deepEqual(items[0]?.act, { type: 'change', choices: [{ ...mine, scale: 0.25 }, other] });
	});
});
