/** The commands of the models view: each does its work on the row it is meant for, and nothing on another. */
import * as assert from 'node:assert/strict';
import { CATALOGUE } from '../../../../src/inference/models/catalogue';
import type { StoredModel } from '../../../../src/inference/models/library';
import { treeCommands } from '../../../../src/inference/models/treeCommands';
import type { Target } from '../../../../src/inference/models/treeRow';
import { commands } from '../../../../src/manifest';

const STORED: StoredModel = {
	record: {
		name: 'Mine',
		origin: 'a/mine',
		licence: undefined,
		roles: ['completion'],
		files: [{ name: 'm.gguf', address: undefined, bytes: 1, sha256: undefined }],
	},
	path: '/models/m.gguf',
	bytes: 1,
	total: 1,
	isComplete: true,
};
const [entry] = CATALOGUE;
assert.ok(entry);
const adapter = { path: '/a.gguf', name: 'Shop', isActive: false, description: '', problem: undefined };
const targets: Readonly<Record<string, Target>> = {
	model: { type: 'model', path: STORED.path, file: STORED.path, role: 'chat', stored: STORED },
	starter: { type: 'model', path: '', file: '/starter.gguf', role: undefined, stored: undefined },
	download: { type: 'download', key: 'key', stored: STORED },
	entry: { type: 'entry', entry },
	adapter: { type: 'adapter', adapter },
	fact: { type: 'fact' },
};

describe('inference/models/treeCommands', () => {
	let done: string[];
	const note = (what: string) => async () => void done.push(what);
	const noteOf = (what: string) => async (of: string | { readonly name: string }) =>
		void done.push(`${what} ${typeof of === 'string' ? of : of.name}`);
	const acts = new Map<string, (target: Target | undefined) => Promise<unknown> | undefined>();
	treeCommands((id, act) => acts.set(id, act), {
		shop: async () => ({
			follow: async (choice) => void done.push(`follow ${choice.type}${'isOpen' in choice ? ', open' : ''}`),
			remove: async ({ record }) => void done.push(`remove ${record.name}`),
			running: new Map([['key', { text: '', cancel: () => done.push('cancel') }]]),
		}),
		adapters: { use: noteOf('adapter'), turnOff: noteOf('no adapter') },
		use: async (file, roles) => void done.push(`use ${file} for ${roles}`),
		stopUsing: noteOf('stop'),
		useForChat: noteOf('chat'),
		load: noteOf('load'),
		unload: noteOf('unload'),
		measure: noteOf('measure'),
		reveal: noteOf('reveal'),
		getStarted: note('get started'),
		showModels: note('show'),
	});

	beforeEach(() => {
		done = [];
	});

	const EXPECTED: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
		[
			commands.useForCompletion,
			{ model: 'use /models/m.gguf for completion,chat', starter: 'use  for completion,chat' },
		],
		[commands.useForChat, { model: 'chat /models/m.gguf', starter: 'chat ' }],
		[commands.useForSearch, { model: 'use /models/m.gguf for embedding', starter: 'use  for embedding' }],
		[commands.stopUsingModel, { model: 'stop /models/m.gguf', starter: 'stop ' }],
		[commands.downloadModel, { entry: 'follow entry' }],
		[commands.chooseSize, { entry: 'follow entry, open' }],
		[commands.resumeDownload, { download: 'follow stored' }],
		[commands.cancelDownload, { download: 'cancel' }],
		[commands.deleteModel, { model: 'remove Mine', download: 'remove Mine' }],
		[
			commands.revealModel,
			{ model: 'reveal /models/m.gguf', starter: 'reveal /starter.gguf', adapter: 'reveal /a.gguf' },
		],
		[commands.useAdapter, { adapter: 'adapter Shop' }],
		[commands.turnOffAdapter, { adapter: 'no adapter Shop' }],
	];

	for (const [id, expected] of EXPECTED) {
		it(`${id} acts on its rows, and on no others`, async () => {
			for (const [name, target] of [...Object.entries(targets), ['none', undefined] as const]) {
				done = [];
				await acts.get(id)?.(target);
				assert.deepEqual(done, expected[name] === undefined ? [] : [expected[name]], name);
			}
		});
	}

	it('loads, unloads and measures the model of a row in its role, and without one the model that completes', async () => {
		for (const [id, what] of [
			[commands.loadModel, 'load'],
			[commands.unloadModel, 'unload'],
			[commands.benchmarkModel, 'measure'],
		] as const) {
			done = [];
			await acts.get(id)?.(targets['model']);
			await acts.get(id)?.(targets['fact']);
			await acts.get(id)?.(undefined);
			assert.deepEqual(done, [`${what} chat`, `${what} completion`, `${what} completion`]);
		}
	});

	it('what is meant for no row needs none', async () => {
		for (const [id, what] of [
			[commands.importModel, 'follow import-file'],
			[commands.getStarted, 'get started'],
			[commands.showModels, 'show'],
		] as const) {
			done = [];
			await acts.get(id)?.(undefined);
			assert.deepEqual(done, [what]);
		}
	});

	it('a download that has ended meanwhile is not cancelled', async () => {
		await acts.get(commands.cancelDownload)?.({ type: 'download', key: 'gone', stored: STORED });
		assert.deepEqual(done, []);
	});
});
