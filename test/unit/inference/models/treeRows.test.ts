/** The rows of the models view: what is where, what is said of it, and what can be done with it. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import type { ModelState } from '../../../../src/inference/model';
import { CATALOGUE } from '../../../../src/inference/models/catalogue';
import type { ModelRecord, StoredModel } from '../../../../src/inference/models/library';
import type { ShelvedAdapter, TreeRow, TreeState } from '../../../../src/inference/models/treeRow';
import { treeRows } from '../../../../src/inference/models/treeRows';
import { fakeDescription } from '../../../support/fakeModel';

const STARTER = '/extension/models/starter.gguf';
const RECORD: ModelRecord = {
	name: 'Mine Q4_K_M',
	origin: 'owner/mine-GGUF',
	licence: 'MIT',
	roles: ['completion', 'chat'],
	files: [{ name: 'mine-q4_k_m.gguf', address: 'https://h/mine.gguf', bytes: 100e6, sha256: undefined }],
};
const MINE: StoredModel = {
	record: RECORD,
	path: '/models/mine-q4_k_m.gguf',
	bytes: 100e6,
	total: 100e6,
	isComplete: true,
};
const KEY = 'owner/mine-GGUF/mine-q4_k_m.gguf';
const ADAPTER: ShelvedAdapter = {
	path: '/adapters/a.gguf',
	name: 'Shop',
	isActive: true,
	description: 'loss −12 %',
	problem: undefined,
};

const ready = (path: string): ModelState => ({ type: 'ready', model: { ...fakeDescription, path } });

interface Changes extends Partial<Omit<TreeState, 'offer'>> {
	readonly offer?: Partial<TreeState['offer']>;
}

function treeOf(changes: Changes = {}): readonly TreeRow[] {
	return treeRows(
		{
			elsewhere: [],
			starter: { path: STARTER, bytes: 14e6 },
			roles: { completion: '', chat: undefined, embedding: undefined },
			model: ready(STARTER),
			adapters: [],
			benchmarkOf: () => undefined,
			dateOf: () => 'today',
			...changes,
			offer: {
				stored: [],
				running: new Map(),
				recent: [],
				inUse: [''],
				catalogue: CATALOGUE,
				machine: {
					memory: 16 * 2 ** 30,
					hasGpu: false,
					free: 16 * 2 ** 30,
					profile: undefined,
					speed: undefined,
				},
				...changes.offer,
			},
		},
		english,
	);
}

function find(rows: readonly TreeRow[], label: string): TreeRow {
	const all = (row: TreeRow): readonly TreeRow[] => [row, ...row.children.flatMap(all)];
	const found = rows.flatMap(all).find((row) => row.label === label);
	assert.ok(found, `${label} among ${rows.flatMap(all).map((row) => row.label)}`);
	return found;
}

describe('inference/models/treeRows', () => {
	it('has the starter in use, with what it takes, and the best for this machine of each use', () => {
		const rows = treeOf();
		assert.deepEqual(
			rows.map(({ label }) => label),
			['Installed', 'Recommended for This Machine'],
		);
		const starter = find(rows, 'Starter model');
		assert.equal(starter.description, 'for completion, chat · 14 MB · Q8_0');
		assert.equal(starter.icon, 'pass-filled');
		assert.deepEqual(starter.acts, ['unload', 'benchmark', 'diagnostics', 'reveal']);
		assert.deepEqual(
			starter.children.map(({ label, description }) => `${label} | ${description}`),
			[
				'CPU, 1 MB of memory | 8,192 tokens of context',
				'Reads 1,000, writes 100 tokens/s | measured when it was loaded',
			],
		);
		const best = find(rows, 'Recommended for This Machine').children;
		assert.deepEqual(
			best.map(({ label, acts }) => `${label}: ${acts}`),
			[
				'Qwen2.5-Coder 1.5B Instruct: download,sizes',
				'Qwen2.5-Coder 0.5B: download,sizes',
				'Qwen3 Embedding 0.6B: download,sizes',
			],
		);
		assert.match(
			best[0]?.description ?? '',
			/^completion and chat · speed unknown until a model ran here · needs 1\.\d GB, 17\.2 GB free · 1\.5 B parameters · Apache-2\.0$/,
		);
	});

	it('offers of a model that is here what it can do, and no other', () => {
		const search = { ...MINE, record: { ...RECORD, name: 'Search', roles: ['embedding' as const] } };
		const rows = treeOf({ offer: { stored: [MINE, search] } });
		assert.equal(find(rows, 'Mine Q4_K_M').description, '100 MB · MIT');
		assert.deepEqual(find(rows, 'Mine Q4_K_M').acts, ['completion', 'reveal', 'delete']);
		assert.deepEqual(find(rows, 'Search').acts, ['search', 'reveal', 'delete']);
	});

	it('offers a model for the chat alone only where the chat can have one of its own', () => {
		const roles = { completion: '', chat: '', embedding: undefined };
		const mine = find(treeOf({ roles, offer: { stored: [MINE] } }), 'Mine Q4_K_M');
		assert.deepEqual(mine.acts, ['completion', 'chat', 'reveal', 'delete']);
		const apart = treeOf({ roles: { ...roles, chat: MINE.path }, offer: { stored: [MINE] } });
		assert.equal(find(apart, 'Mine Q4_K_M').description, 'for chat · not loaded · 100 MB · MIT');
		assert.equal(find(apart, 'Mine Q4_K_M').icon, 'pass');
		assert.equal(find(apart, 'Starter model').description, 'for completion · 14 MB · Q8_0');
		assert.ok(find(apart, 'Starter model').acts.includes('chat'));
		// The setting has no word for "the starter, though another model completes".
		const other = treeOf({
			roles: { ...roles, completion: MINE.path, chat: MINE.path },
			model: ready(MINE.path),
			offer: { stored: [MINE] },
		});
		assert.deepEqual(find(other, 'Starter model').acts, ['completion', 'reveal']);
	});

	it('says how it is with the model in use: on its way, unloaded, failed', () => {
		const roles = { completion: MINE.path, chat: undefined, embedding: undefined };
		const at = (model: ModelState) =>
			find(treeOf({ roles, model, offer: { stored: [MINE] } }), 'Mine Q4_K_M');
		const loading = at({ type: 'loading', path: MINE.path, progress: 0.43 });
		assert.equal(loading.description, 'for completion, chat · loading 43 % · 100 MB · MIT');
		assert.equal(loading.icon, 'loading~spin');
		assert.deepEqual(loading.acts, ['unload', 'reveal', 'delete']);
		const none = at({ type: 'none' });
		assert.equal(none.description, 'for completion, chat · not loaded · 100 MB · MIT');
		assert.deepEqual(none.acts, ['load', 'reveal', 'delete']);
		const problem = { code: 'x', message: 'The file is cut off.', remedies: [] };
		const failed = at({ type: 'failed', problem });
		assert.equal(failed.icon, 'warning');
		assert.ok(failed.tooltip.includes('The file is cut off.'));
		assert.ok(failed.acts.includes('load'));
	});

	it('shows of a model of the chat’s own, and of one that searches, what it takes, and what can be done with it', () => {
		const search = {
			...MINE,
			path: '/models/s.gguf',
			record: { ...RECORD, name: 'Search', roles: ['embedding' as const] },
		};
		const roles = { completion: '', chat: MINE.path, embedding: search.path };
		const offer = { stored: [MINE, search] };
		const rows = treeOf({
			roles,
			offer,
			chatModel: ready(MINE.path),
			searchModel: ready(search.path),
			adapters: [ADAPTER],
		});
		const [chat, searching] = [find(rows, 'Mine Q4_K_M'), find(rows, 'Search')];
		for (const [row, file] of [
			[chat, MINE.path],
			[searching, search.path],
		] as const) {
			assert.deepEqual(
				row.children.map(({ label }) => label),
				['CPU, 1 MB of memory', 'Reads 1,000, writes 100 tokens/s'],
				'adapters belong to the model that completes',
			);
			assert.equal(row.icon, 'pass-filled');
			assert.ok(row.target.type === 'model' && row.target.file === file);
		}
		assert.deepEqual(chat.acts, ['completion', 'unload', 'stop', 'benchmark', 'reveal', 'delete']);
		assert.deepEqual(searching.acts, ['unload', 'stop', 'benchmark', 'reveal', 'delete']);
		const roleOf = ({ target }: TreeRow) => (target.type === 'model' ? target.role : undefined);
		assert.deepEqual([roleOf(chat), roleOf(searching)], ['chat', 'embedding']);
		const ids = rows.flatMap(({ children }) => children.flatMap((row) => row.children.map(({ id }) => id)));
		assert.equal(new Set(ids).size, ids.length);
		const later = treeOf({ roles, offer, chatModel: { type: 'loading', path: MINE.path, progress: 0.5 } });
		assert.equal(find(later, 'Mine Q4_K_M').description, 'for chat · loading 50 % · 100 MB · MIT');
		assert.equal(find(later, 'Search').description, 'for search by meaning · not loaded · 100 MB · MIT');
		assert.deepEqual(find(later, 'Search').acts, ['load', 'stop', 'reveal', 'delete']);
	});

	it('offers to stop a search by the model that completes, but never completion itself', () => {
		const both = { ...MINE, record: { ...RECORD, roles: ['completion' as const, 'embedding' as const] } };
		const roles = { completion: MINE.path, chat: MINE.path, embedding: MINE.path };
		const row = find(treeOf({ roles, model: ready(MINE.path), offer: { stored: [both] } }), 'Mine Q4_K_M');
		assert.ok(row.acts.includes('stop'));
		assert.ok(!find(treeOf(), 'Starter model').acts.includes('stop'));
	});

	it('says that a model is out of memory until it is asked again', () => {
		const model = { ...fakeDescription, path: STARTER };
		const away = { type: 'ready', model, residence: 'unloaded' } as const;
		const row = find(treeOf({ model: { ...away, displacedBy: '/models/large.gguf' } }), 'Starter model');
		assert.equal(row.description, 'for completion, chat · not in memory · 14 MB · Q8_0');
		assert.equal(row.icon, 'pass');
		assert.deepEqual(row.acts, ['unload', 'benchmark', 'diagnostics', 'reveal']);
		assert.ok(row.tooltip.some((line) => line.includes('room for large.gguf')));
		const coming = find(treeOf({ model: { ...away, residence: 'reloading' } }), 'Starter model');
		assert.equal(coming.icon, 'loading~spin');
		assert.match(coming.description, /comes back into memory/);
	});

	it('keeps a loaded row apart from an unloaded one, so that VS Code unfolds what is below it', () => {
		const roles = { completion: MINE.path, chat: undefined, embedding: undefined };
		const offer = { stored: [MINE] };
		const ids = [ready(MINE.path), { type: 'none' } as const].map(
			(model) => find(treeOf({ roles, model, offer }), 'Mine Q4_K_M').id,
		);
		assert.notEqual(ids[0], ids[1]);
	});

	it('lists what is being downloaded with its progress, and what was interrupted', () => {
		const part = { ...MINE, bytes: 40e6, isComplete: false };
		const running = new Map([[KEY, { text: '40 MB of 100 MB, 3 MB a second', cancel: () => undefined }]]);
		const now = find(treeOf({ offer: { stored: [part], running } }), 'Downloading').children;
		assert.equal(now[0]?.description, '40 MB of 100 MB, 3 MB a second');
		assert.deepEqual(now[0]?.acts, ['cancel']);
		const later = find(treeOf({ offer: { stored: [part] } }), 'Downloading').children;
		assert.equal(later[0]?.description, '40 MB of 100 MB, interrupted');
		assert.deepEqual(later[0]?.acts, ['resume', 'delete']);
		// Whole, but still looked at.
		const whole = treeOf({ offer: { stored: [MINE], running } });
		assert.deepEqual(
			find(whole, 'Installed').children.map(({ label }) => label),
			['Starter model'],
		);
	});

	it('recommends nothing that is here already, whatever folder or version it came from', () => {
		for (const origin of [
			'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF',
			'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF@v2/x',
		]) {
			const here = { ...MINE, record: { ...RECORD, origin } };
			const rows = find(treeOf({ offer: { stored: [here] } }), 'Recommended for This Machine').children;
			assert.ok(!rows.some(({ label }) => label === 'Qwen2.5-Coder 1.5B Instruct'), origin);
		}
		const like = { ...MINE, record: { ...RECORD, origin: 'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF-other' } };
		assert.ok(find(treeOf({ offer: { stored: [like] } }), 'Qwen2.5-Coder 1.5B Instruct'));
	});

	it('shows the adapters below the model that is loaded, and those of others apart', () => {
		const off = { ...ADAPTER, path: '/adapters/b.gguf', name: 'Docs', isActive: false };
		const other = {
			...off,
			path: '/adapters/c.gguf',
			name: 'Else',
			problem: 'It was made for another base.',
		};
		const rows = treeOf({ adapters: [ADAPTER, off, other] });
		const below = find(rows, 'Starter model').children.slice(2);
		assert.deepEqual(
			below.map(({ label, description, acts }) => `${label} | ${description} | ${acts}`),
			['Shop | in use · loss −12 % | noAdapter,reveal', 'Docs | loss −12 % | adapter,reveal'],
		);
		const [apart] = find(rows, 'Adapters of Other Models').children;
		assert.deepEqual(apart?.acts, ['reveal']);
		assert.ok(apart?.tooltip.includes('It was made for another base.'));
	});

	it('shows what was measured of the very file that is there', () => {
		const measured = { path: STARTER, bytes: 14e6, backend: 'cpu', readPerSecond: 3012.4, at: 7 };
		const rows = treeOf({
			model: { type: 'none' },
			benchmarkOf: () => ({ ...measured, writtenPerSecond: 9.26 }),
		});
		const [row] = find(rows, 'Starter model').children;
		assert.equal(row?.label, 'Benchmark: reads 3,012, writes 9.3 tokens/s');
		assert.equal(row?.description, 'CPU · today');
		const silent = treeOf({ benchmarkOf: () => ({ ...measured, writtenPerSecond: undefined }) });
		assert.ok(find(silent, 'Benchmark: reads 3,012 tokens/s'));
		const replaced = treeOf({
			model: { type: 'none' },
			benchmarkOf: () => ({ ...measured, bytes: 1, writtenPerSecond: undefined }),
		});
		assert.deepEqual(find(replaced, 'Starter model').children, []);
	});

	it('has a name of its own for each row', () => {
		const part = { ...MINE, record: { ...RECORD, origin: 'else' }, isComplete: false };
		const elsewhere = [{ path: '/disk/old.gguf', bytes: 5e6 }];
		const rows = treeOf({ elsewhere, offer: { stored: [MINE, part] }, adapters: [ADAPTER] });
		const all = (row: TreeRow): readonly TreeRow[] => [row, ...row.children.flatMap(all)];
		const ids = rows.flatMap(all).map(({ id }) => id);
		assert.equal(new Set(ids).size, ids.length);
		assert.equal(find(rows, 'old.gguf').tooltip.includes('/disk'), true);
		assert.deepEqual(find(rows, 'old.gguf').acts, ['completion', 'reveal']);
	});
});
