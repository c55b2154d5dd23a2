/** Search by words and meaning together, with scripted vectors, and where they come from: the worker's and the extension's end. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Embedder, RemoteEmbedder } from '../../../../src/chat/retrieval/embedder';
import { type EmbeddingClient, EmbeddingModel } from '../../../../src/chat/retrieval/embeddingModel';
import type { FromIndex } from '../../../../src/chat/retrieval/messages';
import { WorkspaceIndex } from '../../../../src/chat/retrieval/workspaceIndex';
import { abortError, isAbort } from '../../../../src/inference/cancel';
import type { Embedding, ModelState, Unsupported } from '../../../../src/inference/model';
import { recordingLog } from '../../../support/silentLog';

const never = new AbortController().signal;

describe('search by meaning', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-embedding-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	/** Knows two meanings by their words, and counts what it is asked. */
	class ScriptedEmbedder implements Embedder {
		readonly model = 'scripted';
		readonly asked: string[] = [];
		constructor(private readonly most = Number.POSITIVE_INFINITY) {}
		async embed(text: string): Promise<readonly number[] | undefined> {
			this.asked.push(text);
			return this.asked.length > this.most
				? undefined
				: [/car|vehicle/.test(text) ? 1 : 0, /tree|plant/.test(text) ? 1 : 0, 0.1];
		}
	}

	async function indexWith(embedder: Embedder, kept?: string): Promise<WorkspaceIndex> {
		const work = path.join(folder, 'work');
		fs.mkdirSync(work, { recursive: true });
		if (kept !== undefined && fs.existsSync(kept)) {
			return refreshed(new WorkspaceIndex(kept, embedder), work);
		}
		fs.writeFileSync(path.join(work, 'a.ts'), 'export const vehicle = build();\n');
		fs.writeFileSync(path.join(work, 'b.ts'), 'export const plant = build();\n');
		return refreshed(new WorkspaceIndex(kept, embedder), work);
	}
	async function refreshed(index: WorkspaceIndex, work: string): Promise<WorkspaceIndex> {
		await index.load();
		await index.refresh(
			{ folders: [{ name: 'work', folder: work }], globs: [], gitPath: undefined },
			() => undefined,
			async () => undefined,
			never,
		);
		return index;
	}
	const rest = async () => undefined;
	const found = async (index: WorkspaceIndex, question: string) =>
		(await index.search(question, 5, never)).map(({ path: at }) => at);

	it('finds what has none of the words', async () => {
		const embedder = new ScriptedEmbedder();
		const index = await indexWith(embedder);
		assert.deepEqual(await found(index, 'car'), []);
		// There was nothing to compare a vector with.
		assert.deepEqual(embedder.asked, []);
		await index.embedMissing(rest, never);
		assert.deepEqual(await found(index, 'car'), ['a.ts', 'b.ts']);
		assert.deepEqual(await found(index, 'tree'), ['b.ts', 'a.ts']);
	});

	it('reads each chunk once, with its path, also in the next window', async () => {
		const kept = path.join(folder, 'kept.index');
		const first = new ScriptedEmbedder();
		const index = await indexWith(first, kept);
		await index.embedMissing(rest, never);
		assert.deepEqual(first.asked.toSorted(), [
			'a.ts\nexport const vehicle = build();',
			'b.ts\nexport const plant = build();',
		]);
		await index.save();
		const second = new ScriptedEmbedder();
		const again = await indexWith(second, kept);
		await again.embedMissing(rest, never);
		assert.deepEqual(second.asked, []);
		assert.deepEqual(await found(again, 'tree'), ['b.ts', 'a.ts']);
	});

	it('goes by words where there is no vector to be had', async () => {
		const index = await indexWith(new ScriptedEmbedder(0));
		await index.embedMissing(rest, never);
		assert.deepEqual(await found(index, 'plant'), ['b.ts']);
	});

	it('goes by words where the vector of the question does not come in time', async () => {
		const embedder = new ScriptedEmbedder();
		const index = await indexWith(embedder);
		await index.embedMissing(rest, never);
		embedder.embed = async () => {
			throw abortError();
		};
		assert.deepEqual(await found(index, 'plant'), ['b.ts']);
	});

	it('never reads a file with a secret', async () => {
		const embedder = new ScriptedEmbedder();
		const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;
		fs.mkdirSync(path.join(folder, 'work'));
		fs.writeFileSync(path.join(folder, 'work', 'c.ts'), `const car = '${secret}';\n`);
		const index = await indexWith(embedder);
		await index.embedMissing(rest, never);
		assert.equal(embedder.asked.length, 2);
	});

	it('can be cancelled', async () => {
		const index = await indexWith(new ScriptedEmbedder());
		await assert.rejects(index.embedMissing(rest, AbortSignal.abort()), isAbort);
	});
});

describe('vectors for the worker', () => {
	it('are asked for by number, and what is cancelled is not waited for', async () => {
		const said: FromIndex[] = [];
		const embedder = new RemoteEmbedder('model', (message) => said.push(message));
		const end = new AbortController();
		const one = embedder.embed('one', never);
		const two = embedder.embed('two', end.signal);
		embedder.answered(1, [1, 2]);
		assert.deepEqual(await one, [1, 2]);
		end.abort();
		await assert.rejects(two, isAbort);
		embedder.answered(2, [3]);
		assert.deepEqual(said, [
			{ type: 'embed', id: 1, text: 'one' },
			{ type: 'embed', id: 2, text: 'two' },
		]);
	});
});

describe('embedding model', () => {
	const load = {
		path: '/models/e.gguf',
		backend: 'cpu',
		contextSize: 512,
		gpuLayers: -1,
		cacheFolder: '',
	} as const;

	function modelWith(answer: () => Embedding | Unsupported, state: ModelState = { type: 'none' }) {
		const log = recordingLog();
		const done: string[] = [];
		const client: EmbeddingClient = {
			state,
			load: async (options) => {
				done.push(`load ${options?.path}`);
			},
			embed: async () => answer(),
			dispose: async () => {
				done.push('dispose');
			},
		};
		const start = () => {
			done.push('start');
			return client;
		};
		return { model: new EmbeddingModel({ start, load, log }), log, done };
	}

	it('is started and loaded with the first text, once', async () => {
		const { model, done } = modelWith(() => ({ type: 'embedding', vector: [1, 2] }));
		assert.deepEqual(done, []);
		assert.deepEqual(await model.embed('a', never), [1, 2]);
		assert.deepEqual(await model.embed('b', never), [1, 2]);
		await model.dispose();
		assert.deepEqual(done, ['start', 'load /models/e.gguf', 'dispose']);
	});

	it('that cannot make vectors is told once, and words alone decide', async () => {
		const { model, log } = modelWith(() => ({ type: 'unsupported', reason: 'It makes none.' }));
		assert.equal(await model.embed('a', never), undefined);
		assert.equal(await model.embed('b', never), undefined);
		assert.deepEqual(log.lines, ['warn The workspace is searched without e.gguf: It makes none.']);
	});

	it('that cannot be loaded is told once', async () => {
		const problem = { code: 'x', message: 'There is no such file.', remedies: [] };
		const { model, log } = modelWith(() => assert.fail('not asked'), { type: 'failed', problem });
		assert.equal(await model.embed('a', never), undefined);
		assert.deepEqual(log.lines, ['warn The workspace is searched without e.gguf: There is no such file.']);
	});

	it('ends without a word when it is cancelled', async () => {
		const { model, log } = modelWith(() => {
			throw abortError();
		});
		await assert.rejects(model.embed('a', never), isAbort);
		assert.deepEqual(log.lines, []);
	});
});
