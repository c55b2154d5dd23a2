/** A fine-tune of this repository's own code is exported with the starter model, by the thread that the product uses. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { REPOSITORY_SIZES } from '../../src/finetune/corpus/judge';
import { type Audit, out } from '../../src/finetune/corpus/verdict';
import { readDataset } from '../../src/finetune/dataset/datasetFile';
import { drawHere } from '../../src/finetune/dataset/drawHere';
import type { Plan } from '../../src/finetune/panel/plan';
import { planFor } from '../../src/finetune/panel/prepare';
import {
	type ExportRequest,
	type ExportTools,
	exportFineTune,
} from '../../src/finetune/scaleOut/exportFineTune';
import { Vocabulary } from '../../src/finetune/scaleOut/vocabulary';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { ModelDescription } from '../../src/inference/model';
import { readSettings } from '../../src/manifest';
import { loadEngine, never, starter, temporaryFolder } from '../support/engines';
import { root } from '../support/root';

const translate = (text: string, ...words: readonly (string | number | boolean)[]) =>
	text.replace(/\{(\d+)\}/g, (_, index: string) => String(words[Number(index)]));

const files = fs
	.readdirSync(path.join(root, 'src/completion'))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => `src/completion/${file}`);

function auditOf(folder: string, names: readonly string[]): Audit {
	return {
		repositories: [{ name: 'familiar', folder, gitPath: 'git' }],
		leftOut: [],
		files: names.map((file) => {
			const text = fs.readFileSync(path.join(folder, file));
			const hash = createHash('sha256').update(text).digest('hex');
			return { repository: 0, path: file, verdict: { type: 'in', characters: text.length, hash } };
		}),
	};
}

describe('export of a fine-tune with the starter model', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;
	let base: ModelDescription;
	let tools: ExportTools;

	before(async () => {
		({ engine, model: base } = await loadEngine(starter));
		const storage = path.join(temporaryFolder(), 'storage');
		const script = path.join(root, 'dist/scaleOutWorker.js');
		tools = { model: engine, script, storage, cacheFolder: temporaryFolder(), translate };
	});
	after(() => engine.dispose());

	function requestOf(audit: Audit, onPrepared?: (folder: string) => void): ExportRequest {
		const model = { state: { type: 'ready', model: base } as const, encode: engine.encode.bind(engine) };
		const settings = readSettings(() => undefined);
		const plan = planFor(
			{ audit, base, minutes: 0, lossOn: 'middle' },
			{ model, draw: drawHere() },
			settings,
			translate,
		);
		const prepare: Plan['prepare'] = async (folder, onProgress, signal) => {
			const prepared = await plan.prepare(folder, onProgress, signal);
			onPrepared?.(folder);
			return prepared;
		};
		const parentFolder = temporaryFolder();
		return { plan: { ...plan, prepare }, audit, base, hub: 'Example/Starter', gpus: 4, parentFolder };
	}

	it('gives back the tokens of the dataset, and texts that the model cuts into the same tokens', async () => {
		const kept = path.join(temporaryFolder(), 'dataset.fds');
		const inside = auditOf(root, files);
		const left = { repository: 0, path: 'src/manifest.ts', verdict: out('forced', 'you left it out') };
		const request = requestOf({ ...inside, files: [left, ...inside.files] }, (folder) =>
			fs.copyFileSync(path.join(folder, 'dataset.fds'), kept),
		);
		const said: string[] = [];
		const result = await exportFineTune(request, tools, (detail) => said.push(detail), never);
		const { vocabulary } = Vocabulary.read(starter);
		const dataset = await readDataset(kept, vocabulary.size, never);
		const lines = (name: string) =>
			fs
				.readFileSync(path.join(result.folder, name), 'utf8')
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line));
		const tokens = lines('data/tokens/train.jsonl');
		assert.deepEqual(
			tokens.map(({ input_ids: ids }) => ids),
			dataset.train.map((sample) => [...sample.tokens]),
		);
		assert.deepEqual(
			tokens.map(({ labels }) => labels.filter((label: number) => label !== -100)),
			dataset.train.map(({ tokens: ids, weights }) => [...ids].filter((_, at) => (weights[at] ?? 0) > 0)),
		);
		// What stands between two special tokens is one text for the model: what was typed, and the middle.
		const completions = lines('data/completion/train.jsonl');
		const fills = completions.flatMap((one, index) =>
			one.prompt === '' ? [] : [{ ...one, ...tokens[index] }],
		);
		assert.ok(fills.length > 400 && fills.length < completions.length, 'some are plain texts');
		const marker = '<|fim_middle|>';
		for (const { prompt, completion, input_ids: ids, labels, meta } of fills) {
			const typed = prompt.slice(prompt.lastIndexOf(marker) + marker.length);
			const again = await engine.tokenize(typed + completion.replace('<|endoftext|>', ''), never);
			const end = meta.ends ? [dataset.header.end] : [];
			const whole = again.type === 'tokens' ? [...again.tokens, ...end] : [];
			assert.deepEqual(whole, ids.slice(-whole.length));
			const learned = labels.filter((label: number) => label !== -100);
			assert.deepEqual(whole.slice(-learned.length), learned);
			assert.equal(typed === '', whole.length === learned.length);
		}
		assert.match(said.at(-1) ?? '', /^Writing sample (\S+) of \1$/);
		const manifest = JSON.parse(fs.readFileSync(path.join(result.folder, 'manifest.json'), 'utf8'));
		assert.match(manifest.createdBy.version, /^\d+\.\d+\.\d+/);
		assert.equal(manifest.corpus.filesIn, files.length);
		assert.deepEqual(manifest.corpus.thresholds.mostFileBytes, REPOSITORY_SIZES.most);
		assert.deepEqual(fs.readdirSync(tools.storage), [], 'the prepared data are deleted');
		const read = new Set(files.map((file) => `${request.audit.repositories[0]?.name}/${file}`));
		for (const part of ['train', 'valid', 'test']) {
			for (const { meta } of lines(`data/${part}.jsonl`)) {
				assert.ok(read.has(meta.file), `${meta.file} is in the audit`);
			}
		}
		const here = [root, request.parentFolder, tools.storage, tools.cacheFolder];
		for (const name of fs.readdirSync(result.folder, { recursive: true, encoding: 'utf8' })) {
			const file = path.join(result.folder, name);
			const text = fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : '';
			assert.deepEqual(
				here.filter((folder) => text.includes(folder)),
				[],
				`${name} names no folder of this machine`,
			);
		}
	});

	it('stops at a secret that came into a file after its audit would have found it', async () => {
		const folder = temporaryFolder();
		for (const file of files) {
			fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
			fs.copyFileSync(path.join(root, file), path.join(folder, file));
		}
		// Nothing but the export's own search can see it: this audit lets everything in.
		const key = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
		const leaky = 'src/completion/leaky.ts';
		const line = (at: number) => `export const value${at} = compute(${at}); // ${key}\n`;
		fs.writeFileSync(path.join(folder, leaky), Array.from({ length: 200 }, (_, at) => line(at)).join(''));
		const request = requestOf(auditOf(folder, [...files, leaky]));
		await assert.rejects(
			exportFineTune(request, tools, () => undefined, never),
			(error: Error) => /finds a secret.*leaky\.ts/.test(error.message) && !error.message.includes('ghp_'),
		);
		assert.deepEqual(fs.readdirSync(request.parentFolder), []);
		assert.deepEqual(fs.readdirSync(tools.storage), []);
	});

	it('ends when it is cancelled while it writes, and leaves nothing behind', async () => {
		const request = requestOf(auditOf(root, files));
		const cancel = new AbortController();
		const exporting = exportFineTune(
			request,
			tools,
			(detail) => {
				if (detail.startsWith('Writing')) {
					cancel.abort();
				}
			},
			cancel.signal,
		);
		await assert.rejects(exporting, { name: 'AbortError' });
		assert.deepEqual(fs.readdirSync(request.parentFolder), []);
		assert.deepEqual(fs.readdirSync(tools.storage), []);
	});
});
