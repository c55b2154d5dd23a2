/** An exported folder: its data say what the dataset says, its hashes match, its files parse, and nothing is left of a failure. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeScaleOut } from '../../../../src/finetune/scaleOut/write';
import { python, pythonWith } from '../../../support/python';
import { type ScaleOutSample, sampleCode, scaleOutSample } from '../../../support/scaleOutSample';

const never = new AbortController().signal;
const tools = { findSecret: async () => undefined, version: '1.2.3' };

/** Files below a folder, with `/`. */
function filesBelow(folder: string): readonly string[] {
	return fs
		.readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.sort();
}

function linesOf(folder: string, name: string): readonly Record<string, unknown>[] {
	return fs
		.readFileSync(path.join(folder, name), 'utf8')
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line));
}

describe('exported fine-tune', function () {
	this.timeout(120_000);
	let sample: ScaleOutSample;
	let folder: string;

	before(async () => {
		sample = await scaleOutSample();
		folder = (await writeScaleOut(sample.order, tools, () => undefined, never)).folder;
	});
	after(() => sample.dispose());

	const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

	it('has the files that its manifest names, with their hashes, and the manifest', () => {
		const manifest = JSON.parse(read('manifest.json'));
		const names = manifest.files.map((file: { path: string }) => file.path);
		assert.deepEqual([...names, 'manifest.json'].sort(), filesBelow(folder));
		for (const file of manifest.files) {
			const bytes = fs.readFileSync(path.join(folder, file.path));
			assert.equal(createHash('sha256').update(bytes).digest('hex'), file.sha256, file.path);
			assert.equal(bytes.length, file.bytes, file.path);
		}
	});

	it('is named after the code and the dataset, and stands beside one that is there already', async () => {
		const { data } = JSON.parse(read('manifest.json'));
		assert.equal(path.basename(folder), `familiar-my-project-${data.datasetSha256.slice(0, 8)}`);
		const second = (await writeScaleOut(sample.order, tools, () => undefined, never)).folder;
		assert.equal(second, `${folder}-2`);
	});

	it('has every file of the layout', () => {
		const parts = ['train', 'valid', 'test'];
		assert.deepEqual(
			filesBelow(folder),
			[
				'README.md',
				'manifest.json',
				'requirements.txt',
				'train.py',
				'data/dataset_info.json',
				...['data', 'data/completion', 'data/tokens'].flatMap((place) =>
					parts.map((part) => `${place}/${part}.jsonl`),
				),
				...['peft.json', 'trl.yaml', 'axolotl.yaml', 'llamafactory.yaml', 'mlx.yaml', 'ds_z3.json'].map(
					(name) => `configs/${name}`,
				),
				...['multi_gpu', 'zero3', 'fsdp2'].map((name) => `configs/accelerate/${name}.yaml`),
				...['torchrun.sh', 'slurm.sbatch', 'ray_train.py', 'sky.yaml', 'trainjob.yaml', 'job.yaml'].map(
					(name) => `launch/${name}`,
				),
			].sort(),
		);
	});

	it('writes prompt and completion as they are served, and their sum as the text', () => {
		const completions = linesOf(folder, 'data/completion/train.jsonl');
		const texts = linesOf(folder, 'data/train.jsonl');
		assert.equal(completions.length, sample.train.length);
		for (const [index, code] of sample.train.entries()) {
			const prompt = `<|fim_prefix|>${code.before}<|fim_suffix|>${code.after}<|fim_middle|>`;
			const completion = `${code.middle}${code.ends ? '<|endoftext|>' : ''}`;
			const meta = { file: `code/${code.file}.ts`, ends: code.ends };
			assert.deepEqual(completions[index], { prompt, completion, meta });
			assert.deepEqual(texts[index], { text: prompt + completion, meta });
		}
	});

	it('labels the tokens of the completion alone', () => {
		for (const [index, row] of linesOf(folder, 'data/tokens/train.jsonl').entries()) {
			const { input_ids: ids, labels, attention_mask: mask } = row;
			assert.ok(Array.isArray(ids) && Array.isArray(labels) && Array.isArray(mask));
			assert.equal(mask.length, ids.length);
			const learned = labels.filter((label) => label !== -100);
			const code = sample.train[index];
			const completion = `${code?.middle}${code?.ends === true ? '<|endoftext|>' : ''}`;
			assert.equal(sample.vocabulary.textOf(learned), completion);
			assert.deepEqual(labels.slice(-learned.length), learned);
			assert.deepEqual(ids.slice(-learned.length), learned);
		}
	});

	it('shares the files that are held out between valid and test', () => {
		const files = (part: string) =>
			new Set(linesOf(folder, `data/${part}.jsonl`).map(({ meta }) => JSON.stringify(meta).split('"')[3]));
		const [train, valid, test] = ['train', 'valid', 'test'].map(files);
		assert.equal(train?.size, 4);
		assert.equal((valid?.size ?? 0) + (test?.size ?? 0), 3);
		assert.ok([...(valid ?? [])].every((file) => test?.has(file) === false && train?.has(file) === false));
	});

	it('says in the manifest what another trainer must have alike', () => {
		const { baseModel, tokenizer, data, training, corpus, schemaVersion } = JSON.parse(read('manifest.json'));
		assert.equal(schemaVersion, 1);
		assert.equal(baseModel.hub, 'Example/Tiny-Coder-0.1B');
		assert.match(baseModel.fingerprint, /^[0-9a-f]{64}$/);
		assert.equal(tokenizer.hash, sample.vocabulary.hash);
		// The specials stand at the end of the 1,024 tokens.
		assert.deepEqual(tokenizer.special, {
			prefix: { text: '<|fim_prefix|>', id: 1016 },
			suffix: { text: '<|fim_suffix|>', id: 1018 },
			middle: { text: '<|fim_middle|>', id: 1017 },
			repository: { text: '<|repo_name|>', id: 1020 },
			file: { text: '<|file_sep|>', id: 1021 },
			end: { text: '<|endoftext|>', id: 1015 },
		});
		assert.equal(data.promptFormat, 1);
		assert.equal(data.counts.train.samples, sample.train.length);
		assert.equal(data.counts.train.ending, sample.train.filter(({ ends }) => ends).length);
		assert.deepEqual(corpus.filesOut, { secret: 1 });
		assert.equal(training.rank, 16);
		// q and o: 64 to 64; k and v: 64 to 32; gate and up: 64 to 128; down: 128 to 64; two layers.
		assert.equal(training.adapterParameters, 16 * 2 * (2 * 128 + 2 * 96 + 3 * 192));
	});

	it('has no place in a template that was not filled', () => {
		const open = filesBelow(folder).filter((name) => /FILL_\w+/.test(read(name)));
		assert.deepEqual(open, []);
	});

	it('has a train.py that can be read in one go', () => {
		const lines = read('train.py').split('\n').length - 1;
		assert.ok(lines <= 150, `${lines} lines`);
	});

	it('has JSON, YAML and scripts without a mistake in their syntax', function () {
		for (const name of filesBelow(folder).filter((name) => name.endsWith('.json'))) {
			JSON.parse(read(name));
		}
		execFileSync('bash', ['-n', path.join(folder, 'launch/torchrun.sh')]);
		execFileSync('bash', ['-n', path.join(folder, 'launch/slurm.sbatch')]);
		const program = pythonWith('yaml');
		if (program === undefined) {
			console.log('      (no Python with yaml here: YAML and Python files are not parsed)');
			this.skip();
		}
		const code = `
import ast, json, pathlib, yaml
found = {}
for file in sorted(pathlib.Path(".").rglob("*")):
    if file.suffix == ".yaml":
        found[file.as_posix()] = list(yaml.safe_load_all(file.read_text()))
    if file.suffix == ".py":
        ast.parse(file.read_text())
print(json.dumps(found))`;
		const found = JSON.parse(python(program ?? '', ['-c', code], folder));
		const [service, job] = found['launch/job.yaml'];
		assert.equal(service.metadata.name, job.spec.template.spec.subdomain);
		assert.equal(job.spec.completionMode, 'Indexed');
		const run = found['launch/sky.yaml'][0].run;
		execFileSync('bash', ['-n', '-c', run]);
		for (const { spec } of [job.spec.template.spec.containers[0]].map((spec) => ({ spec }))) {
			execFileSync('bash', ['-n', '-c', spec.command[2]]);
		}
		assert.equal(found['launch/trainjob.yaml'][0].spec.runtimeRef.name, 'torch-distributed');
		assert.equal(found['configs/accelerate/fsdp2.yaml'][0].fsdp_config.fsdp_version, 2);
		assert.equal(found['configs/accelerate/zero3.yaml'][0].deepspeed_config.zero_stage, 3);
		for (const name of ['trl', 'axolotl', 'llamafactory', 'mlx']) {
			assert.equal(found[`configs/${name}.yaml`][0].learning_rate, 3e-4, name);
			const { adam_epsilon: epsilon = 1e-8 } = found[`configs/${name}.yaml`][0];
			assert.equal(epsilon, 1e-8, `${name}: a number, and no text`);
		}
		// mlx leaves it out by default, and the first steps would be three times as long.
		assert.equal(found['configs/mlx.yaml'][0].optimizer_config.adamw.bias_correction, true);
		assert.deepEqual(found['configs/axolotl.yaml'][0].datasets, [
			{ path: 'data/tokens/train.jsonl', ds_type: 'json' },
		]);
	});

	it('is private to this user', function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
		assert.equal(fs.statSync(path.join(folder, 'data/train.jsonl')).mode & 0o777, 0o600);
		assert.equal(fs.statSync(path.join(folder, 'launch/torchrun.sh')).mode & 0o777, 0o700);
	});

	it('takes conversations and samples for judging where there are some', async () => {
		const own = { tokens: [1016, 65, 1018, 66, 1017, 67, 68], middleStart: 5, file: 'code/new.ts' };
		const talk = [
			{ role: 'user', content: 'What does add do?' },
			{ role: 'assistant', content: 'It adds.' },
		] as const;
		const other = await scaleOutSample({ test: [own], chat: { train: [talk], valid: [], test: [] } });
		try {
			const to = (await writeScaleOut(other.order, tools, () => undefined, never)).folder;
			assert.deepEqual(linesOf(to, 'data/chat/train.jsonl'), [{ messages: talk }]);
			assert.ok(!fs.existsSync(path.join(to, 'data/chat/valid.jsonl')));
			assert.deepEqual(
				linesOf(to, 'data/tokens/test.jsonl').map(({ labels }) => labels),
				[[-100, -100, -100, -100, -100, 67, 68]],
			);
			assert.equal(linesOf(to, 'data/valid.jsonl').length, other.heldOut.length);
			const info = JSON.parse(fs.readFileSync(path.join(to, 'data/dataset_info.json'), 'utf8'));
			assert.equal(info.familiar_chat_train.formatting, 'sharegpt');
			assert.equal(info.familiar_chat_valid, undefined);
		} finally {
			other.dispose();
		}
	});

	it('stops at a secret, names the file and the rule but not the secret, and leaves nothing behind', async () => {
		const code = { before: 'const one = ', middle: 'hunter2;', after: '\n', ends: true, file: 2 };
		const other = await scaleOutSample({}, [...sampleCode(), code]);
		try {
			const find = async (text: string) => (text.includes('hunter2') ? 'test rule' : undefined);
			await assert.rejects(
				writeScaleOut(other.order, { ...tools, findSecret: find }, () => undefined, never),
				(error: Error) =>
					/"test rule".*code\/2\.ts.*\.familiarignore/.test(error.message) &&
					!error.message.includes('hunter2'),
			);
			assert.deepEqual(fs.readdirSync(other.order.parentFolder), []);
		} finally {
			other.dispose();
		}
	});

	it('stops at a secret in the path of a file too', async () => {
		const other = await scaleOutSample();
		const find = async (text: string) => (text === 'code/2.ts' ? 'test rule' : undefined);
		try {
			await assert.rejects(
				writeScaleOut(other.order, { ...tools, findSecret: find }, () => undefined, never),
				(error: Error) =>
					/"test rule".*path of a file/.test(error.message) && !error.message.includes('code/2'),
			);
			assert.deepEqual(fs.readdirSync(other.order.parentFolder), []);
		} finally {
			other.dispose();
		}
	});

	it('ends when it is cancelled, and leaves nothing behind', async () => {
		const other = await scaleOutSample();
		const cancel = new AbortController();
		const find = async () => {
			cancel.abort();
			return undefined;
		};
		try {
			await assert.rejects(
				writeScaleOut(other.order, { ...tools, findSecret: find }, () => undefined, cancel.signal),
				{
					name: 'AbortError',
				},
			);
			assert.deepEqual(fs.readdirSync(other.order.parentFolder), []);
		} finally {
			other.dispose();
		}
	});
});
