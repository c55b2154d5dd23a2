/** What a run will take, said before it begins: near what it takes, and a way that fits where there is one. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readShape } from '../../src/finetune/architectures/shape';
import type { Dataset } from '../../src/finetune/dataset/sample';
import { Device } from '../../src/finetune/ggml/device';
import type { TrainingSettings } from '../../src/finetune/settings';
import { formsOf } from '../../src/finetune/tape/forms';
import { DropoutMasks } from '../../src/finetune/training/dropout';
import { DEFAULT_KERNELS } from '../../src/finetune/training/kernels';
import { Learner } from '../../src/finetune/training/learner';
import { type MemoryPlan, type PlannedDevice, planMemory } from '../../src/finetune/training/memoryPlan';
import { randomFrom } from '../../src/finetune/training/random';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { StepGraph } from '../../src/finetune/training/stepGraph';
import { TensorFile } from '../../src/finetune/training/tensorFile';
import { never, randomModelFile } from '../support/engines';
import { findBuilt } from '../support/fakeHost';
import type { LoadingPeak } from '../support/loadingPeak.entry';
import type { RandomModelOptions } from '../support/randomModel';
import { orderOf, said, TRAINER_SETTINGS, train, trainToEnd } from '../support/trainerRun';
import { testGgml } from '../support/training';
import { datasetOf } from '../support/trainingData';

const PLENTY = 2 ** 40;

const SHAPE: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 4,
	width: 256,
	heads: 8,
	keyValueHeads: 2,
	feedForward: 768,
	vocabulary: 4096,
	contextLength: 1024,
	type: 'Q8_0',
};

/** A step takes more than loading does. */
const SMALL_MATRICES: RandomModelOptions = { ...SHAPE, vocabulary: 1024 };

const SHAPES: Readonly<Record<string, Partial<RandomModelOptions>>> = {
	qwen2: {},
	'qwen2, deep': { layers: 12 },
	'qwen2, wide MLP': { feedForward: 3072 },
	'qwen2, large vocabulary': { width: 128, vocabulary: 40_000 },
	'qwen2, larger vocabulary': { width: 128, vocabulary: 60_000 },
	'llama, F32': { architecture: 'llama', type: 'F32' },
	'qwen3, long heads': { architecture: 'qwen3', headSize: 64 },
	starcoder2: { architecture: 'starcoder2' },
	gemma: { architecture: 'gemma', headSize: 64, feedForward: 2048 },
	gemma2: { architecture: 'gemma2', headSize: 64 },
	granite: { architecture: 'granite' },
};

