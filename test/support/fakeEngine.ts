/** An engine without native code, steered by what it is asked: for faults that a real model cannot be made to have. */
import * as fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { abortError } from '../../src/inference/cancel';
import type { Engine, EngineSession } from '../../src/inference/engine/engine';
import {
	type Adapter,
	type AdaptersInUse,
	type ChatRequest,
	type ChatScores,
	type Embedding,
	type EncodeChatsRequest,
	type Encoded,
	type EncodedChats,
	type EncodeRequest,
	type FillRequest,
	type GenerationEvent,
	type Generator,
	type InspectedAdapter,
	type LoadOptions,
	type ModelDescription,
	ModelUnavailable,
	type Prefilled,
	type ScoreChatsRequest,
	type ScoredFills,
	type ScoreFillsRequest,
	type Scores,
	type Tokens,
	type Unsupported,
} from '../../src/inference/model';
import { FakeModel, factsOf, fakeDescription } from './fakeModel';

/** The end of a text that scripted engines write, in figures that no test looks at. */
export function endOfText(generatedTokens = 1): GenerationEvent {
	const statistics = {
		promptTokens: 1,
		reusedTokens: 0,
		generatedTokens,
		prefillMilliseconds: 1,
		decodeMilliseconds: 1,
	};
	return { type: 'end', reason: 'end-of-text', statistics };
}

/** Of this process. */
let loads = 0;

/**
 * The model's path says what loading does, the last word of it after `fake:`: `abort`, `abort-again` (at the second load
 * of a process), `abort-unless-cpu`, `exit`, `hang`, `never`, `refuse`, `throw`; anything else loads.
 *
 * The prompt (`prefix`, or the last message) says what a generation does, word by word: `say N` tokens, `slow N`
 * (ms between tokens), `abort`, `hang`, `throw`, `giveUp`, `none`, `own` (tokens that name the process). `once FILE`: the fault only
 * happens where FILE does not exist; it is made before. Faults come after `say`'s tokens.
 */
