/** The whole way of a vector: the index's worker asks, the extension's side hands on, a host process of its own answers. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { EmbeddingModel } from '../../src/chat/retrieval/embeddingModel';
import { Retrieval } from '../../src/chat/retrieval/retrieval';
import { ModelClient } from '../../src/inference/client/client';
import { never, starter } from '../support/engines';
import { root } from '../support/root';
import { recordingLog } from '../support/silentLog';

describe('retrieval with an embedding model', function () {
	this.timeout(120_000);

	it('keeps a vector for each chunk, and finds what has none of the words', async () => {
		const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-retrieval-')));
		const work = path.join(folder, 'work');
		fs.mkdirSync(work);
		fs.writeFileSync(path.join(work, 'a.ts'), 'export function readZebra() {\n\treturn 1;\n}\n');
		fs.writeFileSync(path.join(work, 'b.ts'), 'export function washOtter() {\n\treturn 2;\n}\n');
		const log = recordingLog();
		const load = {
			path: starter,
			backend: 'cpu',
			contextSize: 512,
			gpuLayers: 0,
			cacheFolder: folder,
		} as const;
		const start = () =>
			new ModelClient({
				hostFile: path.join(root, 'dist/host.mjs'),
				runtimeFolders: [path.join(folder, 'host')],
				limits: { grace: 0 },
				log,
			});
		const embedder = new EmbeddingModel({ start, load, log });
		const file = path.join(folder, 'kept.index');
		const vectors = new Promise<void>((resolve) => {
			const watcher = fs.watch(folder, () => {
				if (fs.existsSync(`${file}.vectors`)) {
					watcher.close();
					resolve();
				}
			});
		});
		const retrieval = new Retrieval({
			script: path.join(root, 'dist/retrievalWorker.js'),
			file,
			scope: () => ({ folders: [{ name: 'work', folder: work }], globs: [], gitPath: undefined }),
			excluded: () => undefined,
			translate: (text) => text,
			embedder: () => embedder,
			log,
		});
		try {
			assert.deepEqual((await retrieval.search('hippopotamus', 5, never)).chunks, []);
			await vectors;
			const { chunks } = await retrieval.search('hippopotamus', 5, never);
			assert.deepEqual(chunks.map(({ path: at }) => at).sort(), ['a.ts', 'b.ts']);
			assert.deepEqual(
				log.lines.filter((line) => /searched without|could not/.test(line)),
				[],
			);
		} finally {
			await retrieval.dispose();
			await embedder.dispose();
			fs.rmSync(folder, { recursive: true, force: true });
		}
	});
});
