/** From a file to a model that answers: loaded, measured on this machine, and described. */

import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { PROMPT_FORMAT_VERSION } from '../fillFormat';
import type { LoadOptions, ModelDescription } from '../model';
import { AdapterInspector } from './adapterInspector';
import { type Calibration, calibrate } from './calibration';
import { chatRenderer } from './chatRenderer';
import { countCores } from './cores';
import { Gate } from './gate';
import { LlamaGenerator } from './llamaGenerator';
import type { LlamaLibrary } from './llamaLibrary';
import { fileFacts, isOnGpu, machineFacts } from './modelFacts';
import { type LoadedFile, ModelLoader } from './modelLoader';
import { ModelTokens } from './modelTokens';
import { Slots } from './slots';
import { TextEmbedder } from './textEmbedder';

/** Text that is fed for measuring; what it says does not matter. */
const SAMPLE = 'export function sum(values: readonly number[]): number {\n\tlet total = 0;\n'.repeat(16);

/** Guesses are evaluated as fast as a prompt is: this many times faster than single tokens, and few right ones pay. */
const GUESSING_PAYS = 2;

/** Share of the progress that loading makes up; the rest is measuring. */
const LOADING = 0.9;

export class ModelOpener {
	readonly #loader: ModelLoader;

	/**
	 * @param log lines of the native libraries and of the engine.
	 * @param mayGuess whether tokens may be guessed where that pays.
	 */
	constructor(
		private readonly library: LlamaLibrary,
		private readonly log: (line: string) => void,
		private readonly mayGuess: boolean,
	) {
		this.#loader = new ModelLoader(library, log);
	}

	/**
	 * @param onProgress gets fractions from 0 to 1.
	 * @throws AbortError when the signal fires, else whatever kept it from working; nothing stays in memory then.
	 */
	async open(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<OpenModel> {
		const start = performance.now();
		const file = await this.#loader.load(options, (fraction) => onProgress(fraction * LOADING), signal);
		try {
			const tokens = new ModelTokens(this.library, file.model);
			const calibration = await measure(file, tokens, signal);
			const facts = fileFacts(this.library, file.model, options.path);
			const chat = chatRenderer(
				`${facts.name} ${path.basename(options.path)}`,
				tokens,
				file.model,
				this.library,
			);
			const machine = await machineFacts(this.library, file.llama);
			throwIfAborted(signal);
			onProgress(1);
			const { contextSize } = file.slot;
			const { chunk } = calibration;
			const gate = new Gate();
			const slots = new Slots(
				file.slot,
				(adapters, signal) => file.maker.make(contextSize, adapters, signal),
				gate,
				this.log,
			);
			const inspector = new AdapterInspector(
				{ path: options.path, cacheFolder: options.cacheFolder },
				facts.name,
			);
			const guesses =
				this.mayGuess &&
				calibration.prefillTokensPerSecond > GUESSING_PAYS * calibration.decodeTokensPerSecond;
			const { control } = tokens;
			const constrain = (grammar: string) => this.library.constraint(file.model, grammar, control);
			const loaded = { tokens, chat, constrain, contextSize, chunk, guesses };
			const embedder = new TextEmbedder(file.model, tokens);
			return new OpenModel(file, new LlamaGenerator(loaded, slots, gate, inspector, embedder), {
				...facts,
				...machine,
				contextSize,
				fill: tokens.capability,
				chat: {
					type: 'chat',
					wrapper: chat.format,
					...(chat.calls === undefined ? {} : { callsTools: true }),
				},
				fallbackReason: file.fallbackReason,
				threads: calibration.threads,
				prefillTokensPerSecond: calibration.prefillTokensPerSecond,
				decodeTokensPerSecond: calibration.decodeTokensPerSecond,
				prefillChunk: chunk,
				loadMilliseconds: performance.now() - start,
				adapters: [],
				promptFormat: PROMPT_FORMAT_VERSION,
			});
		} catch (error) {
			await file.llama.dispose();
			throw error;
		}
	}
}

export class OpenModel {
	constructor(
		private readonly file: LoadedFile,
		readonly generator: LlamaGenerator,
		readonly description: ModelDescription,
	) {}

	/** Ends what is running and frees everything. */
	async dispose(): Promise<void> {
		try {
			await this.generator.dispose();
			await this.file.model.dispose();
		} finally {
			await this.file.llama.dispose();
		}
	}
}

async function measure(
	{ model, slot, threads }: LoadedFile,
	tokens: ModelTokens,
	signal: AbortSignal,
): Promise<Calibration> {
	const sample = tokens.tokenize(SAMPLE);
	const calibration = await calibrate(
		{
			clear: async () => void (await slot.completion.keep([])),
			feed: (tokens) => slot.completion.feed(tokens, 'interactive'),
			useThreads: (chosen) => threads.use(chosen),
		},
		sample.length > 0 ? sample : [0],
		isOnGpu(model) ? 1 : countCores(),
		signal,
	);
	threads.use(calibration.threads, calibration);
	return calibration;
}