export class FakeEngine implements Engine, Generator {
	private adapters: readonly Adapter[] = [];
	private chatAdapters: readonly Adapter[] = [];

	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		onProgress(0.5);
		loads++;
		switch (/fake:([\w-]+)/.exec(options.path)?.[1]) {
			case 'abort':
				console.error('GGML_ASSERT(fake) failed');
				process.abort();
				break;
			case 'abort-unless-cpu':
				if (options.backend !== 'cpu') {
					process.abort();
				}
				break;
			case 'abort-again':
				if (loads > 1) {
					process.abort();
				}
				break;
			case 'exit':
				process.exit(3);
				break;
			case 'hang':
				block();
				break;
			case 'never':
				await wait(1 << 30, undefined, { signal });
				break;
			case 'refuse':
				throw new ModelUnavailable({
					code: 'out-of-memory',
					message: 'Too large',
					remedies: ['use-starter'],
				});
			case 'throw':
				throw new Error('something odd');
			default:
		}
		onProgress(1);
		return describe(options);
	}

	/** The same engine with adapters of its own. */
	session(): EngineSession {
		const leave = () => undefined;
		const own: FakeEngine = Object.create(this);
		own.adapters = [];
		own.chatAdapters = [];
		return Object.assign(own, { leave });
	}

	fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.generate(request.prefix, signal);
	}

	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.generate(request.messages.at(-1)?.content ?? '', signal, this.chatAdapters);
	}

	/** The same faults as in a generation; what it says are the tokens that were reused. */
	async prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		let reusedTokens = 0;
		for await (const event of this.generate(request.prefix, signal)) {
			reusedTokens += event.type === 'text' ? 1 : 0;
			if (event.type === 'unsupported') {
				return event;
			}
		}
		return { type: 'prefilled', promptTokens: request.prefix.length, reusedTokens, milliseconds: 0 };
	}

	async tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		for await (const _event of this.generate(text, signal)) {
			// The same faults as in a generation.
		}
		return { type: 'tokens', tokens: [...text].map((character) => character.codePointAt(0) ?? 0) };
	}

	async score(): Promise<Scores | Unsupported> {
		return { type: 'scores', logProbabilities: [-0.5, -1] };
	}

	/** The scores of the fake model. */
	async scoreFills(request: ScoreFillsRequest): Promise<ScoredFills | Unsupported> {
		return new FakeModel().scoreFills(request);
	}

	async embed(): Promise<Embedding | Unsupported> {
		return { type: 'unsupported', reason: 'no embeddings' };
	}

	/**
	 * A path with `fake:abort` ends the process, one with `fake:misfit` is refused. `fake:abort-FILE` and
	 * `fake:misfit-FILE`: only where FILE exists.
	 */
	async useAdapters(adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		const refusal = faultOf(adapters);
		this.adapters = refusal === undefined ? adapters : this.adapters;
		return refusal ?? { type: 'adapters', adapters };
	}

	async inspectAdapter(path: string): Promise<InspectedAdapter | Unsupported> {
		return { type: 'facts', facts: factsOf(path), problem: undefined, warning: undefined };
	}

	/** The samples of the fake model. */
	async encode(request: EncodeRequest): Promise<Encoded | Unsupported> {
		return new FakeModel().encode(request);
	}

	/** The same, for `chat`. */
	async useChatAdapters(adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		const refusal = faultOf(adapters);
		this.chatAdapters = refusal === undefined ? adapters : this.chatAdapters;
		return refusal ?? { type: 'adapters', adapters };
	}

	async encodeChats(request: EncodeChatsRequest): Promise<EncodedChats | Unsupported> {
		return new FakeModel().encodeChats(request);
	}

	async scoreChats(request: ScoreChatsRequest): Promise<ChatScores | Unsupported> {
		return new FakeModel().scoreChats(request);
	}

	async dispose(): Promise<void> {
		this.adapters = [];
	}

	private async *generate(
		prompt: string,
		signal: AbortSignal,
		adapters = this.adapters,
	): AsyncGenerator<GenerationEvent> {
		const word = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(prompt)?.[1];
		const count = Number(word('say') ?? 0);
		const delay = Number(word('slow') ?? 0);
		const own = /\bown\b/.test(prompt) ? `${process.pid}-` : '';
		for (let index = 0; index < count; index++) {
			await wait(delay, undefined, { signal });
			if (index === 0) {
				yield {
					type: 'prefilled',
					promptTokens: prompt.length,
					reusedTokens: 1,
					prefillMilliseconds: 0,
				};
			}
			yield { type: 'text', text: `${own}t${index} `, logProbability: -0.5, tokens: 1 };
		}
		// Lets the text out before the fault.
		await wait(20, undefined, { signal });
		const marker = word('once');
		if (marker === undefined || !fs.existsSync(marker)) {
			if (marker !== undefined) {
				fs.writeFileSync(marker, '');
			}
			if (/\babort\b/.test(prompt)) {
				process.abort();
			}
			if (/\bhang\b/.test(prompt)) {
				block();
			}
			if (/\bthrow\b/.test(prompt)) {
				throw new Error('the engine failed');
			}
			if (/\bgiveUp\b/.test(prompt)) {
				throw abortError();
			}
		}
		if (/\bnone\b/.test(prompt)) {
			yield { type: 'unsupported', reason: 'cannot fill' };
			return;
		}
		yield {
			type: 'end',
			reason: adapters.length === 0 ? 'end-of-text' : 'length',
			statistics: {
				promptTokens: prompt.length,
				reusedTokens: 0,
				generatedTokens: count,
				prefillMilliseconds: 0,
				decodeMilliseconds: 0,
			},
		};
	}
}

/** The event loop stops for ever, as in a native call that does not return. */
function block(): never {
	for (;;) {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
	}
}

function describe(options: LoadOptions): ModelDescription {
	const contextSize = options.contextSize === 0 ? fakeDescription.contextSize : options.contextSize;
	return { ...fakeDescription, path: options.path, contextSize };
}

/** Ends the process, or refuses, where a path says so. */
function faultOf(adapters: readonly Adapter[]): Unsupported | undefined {
	for (const { path } of adapters) {
		const [, fault, file] = /fake:(abort|misfit)(?:-(\S+))?/.exec(path) ?? [];
		if (fault === undefined || (file !== undefined && !fs.existsSync(file))) {
			continue;
		}
		if (fault === 'abort') {
			process.abort();
		}
		return { type: 'unsupported', reason: 'It does not fit.' };
	}
	return undefined;
}
