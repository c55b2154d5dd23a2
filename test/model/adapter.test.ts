/** LoRA adapters on the native path: they change the answer, swap under load, and bad ones are refused. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { ADAPTER_KEYS } from '../../src/inference/gguf/adapterKeys';
import { fingerprint } from '../../src/inference/gguf/fingerprint';
import type { Adapter } from '../../src/inference/model';
import {
	answer,
	chatOf,
	codeOf,
	fillOf,
	loadEngine,
	never,
	randomModelFile,
	temporaryFolder,
} from '../support/engines';
import { type WrittenTensor, writeGguf } from '../support/ggufWriter';
import { TINY_MODEL, writeRandomAdapter } from '../support/randomModel';

/** An adapter of one matrix that says that it was trained on `base`. */
async function writeOurs(file: string, base: string): Promise<void> {
	const text = (value: string) => ({ type: 'string', value }) as const;
	const fill: WrittenTensor['fill'] = (values) => void values.fill(0.1);
	const name = 'blk.0.attn_q.weight';
	const { width } = TINY_MODEL;
	writeGguf(file, {
		metadata: {
			'general.architecture': text(TINY_MODEL.architecture),
			'general.type': text('adapter'),
			'adapter.type': text('lora'),
			'adapter.lora.alpha': { type: 'float32', value: 4 },
			[ADAPTER_KEYS.base]: text(await fingerprint(base, temporaryFolder(), never)),
			[ADAPTER_KEYS.baseName]: text('its model'),
		},
		tensors: [
			{ name: `${name}.lora_a`, shape: [width, 4], type: 'F32', fill },
			{ name: `${name}.lora_b`, shape: [4, width], type: 'F32', fill },
		],
	});
}

