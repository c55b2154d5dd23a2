/** A model that does not fit: fewer layers, then the CPU, with the reason; what the user chose is refused, never changed. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import type { LlamaLibrary } from '../../../../src/inference/engine/llamaLibrary';
import { LlamaShare } from '../../../../src/inference/engine/llamaShare';
import { adviseOnMemory, explainShrinking, isMemoryError } from '../../../../src/inference/engine/loadAdvice';
import { explainFailure } from '../../../../src/inference/engine/loadPlan';
import { ModelLoader } from '../../../../src/inference/engine/modelLoader';
import { shapeOf } from '../../../../src/inference/fit/shape';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import type { LoadOptions } from '../../../../src/inference/model';
import { never, temporaryFolder } from '../../../support/engines';
import { TINY_MODEL, writeRandomModel } from '../../../support/randomModel';

const LAYERS = 8;

/** A machine whose GPU has room for so many layers, and whose contexts work with so many of them and so many tokens. */
interface Limits {
	readonly gpu?: boolean;
	/** Layers that the library thinks fit. */
	readonly room?: number;
	/** Layers with which a context can really be made. */
	readonly works?: number;
	/** Tokens of a context for which there is memory. */
	readonly context?: number;
	/** Layers with which loading itself fails. */
	readonly dies?: number;
}

type Asked = number | { readonly max?: number; readonly fitContext: { readonly contextSize: number } };

function machine({ gpu = true, room = LAYERS + 1, works = 99, context = 99_999, dies = 99 }: Limits) {
	const tries: string[] = [];
	let open = 0;
	const insufficient = (what: string) =>
		Object.assign(new Error(`${what} is too large for the available VRAM`), {
			name: 'InsufficientMemoryError',
		});
	const opened = (kind: 'cuda' | false) => {
		open++;
		const llama = {
			gpu: kind,
			maxThreads: 1,
			dispose: async () => {
				open--;
			},
			getGpuDeviceNames: async () => ['a card'],
			getVramState: async () => ({ total: 2e9, used: 1e9, free: 1e9, unifiedSize: 0 }),
			loadModel: async ({ gpuLayers: asked }: { gpuLayers: Asked }) => {
				const most = kind === false ? 0 : room;
				const gpuLayers = typeof asked === 'number' ? asked : Math.min(most, asked.max ?? 99);
				tries.push(`${kind === false ? 'cpu' : kind} ${gpuLayers}`);
				if (gpuLayers > most || gpuLayers >= dies) {
					throw insufficient(`${gpuLayers} layers`);
				}
				return {
					llama,
					gpuLayers,
					fileInfo: { architectureMetadata: {} },
					dispose: async () => undefined,
					createContext: async ({ contextSize }: { contextSize: number | { min: number; max: number } }) => {
						const size = typeof contextSize === 'number' ? contextSize : Math.min(contextSize.max, context);
						if (gpuLayers > works || size > context) {
							throw insufficient(`A context size of ${size}`);
						}
						return {
							contextSize: size,
							getSequence: () => ({ contextSize: size, needsCheckpoints: true }),
							dispose: async () => undefined,
						};
					},
				};
			},
		};
		return llama;
	};
	const library = {
		open: async (asked: string | false) => opened(asked === false || !gpu ? false : 'cuda'),
		gpus: async () => [],
	} as unknown as LlamaLibrary;
	const lines: string[] = [];
	return {
		tries,
		lines,
		get open() {
			return open;
		},
		load: (options: LoadOptions) =>
			new ModelLoader(new LlamaShare(library, (line) => lines.push(line)), (line) => lines.push(line)).load(
				options,
				() => undefined,
				never,
			),
	};
}

