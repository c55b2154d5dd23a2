/** The exported train.py under torchrun: two processes share the data, and count together what the manifest says. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { importPeft } from '../../../../src/finetune/peft/importPeft';
import { batchFor } from '../../../../src/finetune/scaleOut/batch';
import { writeScaleOut } from '../../../../src/finetune/scaleOut/write';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import { python, pythonWith } from '../../../support/python';
import { TINY_MODEL } from '../../../support/randomModel';
import { type ScaleOutSample, sampleCode, scaleOutSample } from '../../../support/scaleOutSample';

/**
 * As `torchrun` does. Debian's PyTorch 1.13 on Python 3.11 fails on its own default for what becomes of the output: it takes
 * 0 for no number of an enumeration. So errors go to a file, and what is printed also to the terminal, with a mark before it.
 */
const TORCHRUN = ['-m', 'torch.distributed.run', '--standalone', '--redirects', '2', '--tee', '1'];

/** A model of the shape of `TINY_MODEL` in Hugging Face's layout, and a tokenizer that has its special tokens. */
const MAKE_MODEL = `
import json, sys
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
special = json.load(open("manifest.json"))["tokenizer"]["special"].values()
words = {f"t{number}": number for number in range(1024)}
for token in special:
    del words[f"t{token['id']}"]
    words[token["text"]] = token["id"]
tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="t0")), unk_token="t0")
tokenizer.add_special_tokens({"additional_special_tokens": [token["text"] for token in special]})
tokenizer.save_pretrained(sys.argv[1])
config = Qwen2Config(
    vocab_size=1024, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2
)
Qwen2ForCausalLM(config).save_pretrained(sys.argv[1])
`;

interface Counted {
	readonly rank?: number;
	readonly world?: number;
	readonly samples?: number;
	readonly tokens?: number;
	readonly first?: readonly number[];
	readonly sha256?: string;
	readonly all?: { readonly samples: number; readonly tokens: number; readonly learned: number };
}

describe('exported train.py', function () {
	this.timeout(300_000);
	let program = '';
	let sample: ScaleOutSample;
	let folder: string;

	before(async function () {
		const found = pythonWith('torch.distributed');
		if (found === undefined) {
			console.log('      (no Python with PyTorch here: apt-get install python3-torch)');
			this.skip();
		}
		program = found ?? '';
		// An odd number: two processes cannot share it evenly.
		sample = await scaleOutSample(
			{ settings: { ...DEFAULT_SETTINGS, epochs: 4, rowsPerStep: 1 } },
			sampleCode(13),
		);
		const tools = { findSecret: async () => undefined, version: '1.2.3' };
		const never = new AbortController().signal;
		folder = (await writeScaleOut(sample.order, tools, () => undefined, never)).folder;
	});
	after(() => sample?.dispose());

	const counted = (...words: readonly string[]): readonly Counted[] =>
		python(program, [...words, 'train.py', '--data-only'], folder)
			.split('\n')
			.map((line) => line.replace(/^\[default\d\]:/, ''))
			.filter((line) => line.startsWith('{'))
			.map((line) => JSON.parse(line));
	const onTwo = () =>
		counted(...TORCHRUN, '--log_dir', path.join(sample.folder, 'logs'), '--nproc_per_node', '2');

	it('counts together on two processes what the manifest has, each sample once', () => {
		const lines = onTwo();
		const ranks = lines.filter(({ rank }) => rank !== undefined);
		assert.deepEqual(new Set(ranks.map(({ rank }) => rank)), new Set([0, 1]));
		assert.deepEqual(
			ranks.map(({ samples }) => samples).sort((one = 0, other = 0) => one - other),
			[6, 7],
		);
		assert.notEqual(ranks[0]?.sha256, ranks[1]?.sha256);
		const { data } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
		const { samples, tokens, learned } = data.counts.train;
		assert.deepEqual(lines.find(({ all }) => all !== undefined)?.all, { samples, tokens, learned });
	});

	it('counts the same alone, in the same order every time', () => {
		const [own, all] = counted();
		assert.equal(counted()[0]?.sha256, own?.sha256);
		assert.equal(own?.world, 1);
		assert.equal(own?.samples, 13);
		assert.equal(all?.all?.samples, 13);
	});

	it('takes the number that the launcher of DeepSpeed hands to every process', () => {
		assert.equal(
			python(program, ['train.py', '--local_rank=0', '--data-only'], folder).includes('"all"'),
			true,
		);
	});

	it('shares a step out as the files in configs/ do, on any number of GPUs', () => {
		const text = fs.readFileSync(path.join(folder, 'train.py'), 'utf8');
		const [, formula] = /^ {4}each = (.*)$/m.exec(text) ?? [];
		const code = `
import json
each = lambda RECIPE, WORLD: ${formula}
print(json.dumps([[each({"sequences": sequences}, gpus) for gpus in range(1, 17)] for sequences in range(1, 33)]))`;
		const shares: number[][] = JSON.parse(python(program, ['-c', code], folder));
		for (const [index, row] of shares.entries()) {
			const expected = row.map((_, place) => batchFor(index + 1, place + 1).effective / (place + 1));
			assert.deepEqual(row, expected, `${index + 1} sequences`);
		}
	});

	it('refuses data that were changed', () => {
		const file = path.join(folder, 'data/tokens/train.jsonl');
		const text = fs.readFileSync(file, 'utf8');
		fs.writeFileSync(file, text.replace('{"input_ids":[', '{"input_ids":[1,'));
		try {
			assert.throws(() => counted(), /train\.jsonl is not the file that was exported/);
		} finally {
			fs.writeFileSync(file, text);
		}
	});

	it('trains on two processes what Import Adapter takes back', function () {
		const other = pythonWith('torch.distributed', 'transformers', 'peft', 'accelerate');
		if (other === undefined) {
			console.log('      (no Python with transformers, peft and accelerate here)');
			this.skip();
		}
		const model = path.join(sample.folder, 'hub');
		const output = path.join(sample.folder, 'output');
		python(other ?? '', ['-c', MAKE_MODEL, model], folder);
		const words = ['--log_dir', path.join(sample.folder, 'logs'), '--nproc_per_node', '2', 'train.py'];
		python(other ?? '', [...TORCHRUN, ...words, '--model', model, '--output', output], folder);
		const { tensors } = readGgufFile(sample.order.basePath);
		const adapter = importPeft(path.join(output, 'adapter'), {
			...TINY_MODEL,
			shapeOf: (name) => {
				const [inputs, outputs] = tensors.find((one) => one.name === name)?.shape ?? [];
				return inputs === undefined || outputs === undefined ? undefined : [inputs, outputs];
			},
		});
		assert.equal(adapter.matrices.length, 7 * TINY_MODEL.layers);
		assert.equal(adapter.alpha, sample.order.settings.alpha);
		assert.ok(adapter.matrices.every(({ b }) => b.some((value) => value !== 0)));
		// Both took half of each step: were each alone, there would be twice as many.
		const steps = fs.readdirSync(output).flatMap((name) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? []);
		const { training } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
		const last = Math.max(...steps.map(Number));
		// The last step of each pass may be a small one.
		assert.ok(last >= training.steps && last < 1.5 * training.steps, `${last} of ${training.steps}`);
	});
});
