/** The engine's own answers to requests, with the real vocabulary of a file and lanes that evaluate nothing and record. */
import * as assert from 'node:assert/strict';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { AdapterInspector } from '../../src/inference/engine/adapterInspector';
import { BatchThreads } from '../../src/inference/engine/batchThreads';
import { ANYBODY } from '../../src/inference/engine/claim';
import type { Slot } from '../../src/inference/engine/contextPlace';
import { ContextPool } from '../../src/inference/engine/contextPool';
import { Gate } from '../../src/inference/engine/gate';
import type { Sampled, Sampling } from '../../src/inference/engine/lane';
import { LlamaGenerator } from '../../src/inference/engine/llamaGenerator';
import { Lock } from '../../src/inference/engine/lock';
import type { ModelTokens } from '../../src/inference/engine/modelTokens';
import { Running } from '../../src/inference/engine/running';
import { TextEmbedder } from '../../src/inference/engine/textEmbedder';

/** Tokens of a recorder's context. */
export const RECORDED_CONTEXT = 2048;

/** A sequence that holds what it was fed: the prompt, as serving has it. */
class RecordingLane {
	readonly lock = new Lock();
	readonly contextSize = RECORDED_CONTEXT;
	held: number[] = [];
	/** Whether tokens could be guessed, one for each answer. */
	readonly guessed: boolean[] = [];

	/** @param stop token that ends each answer. */
	constructor(private readonly stop: number) {}

	readonly knownTyped = () => 0;

	async keep(): Promise<number> {
		this.held = [];
		return 0;
	}

	async feed(tokens: readonly number[]): Promise<void> {
		this.held.push(...tokens);
	}

	async *sample(tokens: readonly number[], { guesses }: Sampling): AsyncGenerator<Sampled, void> {
		this.guessed.push(guesses);
		this.held.push(...tokens);
		yield { token: this.stop, logProbability: undefined };
	}

	async score(): Promise<number[]> {
		return [];
	}
}

/** What a test makes of the file's vocabulary. */
interface Parts {
	readonly tokens: ModelTokens;
	readonly chat: ConstructorParameters<typeof LlamaGenerator>[0]['chat'];
	/** Token that ends each answer. */
	readonly stop: number;
}

export class Recorder {
	private constructor(
		private readonly llama: Llama,
		readonly tokens: ModelTokens,
		readonly lane: RecordingLane,
		readonly generator: LlamaGenerator,
	) {}

	static async open(file: string, partsOf: (loaded: LlamaModel) => Parts): Promise<Recorder> {
		const llama = await getLlama({
			gpu: false,
			build: 'never',
			skipDownload: true,
			progressLogs: false,
			logLevel: LlamaLogLevel.error,
		});
		const loaded = await llama.loadModel({ modelPath: file, gpuLayers: 0, vocabOnly: true });
		const { tokens, chat, stop } = partsOf(loaded);
		const lane = new RecordingLane(stop);
		const slot: Slot = { adapters: [], completion: lane, chat: lane, dispose: async () => undefined };
		const gate = new Gate();
		const contexts = new ContextPool(
			slot,
			async () => slot,
			gate,
			() => undefined,
		);
		const enter = () => contexts.enter(ANYBODY);
		const constrain = () => assert.fail('not asked for');
		const model = { tokens, chat, constrain, contextSize: RECORDED_CONTEXT, chunk: 128, guesses: true };
		const inspector = new AdapterInspector({ path: file, cacheFolder: '' }, '');
		const embedder = new TextEmbedder(loaded, tokens, gate, new BatchThreads());
		return new Recorder(
			llama,
			tokens,
			lane,
			new LlamaGenerator(model, enter(), enter, gate, inspector, embedder, new Running()),
		);
	}

	dispose(): Promise<void> {
		return this.llama.dispose();
	}
}