describe('memory of training', function () {
	this.timeout(60_000);
	let device: Device;
	before(() => {
		device = Device.open(testGgml(), 'cpu', 1);
	});
	after(() => device.dispose());

	/** A dataset of so many different tokens, as far as the estimate looks. */
	function dataOf(tokens: number): Dataset {
		const weights = new Float32Array(tokens).fill(1, 1);
		return { ...datasetOf('', [{ tokens: new Int32Array(tokens), weights, file: 0 }], []), hash: '' };
	}

	function planOf(
		file: TensorFile,
		settings: TrainingSettings,
		free = PLENTY,
		on: PlannedDevice = device,
	): MemoryPlan {
		return planMemory(
			readShape(file.header),
			file.header.tensors,
			settings,
			dataOf(300),
			on,
			free,
			DEFAULT_KERNELS,
		);
	}

	/** Whether an estimate is within a share of what was taken. */
	function near(estimate: number, taken: number, share: number, what: string): void {
		const ratio = estimate / taken;
		assert.ok(Math.abs(ratio - 1) <= share, `${what}: ${estimate} instead of ${taken} (${ratio.toFixed(3)})`);
	}

	for (const [name, changes] of Object.entries(SHAPES)) {
		it(`${name}: weights within 5 %, intermediate results within 25 %`, async () => {
			const file = new TensorFile(randomModelFile({ ...SHAPE, ...changes }));
			for (const topLayers of [0, 2]) {
				const settings: TrainingSettings = { ...TRAINER_SETTINGS, rank: 16, topLayers };
				const learner = await Learner.load(
					device,
					device,
					file,
					{
						settings,
						kernels: planOf(file, settings).kernels,
						checkpointing: false,
						tokens: Array.from({ length: 299 }, (_, index) => index + 1),
						random: 1,
					},
					() => undefined,
					never,
				);
				const { estimate } = planOf(file, settings);
				near(estimate.weights, learner.base.bytes, 0.05, 'weights');
				near(estimate.optimiser, learner.lora.bytes + learner.optimizer.bytes, 0.05, 'optimiser');
				assert.equal(estimate.parameters, learner.optimizer.parameters);
				for (const sequenceLength of [128, 512, 1024]) {
					for (const gradientCheckpointing of ['off', 'on'] as const) {
						const dropout = sequenceLength === 512 ? 0.1 : 0;
						const asked = { ...settings, sequenceLength, gradientCheckpointing, dropout };
						const { activations } = planOf(file, asked).estimate;
						const masks = dropout > 0 ? new DropoutMasks(device, dropout, randomFrom(1)) : undefined;
						const graph = graphOf(learner, sequenceLength, gradientCheckpointing === 'on', masks);
						const what = `${topLayers} top layers, ${sequenceLength} tokens, checkpointing ${gradientCheckpointing}`;
						near(
							activations,
							graph.graph.measure() + (masks === undefined ? 0 : poolBytes(learner)),
							0.25,
							what,
						);
						graph.dispose();
						masks?.dispose();
					}
				}
				learner.dispose();
			}
			file.dispose();
		});
	}

	function graphOf(
		learner: Learner,
		length: number,
		checkpointing: boolean,
		dropout: DropoutMasks | undefined,
	) {
		const { base, lora, optimizer } = learner;
		return new StepGraph(
			device,
			{ base, lora, optimizer, dropout },
			{
				forms: formsOf(device),
				keepIn: 'BF16',
				products: 'F32',
				length,
				sequences: 1,
				rows: length,
				checkpointing,
			},
		);
	}

	/** 2,048 rows of masks for each length of what A sees. */
	function poolBytes({ shape }: Learner): number {
		const inputs = new Set([shape.width, shape.heads * shape.headSize, shape.feedForward]);
		return [...inputs].reduce((sum, input) => sum + input * 2_048 * 4, 0);
	}

	for (const [type, copies] of [
		['Q8_0', 'Q8_0'],
		['Q8_0', 'BF16'],
		['BF16', 'Q8_0'],
	] as const) {
		it(`${type} with copies in ${copies}: loading takes no more than was said, and gives it back`, function () {
			if (process.platform !== 'linux') {
				this.skip();
			}
			// Nearly all of it is one matrix: to turn that over in one piece would take 0.6 GB.
			const file = randomModelFile({ ...SHAPE, type, layers: 1, vocabulary: 250_000 });
			const found: LoadingPeak = JSON.parse(
				execFileSync(process.execPath, [findBuilt('loadingPeak.entry.mjs'), file, copies], {
					encoding: 'utf8',
				}),
			);
			const { weights, loading, loaded, peak, left } = found;
			assert.ok(peak <= weights + loading, JSON.stringify(found));
			assert.ok(peak > loaded, JSON.stringify(found));
			assert.ok(left < loaded + loading / 2, JSON.stringify(found));
		});
	}

	it('counts loading where it takes more than a step', () => {
		const file = new TensorFile(randomModelFile({ ...SHAPE, layers: 1, vocabulary: 40_000 }));
		const settings: TrainingSettings = { ...TRAINER_SETTINGS, sequenceLength: 64 };
		const { weights, optimiser, activations, total } = planOf(file, settings).estimate;
		const largest = 40_000 * 256 * (34 / 32);
		assert.ok(total > weights + optimiser + activations);
		assert.ok(total > weights + largest);
		file.dispose();
	});

	it('says it in parts, and on which device', async () => {
		const order = await orderOf({ sequenceLength: 128 });
		const { messages } = await trainToEnd(order);
		const [estimate] = said(messages, 'estimate').map((message) => message.estimate);
		assert.ok(estimate !== undefined);
		assert.equal(estimate.total, estimate.weights + estimate.optimiser + estimate.activations);
		assert.deepEqual([estimate.threads, estimate.stepMilliseconds], [1, undefined]);
		assert.match(estimate.device, /^CPU: ./);
	});

	it('switches gradient checkpointing on only where memory is short', () => {
		const file = new TensorFile(randomModelFile(SMALL_MATRICES));
		const settings: TrainingSettings = { ...TRAINER_SETTINGS, sequenceLength: 512 };
		const total = (gradientCheckpointing: 'on' | 'off') =>
			planOf(file, { ...settings, gradientCheckpointing }).estimate.total;
		const [without, withIt] = [total('off'), total('on')];
		assert.ok(withIt < without);
		const chosen = (
			free: number,
			gradientCheckpointing: TrainingSettings['gradientCheckpointing'] = 'auto',
		) => {
			const { estimate, refusal } = planOf(file, { ...settings, gradientCheckpointing }, free);
			assert.equal(estimate.total, estimate.gradientCheckpointing ? withIt : without);
			assert.equal(estimate.free, free);
			return [estimate.gradientCheckpointing, refusal === undefined];
		};
		// A tenth stays for others.
		assert.deepEqual(chosen(without / 0.89), [false, true]);
		assert.deepEqual(chosen(without / 0.91), [true, true]);
		assert.deepEqual(chosen(withIt / 0.89), [true, true]);
		assert.deepEqual(chosen(withIt / 0.91), [true, false]);
		assert.deepEqual(chosen(without / 0.91, 'off'), [false, false]);
		assert.deepEqual(chosen(PLENTY, 'on'), [true, true]);
		file.dispose();
	});

	it('says what would fit, and only where something would', () => {
		const file = new TensorFile(randomModelFile(SMALL_MATRICES));
		const settings: TrainingSettings = { ...TRAINER_SETTINGS, sequenceLength: 1024 };
		const totalAt = (sequenceLength: number) =>
			planOf(file, { ...settings, sequenceLength, gradientCheckpointing: 'on' }).estimate.total;
		const free = totalAt(384) / 0.89;
		assert.ok(totalAt(512) > free * 0.9);
		assert.match(
			planOf(file, settings, free).refusal ?? '',
			/^Fine-tuning random qwen2 4x256 needs about \d+\.\d GB of memory, and \d+\.\d GB are free\. With gradient checkpointing, a sequence length of 384 would fit \(familiar\.finetune\.sequenceLength\); or close other programs\.$/,
		);
		assert.match(
			planOf(file, settings, 1_000).refusal ?? '',
			/Choose a smaller model, or close other programs\.$/,
		);
		const gpu = { name: 'CUDA0', description: 'NVIDIA T400', isCpu: false, threads: 1, repacking: new Map() };
		assert.match(
			planOf(file, settings, 1_000, gpu).refusal ?? '',
			/Choose a smaller model, or close other programs\. Or set familiar\.model\.backend to cpu\.$/,
		);
		file.dispose();
	});

	it('refuses before anything is loaded', async () => {
		const order = await orderOf();
		const { error, messages } = await train(order, { freeBytes: 1_000 });
		assert.ok(error instanceof RunFailure);
		assert.equal(error.code, 'memory');
		assert.match(error.message, /^Fine-tuning random qwen2 2x128 needs about/);
		assert.deepEqual(
			messages.map((message) => (message.type === 'phase' ? message.phase : message.type)),
			['checking', 'estimate'],
		);
	});
});
