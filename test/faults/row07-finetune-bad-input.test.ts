/** Fault 7, in training: a model, a dataset or settings that cannot be. One message with a remedy, before anything is loaded. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import type { FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { badModels } from '../support/badModels';
import { never, randomModelFile, temporaryFolder } from '../support/engines';
import { type MetadataValue, type WrittenFile, writeGguf } from '../support/ggufWriter';
import { randomModel } from '../support/randomModel';
import { trainInChild } from '../support/trainerChild';
import { orderOf, said, TRAINER_MODEL } from '../support/trainerRun';
import { trainingData } from '../support/trainingData';

describe('fault 7: bad input to training', function () {
	this.timeout(60_000);
	let order: RunOrder;
	before(async () => {
		order = await orderOf();
	});

	/** What the real trainer says of an order that it must refuse before it loads anything. */
	async function refusalOf(
		changes: Partial<RunOrder>,
	): Promise<{ readonly code: string; readonly message: string }> {
		const { last, end, messages } = await trainInChild({ ...order, ...changes }, false);
		assert.ok(last?.type === 'failed', JSON.stringify(last));
		assert.equal(end.cause, 'ended with code 0');
		assert.equal(last.resumable, false);
		const phases = said(messages, 'phase').map(
			(message: Extract<FromTrainer, { type: 'phase' }>) => message.phase,
		);
		assert.ok(
			phases.every((phase) => phase === 'checking'),
			phases.join(),
		);
		assert.ok(!fs.existsSync(order.adapterFolder));
		return last;
	}

	/** The model with other contents. */
	function changed(change: (file: WrittenFile) => WrittenFile, name = 'model.gguf'): string {
		const file = path.join(temporaryFolder(), name);
		writeGguf(file, change(randomModel(TRAINER_MODEL)));
		return file;
	}

	const withMetadata = (metadata: Readonly<Record<string, MetadataValue>>) => (file: WrittenFile) => ({
		...file,
		metadata: { ...file.metadata, ...metadata },
	});

	for (const name of ['empty', 'web page', 'half a header', 'half a model', 'embedding missing', 'adapter']) {
		it(`refuses a model file: ${name}`, async () => {
			const bad = badModels.find((model) => model.name === name);
			assert.ok(bad !== undefined);
			const basePath = path.join(temporaryFolder(), 'bad.gguf');
			fs.writeFileSync(basePath, bad.bytes);
			const { code, message } = await refusalOf({ basePath });
			assert.match(code, /^(gguf-|model-|web-page$)/);
			assert.match(message, bad.names);
			assert.ok(message.includes(basePath));
		});
	}

	it('refuses a model that is not there', async () => {
		const basePath = path.join(order.runFolder, 'none.gguf');
		const { code, message } = await refusalOf({ basePath });
		assert.equal(code, 'model-missing');
		assert.ok(message.includes(basePath));
	});

	it('refuses a mixture of experts by its number of experts', async () => {
		const experts = (value: number) => ({ type: 'uint32', value }) as const;
		const basePath = changed(
			withMetadata({ 'qwen2.expert_count': experts(8), 'qwen2.expert_used_count': experts(2) }),
		);
		const { code, message } = await refusalOf({ basePath });
		assert.equal(code, 'architecture');
		assert.match(message, /it is a mixture of 8 experts, and only dense models can be\. Choose another/);
	});

	it('refuses an architecture that is not written, naming those that are', async () => {
		const basePath = changed(withMetadata({ 'general.architecture': { type: 'string', value: 'phi3' } }));
		const { message } = await refusalOf({ basePath });
		assert.match(message, /phi3/);
	});

	it('refuses a model in several parts', async () => {
		const folder = temporaryFolder();
		const { metadata, tensors } = randomModel(TRAINER_MODEL);
		const half = tensors.length >> 1;
		for (const [index, part] of [tensors.slice(0, half), tensors.slice(half)].entries()) {
			writeGguf(path.join(folder, `model-0000${index + 1}-of-00002.gguf`), {
				metadata: {
					...(index === 0 ? metadata : {}),
					'split.no': { type: 'uint16', value: index },
					'split.count': { type: 'uint16', value: 2 },
					'split.tensors.count': { type: 'int32', value: tensors.length },
				},
				tensors: part,
			});
		}
		const basePath = path.join(folder, 'model-00001-of-00002.gguf');
		const { code, message } = await refusalOf({ basePath });
		assert.equal(code, 'parts');
		assert.match(message, /is one of 2 parts of a model; .* Merge the parts with llama-gguf-split\./);
	});

	const datasets: Readonly<Record<string, [change: (file: string) => void, reason: RegExp]>> = {
		'that is missing': [(file) => fs.rmSync(file), /cannot be opened/],
		'that is cut off': [(file) => fs.truncateSync(file, fs.statSync(file).size - 40), /it is cut off/],
		'that is something else': [
			(file) => fs.writeFileSync(file, 'tokens, weights\n1, 2\n'),
			/it is no dataset/,
		],
	};
	for (const [name, [change, reason]] of Object.entries(datasets)) {
		it(`refuses a dataset ${name}`, async () => {
			const datasetPath = path.join(temporaryFolder(), 'data.bin');
			fs.copyFileSync(order.datasetPath, datasetPath);
			change(datasetPath);
			const { code, message } = await refusalOf({ datasetPath });
			assert.equal(code, 'dataset');
			assert.match(message, reason);
			assert.ok(message.includes(datasetPath) && message.endsWith('Prepare the data again.'));
		});
	}

	async function dataset(data: Parameters<typeof writeDataset>[1]): Promise<string> {
		const datasetPath = path.join(temporaryFolder(), 'data.bin');
		await writeDataset(datasetPath, data, never);
		return datasetPath;
	}

	it('refuses a dataset of another vocabulary', async () => {
		const datasetPath = await dataset(trainingData({ basePath: order.basePath, firstToken: 300 }));
		const { code, message } = await refusalOf({ datasetPath });
		assert.equal(code, 'dataset');
		assert.match(message, /sample \d+ holds token \d+, and the model has 320/);
	});

	it('refuses a dataset of another model, although its tokens exist', async () => {
		const other = randomModelFile({ ...TRAINER_MODEL, seed: 4 });
		const { code, message } = await refusalOf({
			datasetPath: await dataset(trainingData({ basePath: other })),
		});
		assert.equal(code, 'dataset');
		assert.ok(message.includes(other) && message.includes(order.basePath));
		assert.match(message, /Prepare the data again/);
	});

	it('refuses a dataset from which nothing can be learned, instead of looking for it for ever', async () => {
		const { basePath } = order;
		for (const data of [
			trainingData({ basePath, conditions: 1_000 }),
			trainingData({ basePath, train: 0 }),
		]) {
			const { code, message } = await refusalOf({ datasetPath: await dataset(data) });
			assert.equal(code, 'dataset');
			assert.match(
				message,
				/has nothing to learn from: no token of its samples has a weight\. Prepare the data again/,
			);
		}
	});

	it('refuses settings that cannot be, naming the first', async () => {
		const { settings } = order;
		for (const [changes, reason] of [
			[{ rank: 0 }, /^rank is 0; it must be a whole number from 1 to 256\.$/],
			[{ targets: [] }, /^targets is empty; name at least one of q, k, v/],
			[{ dropout: 0.9 }, /^dropout is 0\.9; it must be a number from 0 to 0\.5\.$/],
			[{ sequenceLength: 8 }, /^sequenceLength is 8/],
		] as const) {
			const { code, message } = await refusalOf({ settings: { ...settings, ...changes } });
			assert.equal(code, 'settings');
			assert.match(message, reason);
		}
	});

	it('refuses a backend that this installation has not', async () => {
		const { code, message } = await refusalOf({ settings: { ...order.settings, backend: 'metal' } });
		assert.equal(code, 'ggml');
		assert.match(message, /no metal backend of ggml\. Set familiar\.model\.backend to auto or cpu\./);
	});
});
