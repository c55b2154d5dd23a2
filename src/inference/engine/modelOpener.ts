/** From a file to a model that answers: loaded, measured on this machine, and described. */

import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { fileIdentity } from '../fileIdentity';
import { PROMPT_FORMAT_VERSION } from '../fillFormat';
import { type KeptSpeed, readSpeed } from '../fit/profile';
import type { LoadOptions, ModelDescription } from '../model';
import { AdapterInspector } from './adapterInspector';
import { calibrate } from './calibration';
import { chatRenderer } from './chatRenderer';
import { type Caller, claimOf, URGENT } from './claim';
import { ContextPool } from './contextPool';
import { countCores } from './cores';
import type { EngineSession } from './engine';
import type { Gate } from './gate';
import { LlamaGenerator } from './llamaGenerator';
import type { LlamaLibrary } from './llamaLibrary';
import type { LlamaShare, Speed } from './llamaShare';
import { deviceOf, rememberModel } from './machineMemory';
import { fileFacts, isOnGpu, machineFacts } from './modelFacts';
import { type LoadedFile, ModelLoader } from './modelLoader';
import { ModelTokens } from './modelTokens';
import { Running } from './running';
import { TextEmbedder } from './textEmbedder';
import { measureWriting } from './writeSpeed';

/** Text that is fed for measuring; what it says does not matter. */
const SAMPLE = 'export function sum(values: readonly number[]): number {\n\tlet total = 0;\n'.repeat(16);

/** Guesses are evaluated as fast as a prompt is: this many times faster than single tokens, and few right ones pay. */
const GUESSING_PAYS = 2;

/** Tokens of the text after which writing is measured. */
const WRITTEN_AFTER = 4;

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
		private readonly share: LlamaShare,
		private readonly log: (line: string) => void,
		private readonly mayGuess: boolean,
	) {
		this.#loader = new ModelLoader(share, log);
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
		const begun = performance.now();
		const file = await this.#loader.load(options, (fraction) => onProgress(fraction * LOADING), signal);
		const { gate } = this.share;
		try {
			const tokens = new ModelTokens(this.library, file.model);
			const { calibration, writeMilliseconds, measuredSpeed } = await this.#speed(
				options,
				file,
				tokens,
				signal,
			);
			const facts = fileFacts(this.library, file.model, options.path);
			const chat = chatRenderer(
				`${facts.name} ${path.basename(options.path)}`,
				tokens,
				file.model,
				this.library,
			);
			const machine = await machineFacts(this.library, file.llama);
			const { contextSize } = file.slot;
			const expected = await rememberModel(
				{
					file,
					facts,
					machine,
					calibration,
					writeMilliseconds,
					cacheFolder: options.cacheFolder,
					measuredSpeed,
				},
				this.log,
			);
			throwIfAborted(signal);
			onProgress(1);
			const { chunk } = calibration;
			const contexts = new ContextPool(
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
			const embedder = new TextEmbedder(file.model, tokens, gate, file.threads);
			const running = new Running();
			const start = (caller: Caller) => {
				const enter = () => contexts.enter(caller);
				return new LlamaGenerator(loaded, enter(), enter, gate, inspector, embedder, running, caller);
			};
			const end = async () => {
				running.abortAll();
				await embedder.dispose();
				await contexts.dispose();
				await gate.step(URGENT, () => file.model.dispose(), new AbortController().signal);
			};
			return new OpenModel(file, start, end, {
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
				notFaster: file.notFaster,
				threads: calibration.threads,
				prefillTokensPerSecond: calibration.prefillTokensPerSecond,
				decodeTokensPerSecond: 1_000 / writeMilliseconds,
				prefillChunk: chunk,
				expected,
				loadMilliseconds: performance.now() - begun,
				adapters: [],
				promptFormat: PROMPT_FORMAT_VERSION,
			});
		} catch (error) {
			await gate.step(URGENT, () => file.model.dispose(), new AbortController().signal);
			throw error;
		}
	}

	/** Measured once, and not again in another process for a while: a model that comes back to memory is waited for. */
	async #speed(
		options: LoadOptions,
		file: LoadedFile,
		tokens: ModelTokens,
		signal: AbortSignal,
	): Promise<Speed & { readonly measuredSpeed: KeptSpeed | undefined }> {
		const { gate, calibrations } = this.share;
		const { gpuLayers, llama } = file.model;
		const identity = await fileIdentity(options.path);
		const key = JSON.stringify([options.path, identity, llama.gpu, gpuLayers, file.slot.contextSize]);
		const known = calibrations.get(key);
		if (known !== undefined) {
			file.threads.use(known.calibration.threads, known.calibration);
			return { ...known, measuredSpeed: undefined };
		}
		const device = deviceOf(await machineFacts(this.library, file.llama));
		const kept = await readSpeed(options.cacheFolder, device, key, Date.now());
		if (kept !== undefined) {
			await touch(file, tokens, gate, signal);
			file.threads.use(kept.calibration.threads, kept.calibration);
			calibrations.set(key, kept);
			return { ...kept, measuredSpeed: undefined };
		}
		const measured = await measure(file, tokens, gate, signal);
		calibrations.set(key, measured);
		return { ...measured, measuredSpeed: { key, at: Date.now(), ...measured } };
	}
}

export class OpenModel {
	constructor(
		private readonly file: LoadedFile,
		/** The model for one caller. */
		readonly session: (caller: Caller) => EngineSession,
		/** Ends what is running and frees everything. */
		readonly dispose: () => Promise<void>,
		readonly description: ModelDescription,
	) {}

	/** Bytes that are free on the GPU; undefined where main memory is used, too. */
	async freeMemory(): Promise<number | undefined> {
		return isOnGpu(this.file.model) ? (await this.file.llama.getVramState()).free : undefined;
	}
}

/** Reads the weights from the disk, and allocates: else the first request would wait for it. */
async function touch(
	{ slot, threads }: LoadedFile,
	tokens: ModelTokens,
	gate: Gate,
	signal: AbortSignal,
): Promise<void> {
	const half = Math.ceil(countCores() / 2);
	threads.use({ prefill: half, decode: half });
	await gate.step(
		claimOf('background'),
		async () => {
			await slot.completion.feed(tokens.tokenize(SAMPLE).slice(0, 1), 'interactive');
			await slot.completion.keep([]);
		},
		signal,
	);
}

async function measure(
	{ model, slot, threads }: LoadedFile,
	tokens: ModelTokens,
	gate: Gate,
	signal: AbortSignal,
): Promise<Speed> {
	const sample = tokens.tokenize(SAMPLE);
	const calibration = await calibrate(
		{
			clear: async () => void (await slot.completion.keep([])),
			turn: (work) => gate.step(claimOf('background'), work, signal),
			feed: (tokens) => slot.completion.feed(tokens, 'interactive'),
			useThreads: (chosen) => threads.use(chosen),
		},
		sample.length > 0 ? sample : [0],
		isOnGpu(model) ? 1 : countCores(),
		signal,
	);
	threads.use(calibration.threads, calibration);
	const written = await gate.step(
		claimOf('background'),
		() => measureWriting(slot.completion, sample.length > 0 ? sample.slice(0, WRITTEN_AFTER) : [0], signal),
		signal,
	);
	return { calibration, writeMilliseconds: written ?? 1_000 / calibration.decodeTokensPerSecond };
}
