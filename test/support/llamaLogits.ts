/** Logits as llama.cpp computes them, with keys and values in F32, to compare others with. */
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { asTokens } from '../../src/inference/engine/tokenIds';

export class LlamaLogits {
	private constructor(private readonly llama: Llama) {}

	/** Opens llama.cpp on the CPU. */
	static async open(): Promise<LlamaLogits> {
		return new LlamaLogits(
			await getLlama({
				gpu: false,
				build: 'never',
				skipDownload: true,
				progressLogs: false,
				logLevel: LlamaLogLevel.error,
			}),
		);
	}

	dispose(): Promise<void> {
		return this.llama.dispose();
	}

	/** For each token, the logits of what follows it, one for each token of the vocabulary. */
	async logits(
		file: string,
		tokens: readonly number[],
		adapter?: { readonly path: string; readonly scale: number },
	): Promise<readonly Float64Array[]> {
		const model = await this.llama.loadModel({ modelPath: file, gpuLayers: 0 });
		try {
			const context = await model.createContext({
				contextSize: tokens.length + 8,
				batchSize: tokens.length,
				// More would only wait for each other in models as small as these.
				threads: 1,
				flashAttention: false,
				swaFullCache: true,
				// Half precision, the default, would hide errors below a thousandth.
				experimentalKvCacheKeyType: 'F32',
				experimentalKvCacheValueType: 'F32',
				...(adapter === undefined
					? {}
					: { lora: { adapters: [{ filePath: adapter.path, scale: adapter.scale }] } }),
			});
			const output = await context
				.getSequence()
				.controlledEvaluate(asTokens(tokens).map((token) => [token, { generateNext: { logits: true } }]));
			return output.map((one) => {
				const logits = one?.next.logits;
				if (logits === undefined) {
					throw new Error('llama.cpp gave no logits');
				}
				const values = new Float64Array(logits.size);
				for (const [token, logit] of logits) {
					values[token] = logit;
				}
				return values;
			});
		} finally {
			await model.dispose();
		}
	}
}
