/** A host whose model is on a GPU of 24 layers, with memory for fewer once it works: what was free at load, others take. */
import { runHost } from '../../src/inference/host/hostProcess';
import type { FillRequest, GenerationEvent, LoadOptions, ModelDescription } from '../../src/inference/model';
import { ModelUnavailable } from '../../src/inference/model';
import { FakeEngine } from './fakeEngine';

const LAYERS = 24;

/**
 * `gpu-N`: generates with N layers on the GPU, dies with more. `full-N`: the same, and fewer than all are refused at load.
 * `eval-N`: a batch fails with more, without any death.
 */
class GpuEngine extends FakeEngine {
	private layers = 0;
	private works = 0;
	private onlyFails = false;

	override async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		const description = await super.load(options, onProgress, signal);
		const [, kind, works] = /(gpu|full|eval)-(\d+)$/.exec(options.path) ?? [];
		const isOnGpu = options.backend !== 'cpu';
		this.works = Number(works);
		this.onlyFails = kind === 'eval';
		this.layers = isOnGpu ? (options.gpuLayers < 0 ? LAYERS : options.gpuLayers) : 0;
		if (kind === 'full' && this.layers > 0 && this.layers < LAYERS) {
			throw new ModelUnavailable({ code: 'out-of-memory', message: 'It is full.', remedies: [] });
		}
		return { ...description, backend: isOnGpu ? 'cuda' : 'cpu', gpuLayers: this.layers, totalLayers: LAYERS };
	}

	override fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		if (this.layers > this.works) {
			if (this.onlyFails) {
				throw new Error('Eval has failed');
			}
			console.error('CUDA error: out of memory');
			process.abort();
		}
		return super.fill(request, signal);
	}
}

await runHost(
	() => new GpuEngine(),
	() => undefined,
	'fake',
);