describe('adapter', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	let modelFile: string;
	const folder = temporaryFolder();
	const file = path.join(folder, 'adapter.gguf');
	const request = fillOf({ prefix: codeOf(5), maxTokens: 12 });
	const text = codeOf(2);
	const scores = async () => {
		const result = await engine.score({ context: codeOf(3), text, priority: 'background' }, never);
		assert.ok(result.type === 'scores');
		return result.logProbabilities;
	};
	const use = async (...adapters: readonly Adapter[]) =>
		assert.deepEqual(await engine.useAdapters(adapters, never), { type: 'adapters', adapters });
	const said = async () => (await answer(engine.fill(request, never))).text;

	before(async () => {
		writeRandomAdapter(file, { ...TINY_MODEL, rank: 4, alpha: 8 });
		modelFile = randomModelFile(TINY_MODEL);
		({ engine } = await loadEngine(modelFile));
	});
	after(() => engine.dispose());

	it('changes the answer, and its absence changes it back', async () => {
		const base = await said();
		await use({ path: file, scale: 1 });
		assert.notEqual(await said(), base);
		await use({ path: file, scale: 0 });
		assert.equal(await said(), base);
		await use();
		assert.equal(await said(), base);
	});

	it('adds up adapters on top of each other, each with its strength', async () => {
		const again = path.join(folder, 'again.gguf');
		fs.copyFileSync(file, again);
		const other = path.join(folder, 'other-weights.gguf');
		writeRandomAdapter(other, { ...TINY_MODEL, rank: 8, alpha: 8, seed: 7 });
		const near = (some: readonly number[], others: readonly number[]) => {
			const distances = some.map((value, index) => Math.abs(value - (others[index] ?? Number.NaN)));
			return Math.max(...distances) < 1e-3;
		};
		const scoresWith = async (...adapters: readonly Adapter[]) => {
			await use(...adapters);
			return scores();
		};
		const base = await scoresWith();
		const one = await scoresWith({ path: file, scale: 1 });
		const two = await scoresWith({ path: other, scale: 1 });
		const both = await scoresWith({ path: file, scale: 1 }, { path: other, scale: 1 });
		for (const [index, some] of [base, one, two, both].entries()) {
			for (const others of [base, one, two, both].slice(index + 1)) {
				assert.ok(!near(some, others), 'each choice has answers of its own');
			}
		}
		assert.ok(near(await scoresWith({ path: other, scale: 1 }, { path: file, scale: 1 }), both), 'the order');
		const halves = await scoresWith({ path: file, scale: 0.5 }, { path: again, scale: 0.5 });
		assert.ok(near(halves, one), 'two halves are a whole');
		const cancelled = await scoresWith({ path: file, scale: 1 }, { path: again, scale: -1 });
		assert.ok(near(cancelled, base), 'what is added and taken away');
		const zero = await scoresWith({ path: file, scale: 0 }, { path: other, scale: 1 });
		assert.ok(near(zero, two), 'a strength of 0');
		assert.deepEqual(await scoresWith(), base);
	});

	it('takes more of them than a graph without adapters has room for', async () => {
		const files = Array.from({ length: 8 }, (_, index) => path.join(folder, `many-${index}.gguf`));
		for (const [index, one] of files.entries()) {
			writeRandomAdapter(one, { ...TINY_MODEL, rank: 4, alpha: 1, seed: index + 20 });
		}
		await use(...files.map((one) => ({ path: one, scale: 0.1 })));
		assert.ok((await scores()).every(Number.isFinite));
		await use();
	});

	it('lets what runs end with the old one', async () => {
		const base = await answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never));
		const running = answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never));
		await engine.useChatAdapters([{ path: file, scale: 1 }], never);
		assert.equal((await running).text, base.text);
		assert.notEqual((await answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never))).text, base.text);
		await engine.useChatAdapters([], never);
	});

	it('swaps again and again under load', async () => {
		const fills: Promise<unknown>[] = [];
		for (let swap = 0; swap < 6; swap++) {
			fills.push(said());
			await engine.useAdapters(swap % 2 === 0 ? [{ path: file, scale: 1 }] : [], never);
		}
		await Promise.all(fills);
	});

	it('keeps what is in use when one adapter of several does not fit, and says why', async () => {
		const base = await said();
		await use({ path: file, scale: 1 });
		const adapted = await said();
		assert.notEqual(adapted, base);
		const whole = fs.readFileSync(file);
		const shape = { ...TINY_MODEL, rank: 4, alpha: 8 };
		const bad: readonly (readonly [string, (path: string) => void, RegExp])[] = [
			['garbage', (other) => fs.writeFileSync(other, 'nothing'), /not a GGUF file/],
			['cut', (other) => fs.writeFileSync(other, whole.subarray(0, -64)), /64 bytes are missing/],
			['missing', () => undefined, /no such file/],
			// It lies there already.
			['adapter', () => undefined, /is there twice/],
			['wide', (other) => writeRandomAdapter(other, { ...shape, width: 128 }), /do not fit the loaded model/],
			[
				'llama',
				(other) => writeRandomAdapter(other, { ...shape, architecture: 'llama' }),
				/trained for the architecture "llama", but random qwen2 2x64 is "qwen2"/,
			],
			[
				'diverged',
				(other) => writeRandomAdapter(other, { ...shape, notANumber: true }),
				/holds infinite numbers or NaN/,
			],
		];
		for (const [name, write, reason] of bad) {
			const other = path.join(folder, `${name}.gguf`);
			write(other);
			const adapters = [
				{ path: file, scale: 0.5 },
				{ path: other, scale: 1 },
			];
			const result = await engine.useAdapters(adapters, never);
			assert.ok(result.type === 'unsupported', name);
			assert.match(result.reason, reason);
			assert.ok(result.reason.startsWith(`${name}.gguf`), result.reason);
			assert.equal(await said(), adapted);
		}
		await use();
	});

	it('refuses an adapter of other weights, inspects it, and takes one of these', async () => {
		const [own, foreign] = [path.join(folder, 'own.gguf'), path.join(folder, 'foreign.gguf')];
		await writeOurs(own, modelFile);
		await writeOurs(foreign, randomModelFile({ ...TINY_MODEL, seed: 5 }));
		await use({ path: own, scale: 1 });
		const inspected = await engine.inspectAdapter(own, never);
		assert.ok(inspected.type === 'facts');
		assert.deepEqual([inspected.problem, inspected.facts.baseName], [undefined, 'its model']);
		const result = await engine.useAdapters([{ path: foreign, scale: 1 }], never);
		assert.ok(result.type === 'unsupported');
		assert.match(result.reason, /trained on "its model" .*but "random qwen2 2x64" .*is loaded/);
		const misfit = await engine.inspectAdapter(foreign, never);
		assert.ok(misfit.type === 'facts' && misfit.problem === result.reason);
		assert.equal((await engine.inspectAdapter(modelFile, never)).type, 'unsupported');
		await use();
	});

	it('uses what was asked for last, however long the others take to check', async () => {
		const base = await said();
		const large = path.join(folder, 'large.gguf');
		writeRandomAdapter(large, { ...TINY_MODEL, rank: 1024, alpha: 1 });
		const choices = [[{ path: large, scale: 1 }], []];
		await Promise.all(choices.map((adapters) => engine.useAdapters(adapters, never)));
		assert.equal(await said(), base);
	});
});
