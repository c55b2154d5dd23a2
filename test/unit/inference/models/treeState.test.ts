/** What the models view reads: paths as they are loaded, and files elsewhere that are there or in use. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readTreeState, type TreeSources } from '../../../../src/inference/models/treeState';

describe('inference/models/treeState', () => {
	let folder: string;
	let starterPath: string;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tree-'));
		starterPath = path.join(folder, 'starter.gguf');
		fs.writeFileSync(starterPath, 'GGUF');
	});

	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const read = (paths: Partial<TreeSources['paths']> = {}, recent: readonly string[] = []) =>
		readTreeState({
			shop: {
				stock: async () => ({
					stored: [],
					running: new Map(),
					recent,
					inUse: [],
					catalogue: [],
					machine: { memory: 1, hasGpu: false, free: 1, profile: undefined, speed: undefined },
				}),
				running: new Map(),
			},
			starterPath,
			paths: { completion: '', chat: undefined, embedding: '', ...paths },
			model: { type: 'none' },
			adapters: [],
			benchmarks: { of: () => undefined },
			dateOf: String,
		});

	it('knows the starter by its path, too, and a model that nobody chose for the chat as that of completion', async () => {
		const { roles, starter } = await read({ completion: starterPath });
		assert.deepEqual(roles, { completion: '', chat: undefined, embedding: undefined });
		assert.deepEqual(starter, { path: starterPath, bytes: 4 });
		const mine = path.join(folder, 'mine.gguf');
		assert.equal((await read({ completion: mine, chat: '' })).roles.chat, mine);
		assert.equal((await read({ completion: '', chat: mine })).roles.chat, mine);
	});

	it('lists what was chosen before as long as it is there, and what is in use in any case', async () => {
		const there = path.join(folder, 'there.gguf');
		fs.writeFileSync(there, 'GGUF!');
		const gone = path.join(folder, 'gone.gguf');
		const lost = path.join(folder, 'lost.gguf');
		const { elsewhere } = await read({ completion: gone, embedding: there }, [there, lost]);
		assert.deepEqual(elsewhere, [
			{ path: there, bytes: 5 },
			{ path: gone, bytes: 0 },
		]);
	});
});
