/** A dataset of this repository's own code with the starter model's tokens: what was cut comes back, what counts is the middle. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Audit } from '../../src/finetune/corpus/verdict';
import { type BuiltDataset, buildDataset, type DatasetOptions } from '../../src/finetune/dataset/build';
import { readDataset, writeDataset } from '../../src/finetune/dataset/datasetFile';
import { drawHere } from '../../src/finetune/dataset/drawHere';
import { encodeTasks, fillOf, type Task } from '../../src/finetune/dataset/encoder';
import { drawHoles } from '../../src/finetune/dataset/holes';
import { randomFrom } from '../../src/finetune/training/random';
import { rowsOfEpoch } from '../../src/finetune/training/rows';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { Model, ModelDescription } from '../../src/inference/model';
import { loadEngine, never, starter, temporaryFolder } from '../support/engines';
import { root } from '../support/root';

const options: DatasetOptions = { lossOn: 'middle', seed: 1, longest: 256, passes: 1, draw: drawHere() };
const files = fs
	.readdirSync(path.join(root, 'src/completion'))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => `src/completion/${file}`);

function auditOf(): Audit {
	return {
		repositories: [{ name: 'familiar', folder: root, gitPath: 'git' }],
		leftOut: [],
		files: files.map((file) => {
			const text = fs.readFileSync(path.join(root, file));
			const hash = createHash('sha256').update(text).digest('hex');
			return { repository: 0, path: file, verdict: { type: 'in', characters: text.length, hash } };
		}),
	};
}

const VOCABULARY = 8_192;
/** The starter's nine control tokens stand at the end of its vocabulary. */
const isMarker = (id: number) => id >= VOCABULARY - 9;

describe('dataset with the starter model', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;
	let description: ModelDescription;
	let dataset: BuiltDataset;

	before(async () => {
		({ engine, model: description } = await loadEngine(starter));
		const model: Pick<Model, 'state' | 'encode'> = {
			state: { type: 'ready', model: description },
			encode: (request, signal) => engine.encode(request, signal),
		};
		dataset = await buildDataset(auditOf(), model, options, () => undefined, never);
	});
	after(() => engine.dispose());

	it('is of the size and shape that were asked for', () => {
		const { header, train, heldOut } = dataset;
		assert.equal(header.promptFormat, description.promptFormat);
		assert.ok(train.length > 50 && heldOut.length > 4);
		for (const sample of [...train, ...heldOut]) {
			assert.ok(sample.tokens.length <= options.longest);
			assert.ok(sample.tokens.every((id) => id >= 0 && id < VOCABULARY));
		}
		const longest = Math.max(...train.map((sample) => sample.tokens.length));
		assert.ok(longest > 0.9 * options.longest, `${longest}`);
	});

	it('weighs tokens that are the middle as the model itself has it, behind the prompt that is served', async () => {
		const file = 'src/completion/prompt.ts';
		// So short that nothing is cut, however the room for the prompt is reckoned.
		const text = fs.readFileSync(path.join(root, file), 'utf8').slice(0, 1_300);
		const holes = drawHoles(text, { spacing: 100, longestMiddle: 300, longestPlain: 0 }, randomFrom(3));
		assert.ok(holes.length > 5);
		const tasks = holes.map((hole): Task => ({ repository: 'familiar', path: file, text, hole, file: 0 }));
		const samples = await encodeTasks(tasks, engine, { lossOn: 'middle', longest: 2_000 }, never);
		assert.equal(samples.length, tasks.length);
		const ends = new Set<number>();
		for (const [index, sample] of samples.entries()) {
			const task = tasks[index];
			assert.ok(task !== undefined);
			const fill = fillOf(task, 2_000);
			const tokens = async (part: string) => {
				const answer = await engine.tokenize(part, never);
				assert.equal(answer.type, 'tokens');
				return answer.type === 'tokens' ? [...answer.tokens] : [];
			};
			// What was typed and the middle are one text, as they are where it is served.
			const written = await tokens(fill.typed + fill.middle);
			const typed = await tokens(fill.typed);
			const known = typed.findIndex((token, at) => token !== written[at]);
			const learned = written.slice(known === -1 ? typed.length : known);
			const weighted = [...sample.tokens].filter((_, at) => sample.weights[at] === 1);
			assert.deepEqual(weighted.slice(0, learned.length), learned);
			assert.equal(weighted.length, learned.length + (fill.ends ? 1 : 0));
			if (fill.ends) {
				ends.add(weighted.at(-1) ?? -1);
			}
			const start = sample.tokens.length - written.length - (fill.ends ? 1 : 0);
			assert.deepEqual([...sample.tokens.slice(start, start + written.length)], written);
			// The whole prompt in one line: each part with its tokens, and one marker before each.
			const prompt = [...sample.tokens.slice(0, start)];
			const inside: number[] = [];
			for (const part of ['familiar\n', `${file}\n`, fill.prefix, fill.suffix]) {
				inside.push(...(await tokens(part)));
			}
			assert.equal(prompt.filter((id) => !isMarker(id)).join(), inside.join());
			assert.equal(prompt.filter(isMarker).length, 5);
		}
		assert.deepEqual([...ends], [dataset.header.end], 'one end token, and the data know it');
	});

	it('comes back from disk, and packs into rows without losing a weight', async () => {
		const file = path.join(temporaryFolder(), 'data.bin');
		const hash = await writeDataset(file, dataset, never);
		const { header, train, heldOut } = await readDataset(file, VOCABULARY, never);
		assert.deepEqual(
			{ header, train, heldOut },
			{ header: dataset.header, train: dataset.train, heldOut: dataset.heldOut },
		);
		assert.match(hash, /^[0-9a-f]{64}$/);
		const rows = rowsOfEpoch(train, { sequenceLength: 512, seed: 1, epoch: 0 });
		const weighted = rows.reduce((sum, row) => sum + row.weights.filter((weight) => weight > 0).length, 0);
		assert.equal(weighted, header.train.weighted);
	});
});