describe('inference/engine/modelLoader', () => {
	let options: LoadOptions;
	before(() => {
		const file = path.join(temporaryFolder(), 'a.gguf');
		writeRandomModel(file, { ...TINY_MODEL, layers: LAYERS, contextLength: 8_192 });
		options = { path: file, backend: 'auto', contextSize: 0, gpuLayers: -1, cacheFolder: temporaryFolder() };
	});

	it('says nothing where everything fits', async () => {
		const { load, tries } = machine({});
		const { fallbackReason, slot } = await load(options);
		assert.equal(fallbackReason, undefined);
		assert.equal(slot.contextSize, 8_192);
		assert.deepEqual(tries, ['cuda 9']);
	});

	it('says how many layers the GPU has room for, and how much context there is memory for', async () => {
		const { fallbackReason } = await machine({ room: 5, context: 2_048 }).load(options);
		assert.equal(
			fallbackReason,
			'The GPU has room for 5 of 9 layers, so the processor computes the others. There is memory for a context of 2048 tokens, so these are used instead of 8192.',
		);
	});

	it('takes half of the layers where a context does not fit after all, and says so once', async () => {
		const { load, tries, lines } = machine({ works: 4 });
		const { fallbackReason } = await load(options);
		assert.deepEqual(tries, ['cuda 9', 'cuda 4']);
		assert.match(
			fallbackReason ?? '',
			/^The model did not fit on the GPU \(.*\), so fewer layers are on the GPU\.$/,
		);
		assert.deepEqual(lines, [fallbackReason]);
	});

	it('takes half of all layers where loading itself fails', async () => {
		const { load, tries } = machine({ dies: 5 });
		await load(options);
		assert.deepEqual(tries, ['cuda 9', 'cuda 4']);
	});

	it('takes the CPU in the end, and tries nothing twice', async () => {
		const limited = machine({ works: 0 });
		const { fallbackReason } = await limited.load(options);
		assert.deepEqual(limited.tries, ['cuda 9', 'cuda 4', 'cpu 0']);
		assert.match(fallbackReason ?? '', /so the CPU is used\.$/);
		// One of each: both stay open for other models.
		assert.equal(limited.open, 2);
	});

	it('never takes the CPU where a GPU was chosen', async () => {
		const limited = machine({ works: 0 });
		await assert.rejects(limited.load({ ...options, backend: 'cuda' }), /too large/);
		assert.deepEqual(limited.tries, ['cuda 9', 'cuda 4']);
		assert.equal(limited.open, 1);
	});

	it('refuses layers that the user chose, with the setting and what would fit', async () => {
		const limited = machine({ room: 3 });
		const error = await limited.load({ ...options, gpuLayers: 7 }).then(
			() => assert.fail('it was loaded'),
			(reason: unknown) => reason,
		);
		assert.deepEqual(limited.tries, ['cuda 7']);
		const problem = explainFailure(error, 'a.gguf', { ...options, gpuLayers: 7 });
		assert.equal(problem.code, 'out-of-memory');
		assert.match(problem.message, /7 layers is too large.* familiar\.model\.gpuLayers is 7: .*-1/);
	});

	it('refuses a context that the user chose, with the setting and what would fit', async () => {
		const limited = machine({ gpu: false, context: 2_048 });
		await assert.rejects(
			limited.load({ ...options, contextSize: 4_096 }),
			/A context size of 4096 is too large .*familiar\.model\.contextSize is 4096: about \d+ would fit, and 0 chooses/,
		);
		assert.deepEqual(limited.tries, ['cpu 0']);
	});
});

describe('inference/engine/loadAdvice', () => {
	it('finds nothing to say where nothing was chosen or nothing shrank', () => {
		const nothing = { wanted: 0, given: 0 };
		assert.equal(explainShrinking({ layers: nothing, context: { wanted: 8_192, given: 8_192 } }), undefined);
		const shape = shapeOf({ metadata: new Map(), tensors: [] });
		assert.equal(adviseOnMemory(shape, { contextSize: 0, gpuLayers: -1 }, 8_192, undefined), undefined);
	});

	it('counts what would fit from the free memory', () => {
		const file = path.join(temporaryFolder(), 'b.gguf');
		writeRandomModel(file, { ...TINY_MODEL, layers: LAYERS, width: 256, heads: 4, keyValueHeads: 4 });
		const shape = shapeOf(readGgufFile(file));
		const chosen = { contextSize: 1 << 20, gpuLayers: -1 };
		const free = { host: 400e6, gpu: 0 };
		const advice = adviseOnMemory(shape, chosen, chosen.contextSize, free) ?? '';
		const fits = Number(/about (\d+) would fit/.exec(advice)?.[1]);
		assert.ok(fits > 4_096 && fits < 40_000, advice);
		assert.match(
			adviseOnMemory(shape, chosen, chosen.contextSize, { host: 1e6, gpu: 0 }) ?? '',
			/contextSize is 1048576: choose a smaller one, or 0 for what fits/,
		);
		const layers = adviseOnMemory(shape, { contextSize: 0, gpuLayers: 9 }, 32_768, { host: 8e9, gpu: 0.6e9 });
		assert.match(layers ?? '', /gpuLayers is 9: about [1-8] would fit/);
	});

	it('knows what is about memory', () => {
		for (const message of [
			'failed to allocate buffer',
			'Out of memory',
			'x is too large for the available RAM',
		]) {
			assert.equal(isMemoryError(new Error(message)), true, message);
		}
		assert.equal(isMemoryError(new Error('Failed to load model')), false);
		assert.equal(isMemoryError(Object.assign(new Error('x'), { name: 'InsufficientMemoryError' })), true);
	});
});
