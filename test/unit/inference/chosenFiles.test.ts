/** Which file does what: put where its roles belong, and given up wherever a setting names it, nowhere else. */
import * as assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import { ChosenFiles } from '../../../src/inference/chosenFiles';
import { settings as keys, readSettings } from '../../../src/manifest';

const [MAIN, CHAT, SEARCH] = [keys.modelPath.key, keys.chatModel.key, keys.embeddingModel.key];

describe('inference/chosenFiles', () => {
	let values: Record<string, unknown>;
	let kept: readonly string[];
	let isStarter: boolean;
	let again: number;
	let files: ChosenFiles;

	beforeEach(() => {
		[values, kept, isStarter, again] = [{}, [], true, 0];
		files = new ChosenFiles({
			settings: () => readSettings((key) => values[key]),
			write: async (key, value) => {
				const { [key]: _, ...others } = values;
				values = value === '' ? others : { ...others, [key]: value };
			},
			memory: {
				get: <T>(_key: string, fallback: T) => (kept.length === 0 ? fallback : (kept as T)),
				update: async (_key, value) => {
					kept = Array.isArray(value) ? value : [];
				},
			},
			starterPath: '/extension/starter.gguf',
			isStarter: () => isStarter,
			again: async () => {
				again++;
			},
		});
	});

	it('puts a model where its roles belong: one for the chat alone completes nothing', async () => {
		values = { [MAIN]: '/main.gguf' };
		await files.use('/chat.gguf', ['chat']);
		await files.use('/search.gguf', ['embedding']);
		assert.deepEqual(values, { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/search.gguf' });
		await files.use('/both.gguf', ['completion', 'chat']);
		assert.deepEqual(values, { [MAIN]: '/both.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/search.gguf' });
		assert.deepEqual(files.inUse, ['/both.gguf', '/chat.gguf', '/search.gguf']);
		assert.deepEqual(kept, ['/both.gguf']);
		await files.use('', ['chat']);
		await files.use('', ['embedding']);
		assert.deepEqual(values, { [MAIN]: '/both.gguf' });
		await files.use('', ['completion']);
		assert.deepEqual([values, kept], [{}, ['/both.gguf']]);
	});

	it('gives the chat none of its own where the model that completes is chosen for it', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf' };
		await files.use('/main.gguf', ['chat']);
		assert.deepEqual(values, { [MAIN]: '/main.gguf' });
	});

	it('tries a model again that is chosen once more', async () => {
		values = { [MAIN]: '/main.gguf' };
		await files.use('/main.gguf', ['completion']);
		assert.equal(again, 1);
		await files.use('/other.gguf', ['completion']);
		assert.equal(again, 1);
	});

	it('gives up exactly the settings that name a file', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/search.gguf' };
		await files.giveUp('/chat.gguf');
		assert.deepEqual(values, { [MAIN]: '/main.gguf', [SEARCH]: '/search.gguf' });
		await files.giveUp('/none.gguf');
		await files.giveUp('/main.gguf');
		assert.deepEqual(values, { [SEARCH]: '/search.gguf' });
		values = { [MAIN]: '/one.gguf', [CHAT]: '/one.gguf', [SEARCH]: '/one.gguf' };
		await files.giveUp('/one.gguf');
		assert.deepEqual(values, {});
	});

	it('knows a file that the settings name in other words', async () => {
		values = { [CHAT]: '~/models/../chat.gguf' };
		await files.giveUp(path.join(os.homedir(), 'chat.gguf'));
		assert.deepEqual(values, {});
	});

	it('stops using a model for the chat and the search, and completes on with it', async () => {
		values = { [MAIN]: '/one.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/one.gguf' };
		await files.stopUsing('/one.gguf');
		assert.deepEqual(values, { [MAIN]: '/one.gguf', [CHAT]: '/chat.gguf' });
	});

	it('knows for what the starter stands in', () => {
		assert.deepEqual(
			[
				files.isStarterFor(['completion', 'chat']),
				files.isStarterFor(['chat']),
				files.isStarterFor(['embedding']),
			],
			[true, true, false],
		);
		values = { [CHAT]: '/chat.gguf' };
		assert.deepEqual([files.isStarterFor(['completion']), files.isStarterFor(['chat'])], [true, false]);
		isStarter = false;
		assert.equal(files.isStarterFor(['completion', 'chat']), false);
	});
});
