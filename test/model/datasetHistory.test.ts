/** A real repository with a history → dataset → the trainer's reader, with the starter model: the newest changes are the test. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type BuiltDataset, buildDataset } from '../../src/finetune/dataset/build';
import { contaminated } from '../../src/finetune/dataset/contamination';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import { drawInWorker } from '../../src/finetune/dataset/sampleWorker';
import { writeSpans } from '../../src/finetune/panel/prepare';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { readRunData } from '../../src/finetune/training/runData';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { ModelDescription } from '../../src/inference/model';
import { loadEngine, never, starter, temporaryFolder } from '../support/engines';
import { GitHistory } from '../support/gitHistory';
import { root } from '../support/root';

const VOCABULARY = 8_192;
const dist = path.join(root, 'dist');
const sources = ['src/completion', 'src/completion/context'].flatMap((folder) =>
	fs
		.readdirSync(path.join(root, folder))
		.filter((file) => file.endsWith('.ts'))
		.map((file) => `${folder}/${file}`),
);
/** Files of which some lines came later, each with a commit of its own; the newest last. */
const LATER = 24;
/** Lines that came later. */
const ADDED = 6;

/** Without some lines behind its middle. */
function early(text: string): string {
	const lines = text.split('\n');
	lines.splice(Math.floor(lines.length * 0.6), ADDED);
	return lines.join('\n');
}

describe('dataset of a history with the starter model', function () {
	this.timeout(240_000);
	let engine: LlamaEngine;
	let description: ModelDescription;
	let history: GitHistory;
	let dataset: BuiltDataset;
	let later: readonly string[];

	before(async () => {
		({ engine, model: description } = await loadEngine(starter));
		history = new GitHistory(temporaryFolder());
		const texts = new Map(sources.map((file) => [file, fs.readFileSync(path.join(root, file), 'utf8')]));
		later = sources.filter((_, index) => index % 2 === 0).slice(0, LATER);
		history.commit(
			Object.fromEntries([...texts].map(([file, text]) => [file, later.includes(file) ? early(text) : text])),
		);
		for (const file of later) {
			history.commit({ [file]: texts.get(file) });
		}
		dataset = await buildDataset(
			history.audit('familiar'),
			{
				state: { type: 'ready', model: description },
				encode: (request, signal) => engine.encode(request, signal),
				fill: (request, signal) => engine.fill(request, signal),
			},
			{
				lossOn: 'middle',
				seed: 1,
				longest: 256,
				passes: 2,
				minutes: 240,
				replayShare: 0.1,
				draw: drawInWorker(path.join(dist, 'sampleWorker.js'), dist),
			},
			() => undefined,
			never,
		);
	});
	after(() => engine.dispose());

	it('tests the newest changes, and learns nothing of their files', () => {
		const { header, test, notes } = dataset;
		assert.equal(header.test?.by, 'time');
		assert.equal(header.test?.places, test.length);
		assert.ok(test.length >= 40, `${test.length}`);
		const tested = [...new Set(test.map(({ file }) => file))];
		assert.ok(
			tested.every((file) => later.includes(file.slice('familiar/'.length))),
			tested.join(),
		);
		assert.ok(tested.includes(`familiar/${later.at(-1)}`), 'the newest');
		assert.deepEqual(
			tested.filter((file) => header.files.includes(file)),
			[],
		);
		assert.equal(header.heads?.[0]?.commit, history.git('rev-parse', 'HEAD').trim());
		assert.ok(!notes.some((note) => /by chance/.test(note)));
		const learned = header.files
			.slice(0, -1)
			.filter((_, file) => dataset.train.some((sample) => sample.file === file))
			.map((file) => fs.readFileSync(path.join(history.folder, file.slice('familiar/'.length)), 'utf8'));
		const middles = [...test, ...dataset.validation].map(({ middle }) => middle);
		assert.deepEqual([...contaminated(learned, middles)], []);
		assert.deepEqual([...contaminated([...learned, test[0]?.prefix ?? ''], [test[0]?.prefix ?? ''])], [0]);
	});

	it('draws every kind of span, and shows other files where serving would', () => {
		const kinds = new Set(dataset.trainSample.map(({ kind }) => kind));
		assert.deepEqual([...kinds].sort(), ['block', 'hunk', 'lines', 'random', 'tail'].sort());
		const shown = dataset.trainSample.filter(({ files }) => files.length > 0).length;
		assert.ok(shown > 0.2 * dataset.trainSample.length, `${shown} of ${dataset.trainSample.length}`);
	});

	it('has the model write a part of it itself', () => {
		const { header, train } = dataset;
		assert.ok((header.replay ?? 0) >= 100, `${header.replay}`);
		const own = train.filter(({ file }) => file === header.files.length - 1);
		assert.equal(own.length, header.replay);
		assert.ok(own.every(({ weights }) => weights.slice(1).every((weight) => weight === 1)));
	});

	it('is what the trainer reads, with what is judged beside it', async () => {
		const folder = temporaryFolder();
		const { notes: _, validation, test, trainSample, ...data } = dataset;
		const file = path.join(folder, 'dataset.fds');
		await writeDataset(file, data, never);
		await writeSpans(folder, { validation, test, trainSample });
		const read = await readRunData(
			{
				version: 1,
				runFolder: folder,
				basePath: description.path,
				datasetPath: file,
				adapterFolder: folder,
				cacheFolder: folder,
				name: 'x',
				settings: DEFAULT_SETTINGS,
			},
			VOCABULARY,
			never,
		);
		assert.deepEqual(read.dataset.header, data.header);
		assert.ok(read.plan.rowsOf(0).length > 10);
		for (const [name, spans] of [
			['validation.jsonl', validation],
			['test.jsonl', test],
			['train-sample.jsonl', trainSample],
		] as const) {
			const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);
			assert.deepEqual(
				lines.map((line): unknown => JSON.parse(line)),
				JSON.parse(JSON.stringify(spans)),
			);
			assert.ok(lines.length > 5);
		}
		// The engine takes them as they are.
		const encoded = await engine.encode({ fills: test.slice(0, 50), plains: [] }, never);
		assert.ok(encoded.type === 'encoded' && encoded.fills.every(({ tokens }) => tokens.length > 0));
	});
});
