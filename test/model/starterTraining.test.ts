/** The recipe's training: interrupted and resumed it is the same run, and what it writes is what llama.cpp reads. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { conversationLine } from '../../models/recipe/chat/conversation';
import { documentLine } from '../../models/recipe/document';
import { loadTokenizer } from '../../models/recipe/tokenizer/load';
import { type TrainOptions, trainOptions } from '../../models/recipe/train/options';
import { runTraining } from '../../models/recipe/train/run';
import { Device } from '../../src/finetune/ggml/device';
import { isAbort } from '../../src/inference/cancel';
import { temporaryFolder } from '../support/engines';
import { LlamaLogits } from '../support/llamaLogits';
import { root } from '../support/root';
import { testGgml } from '../support/training';

/** Some updates, the last with rows of the whole context. */
const WORDS = ['--size', '5M', '--tokens', '2500', '--length', '128', '--batch', '512', '--micro', '512'];

interface Line {
	readonly step: number;
	readonly loss?: number;
	readonly tokens: number;
}

/** Euclidean norm of all numbers together. */
function norm(rows: readonly Float64Array[]): number {
	return Math.hypot(...rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))));
}

describe('the training of the starter', () => {
	const folder = temporaryFolder();
	const corpus = path.join(folder, 'corpus');
	const chat = path.join(folder, 'chat');
	const device = Device.open(testGgml(), 'cpu', 1);
	const tokenizer = loadTokenizer();
	after(() => device.dispose());

	before(() => {
		fs.mkdirSync(corpus);
		fs.mkdirSync(chat);
		const messages = [
			{ role: 'user', content: 'Who are you?' },
			{ role: 'assistant', content: 'A small model.' },
		] as const;
		for (const name of ['train', 'validation']) {
			const line = conversationLine({ kind: 'about', messages });
			fs.writeFileSync(path.join(chat, `${name}.jsonl`), line.repeat(200));
		}
		const sources = fs
			.readdirSync(path.join(root, 'src/inference'), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.sort()
			.map((file) => ({
				package: 'example',
				language: 'typescript' as const,
				path: file,
				text: fs.readFileSync(path.join(root, 'src/inference', file), 'utf8'),
			}));
		fs.writeFileSync(path.join(corpus, 'train.jsonl'), sources.map(documentLine).join(''));
		fs.writeFileSync(path.join(corpus, 'validation.jsonl'), sources.slice(0, 2).map(documentLine).join(''));
	});

	function train(name: string, signal = new AbortController().signal) {
		const options: TrainOptions = { ...trainOptions(WORDS), name };
		return runTraining(options, { corpus, chat, training: folder }, device, tokenizer, signal);
	}

	/** The updates that count: of those that were made again, the last. */
	function losses(name: string): readonly (readonly [number, number | undefined])[] {
		const lines = fs
			.readFileSync(path.join(folder, name, 'log.jsonl'), 'utf8')
			.trim()
			.split('\n');
		const byStep = new Map<number, number | undefined>();
		for (const line of lines) {
			const { step, loss }: Line = JSON.parse(line);
			if (loss !== undefined) {
				byStep.set(step, loss);
			}
		}
		return [...byStep];
	}

	it('goes on after an interruption as if there had been none', async () => {
		await train('whole');
		const whole = losses('whole');
		assert.ok(whole.length >= 3);
		assert.ok((whole.at(-1)?.[1] ?? 99) < (whole[0]?.[1] ?? 0), JSON.stringify(whole));

		const stop = new AbortController();
		const log = path.join(folder, 'parts', 'log.jsonl');
		fs.mkdirSync(path.dirname(log));
		fs.writeFileSync(log, '');
		const watcher = fs.watch(log, () => stop.abort());
		try {
			await assert.rejects(train('parts', stop.signal), isAbort);
		} finally {
			watcher.close();
		}
		assert.ok(losses('parts').length < whole.length);
		await train('parts');
		assert.deepEqual(losses('parts'), whole);
	});

	it('writes a model that llama.cpp reads, in F32 and nearly the same in Q8_0', async () => {
		const llama = await LlamaLogits.open();
		const tokens = tokenizer.encode('export function add(one: number, other: number) {');
		const file = (name: string) => path.join(folder, 'whole', name);
		try {
			const exact = await llama.logits(file('starter-F32.gguf'), tokens);
			const quantised = await llama.logits(file('starter.gguf'), tokens);
			assert.equal(exact.length, tokens.length);
			assert.equal(quantised.length, tokens.length);
			// Of all logits together: of a single one it says how far this corpus took it, and the corpus is our own code.
			const difference = exact.map((logits, row) =>
				logits.map((value, at) => value - (quantised[row]?.[at] ?? 99)),
			);
			const share = norm(difference) / norm(exact);
			assert.ok(share < 0.1, String(share));
		} finally {
			await llama.dispose();
		}
		assert.ok(fs.statSync(file('starter.gguf')).size < fs.statSync(file('starter-F32.gguf')).size / 3.5);
	});
});
