/**
 * A model that a server serves, behind the same port as the local one.
 * Over 300 lines because it is the port, also for what no server can do.
 */

import type { RemoteRole } from '../../manifest';
import { abortError, isAbort, throwIfAborted, unlessAborted } from '../cancel';
import { messageOf } from '../failure';
import {
	type Adapter,
	type AdaptersInUse,
	type ChatRequest,
	type ChatScores,
	type Embedding,
	type Encoded,
	type EncodedChats,
	type FillRequest,
	type GenerationEvent,
	type InspectedAdapter,
	type Log,
	type Model,
	type ModelDescription,
	type ModelState,
	ModelUnavailable,
	type Prefilled,
	type ScoredFills,
	type Scores,
	type Subscription,
	type Tokens,
	type Unsupported,
} from '../model';
import type { Translate } from '../statusText';
import { adapterOf } from './adapter';
import type { ServerAddress } from './address';
import { Connection, type ConnectionOptions } from './connection';
import { describe } from './description';
import { askModel } from './facts';
import { preread } from './fill';
import { answer, askedOf, cannot, middle, type Ready } from './generating';
import { problemOf, ServerTrouble } from './problems';
import { listAt } from './reading';
import { askServer, servedModel } from './server';
import { Watch } from './watch';
import { Withheld } from './withheld';

export interface RemoteModelOptions {
	readonly role: RemoteRole;
	readonly address: ServerAddress;
	/** Why nothing may be sent there. Default: it may. */
	readonly refusal?: string;
	/** Undefined where the server wants none. */
	readonly key: () => PromiseLike<string | undefined>;
	/** As the server lists it; empty: the only one it has. */
	readonly model: string;
	/** One that the server lists as a model; or a llama-server's, by number or file, as `NAME=SCALE`; empty: none. */
	readonly adapter: string;
	readonly strictTls: () => boolean;
	/** What the server is told of who asks. */
	readonly agent: string;
	readonly translate: Translate;
	readonly log: Log;
	readonly limits?: ConnectionOptions['limits'];
	readonly certificate?: string;
	/** Milliseconds between two questions whether the server is back. */
	readonly delays?: readonly number[];
}

export class RemoteModel implements Model {
	private readonly watch: Watch;
	private readonly closing = new AbortController();
	private ready: Ready | undefined;
	/** Prompts that are read ahead; whoever waits at the cursor ends them. */
	private readonly ahead = new Set<AbortController>();

	/** It asks the server at once. */
	constructor(private readonly options: RemoteModelOptions) {
		this.watch = new Watch({
			ask: (signal) => this.ask(signal),
			problemOf: (error) => problemOf('broken', messageOf(error)),
			...(options.delays === undefined ? {} : { delays: options.delays }),
		});
		this.watch.onDidChange((state) => {
			const { host } = options.address;
			options.log.info(
				`${host} (${options.role}): ${state.type === 'failed' ? state.problem.code : state.type}`,
			);
		});
		void this.watch.check();
	}

	get state(): ModelState {
		return this.watch.state;
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		return this.watch.onDidChange(listener);
	}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void, undefined> {
		if (request.priority === 'interactive') {
			for (const reading of this.ahead) {
				reading.abort(abortError());
			}
		}
		const withheld = new Withheld();
		yield* this.generation((ready, both) => withheld.restore(middle(ready, request, withheld, both)), signal);
	}

	async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void, undefined> {
		const withheld = new Withheld();
		yield* this.generation(
			(ready, both) => withheld.restore(answer(ready, request, withheld, () => this.noTools(), both)),
			signal,
		);
	}

	/** Only llama-server reads ahead without writing. */
	async prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		const reading = new AbortController();
		this.ahead.add(reading);
		try {
			return await this.once(
				async ({ connection, facts, more }, both) => {
					return facts.fill.type === 'infill'
						? preread(connection, askedOf(request, new Withheld()), more, both)
						: this.cannot('read a prompt ahead');
				},
				AbortSignal.any([signal, reading.signal]),
			);
		} finally {
			this.ahead.delete(reading);
		}
	}

	tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		return this.once(async ({ connection, facts }, both) => {
			const content = new Withheld().hide(text);
			const body =
				facts.kind === 'llama-server'
					? { model: facts.name, content, add_special: false, parse_special: false }
					: facts.kind === 'vllm'
						? { model: facts.name, prompt: content, add_special_tokens: false }
						: undefined;
			if (body === undefined) {
				return this.cannot('count tokens');
			}
			const answer = await connection.json({ path: '/tokenize', body, limits: 'ask' }, both);
			const tokens = listAt(answer, 'tokens').filter((token) => typeof token === 'number');
			return { type: 'tokens', tokens };
		}, signal);
	}

	embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		return this.once(async ({ connection, facts }, both) => {
			const path = '/v1/embeddings';
			const body = { model: facts.name, input: new Withheld().hide(text), encoding_format: 'float' };
			const answer = await connection.json({ path, body, limits: 'fill' }, both);
			const vector = listAt(answer, 'data', 0, 'embedding').filter((one) => typeof one === 'number');
			if (vector.length === 0) {
				throw connection.broken(path);
			}
			return { type: 'embedding', vector };
		}, signal);
	}

	async score(): Promise<Scores | Unsupported> {
		return this.cannot('score a text');
	}

	async scoreFills(): Promise<ScoredFills | Unsupported> {
		return this.cannot('score a text');
	}

	async useAdapters(_adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		return this.cannot('load an adapter of this machine');
	}

	async inspectAdapter(): Promise<InspectedAdapter | Unsupported> {
		return this.cannot('look at an adapter of this machine');
	}

	async encode(): Promise<Encoded | Unsupported> {
		return this.cannot('prepare samples for training');
	}

	async useChatAdapters(_adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		return this.cannot('load an adapter of this machine');
	}

	async encodeChats(): Promise<EncodedChats | Unsupported> {
		return this.cannot('prepare samples for training');
	}

	async scoreChats(): Promise<ChatScores | Unsupported> {
		return this.cannot('score conversations');
	}

	/** What is under way ends as if aborted. */
	async dispose(): Promise<void> {
		this.closing.abort(abortError());
		this.watch.dispose();
	}

	private cannot(what: string): Unsupported {
		return cannot(this.options.address.host, what);
	}

	/** No question brings tools any more. */
	private noTools(): void {
		if (this.ready !== undefined && this.ready.model.chat.type === 'chat') {
			const { model } = this.ready;
			const chat = { ...this.ready.model.chat, callsTools: false };
			this.ready = { ...this.ready, model: { ...model, chat } };
			this.watch.learn(this.ready.model);
		}
	}

	private async ask(signal: AbortSignal): Promise<ModelDescription> {
		const { address, key, strictTls, agent, translate, role, limits, certificate } = this.options;
		this.ready = undefined;
		if (this.options.refusal !== undefined) {
			throw new ServerTrouble('address', this.options.refusal);
		}
		const connection = new Connection({
			address,
			key: await key(),
			strictTls,
			agent,
			translate,
			...(limits === undefined ? {} : { limits }),
			...(certificate === undefined ? {} : { certificate }),
		});
		const server = await askServer(connection, signal);
		const wanted = role === 'embedding' ? '' : this.options.adapter;
		const adapted = server.models.find(({ name }) => wanted !== '' && name === wanted);
		const served = adapted ?? servedModel(server, this.options.model);
		if (served === undefined) {
			throw new ServerTrouble('missing', this.missing(server.models.map(({ name }) => name)));
		}
		const facts = await askModel(connection, server, served, role === 'completion', translate, signal);
		const adapter =
			wanted === '' || adapted !== undefined ? undefined : adapterOf(wanted, facts, address.host, translate);
		const model = describe(facts, address, adapter === undefined ? '' : wanted, translate);
		const lora = adapter === undefined ? {} : { lora: [adapter] };
		this.ready = { connection, facts, model, more: { model: facts.name, ...lora } };
		return model;
	}

	private missing(names: readonly string[]): string {
		const { address, model, translate } = this.options;
		if (names.length === 0) {
			return translate('{0} has no model yet. Load one there, and connect again.', address.host);
		}
		const list = names.slice(0, 8).join(', ');
		return model === ''
			? translate('{0} has more than one model ({1}). Connect again and choose.', address.host, list)
			: translate(
					'{0} has no model called {1}; it has {2}. Connect again and choose.',
					address.host,
					model,
					list,
				);
	}

	/** @throws ModelUnavailable where there is no server that could answer; an AbortError when the signal fires. */
	private async *generation(
		run: (ready: Ready, signal: AbortSignal) => AsyncIterable<GenerationEvent>,
		signal: AbortSignal,
	): AsyncGenerator<GenerationEvent, void, undefined> {
		const both = AbortSignal.any([signal, this.closing.signal]);
		try {
			yield* run(await this.whenReady(both), both);
		} catch (error) {
			throw this.noticed(error, both);
		}
	}

	private async once<T>(
		run: (ready: Ready, signal: AbortSignal) => Promise<T>,
		signal: AbortSignal,
	): Promise<T> {
		const both = AbortSignal.any([signal, this.closing.signal]);
		try {
			return await run(await this.whenReady(both), both);
		} catch (error) {
			throw this.noticed(error, both);
		}
	}

	/** Where the server was away, it is asked once more: somebody wants something of it now. */
	private async whenReady(signal: AbortSignal): Promise<Ready> {
		throwIfAborted(signal);
		if (this.ready === undefined || this.state.type !== 'ready') {
			await unlessAborted(this.watch.checkAgain(), signal);
		}
		const { state } = this.watch;
		if (this.ready === undefined || state.type !== 'ready') {
			throw state.type === 'failed' ? new ModelUnavailable(state.problem) : abortError();
		}
		return this.ready;
	}

	/** What went wrong may mean that the server is away, that its key has changed, or that its model is another. */
	private noticed(error: unknown, signal: AbortSignal): unknown {
		if (signal.aborted || isAbort(error)) {
			return abortError();
		}
		if (error instanceof ServerTrouble && error.kind !== 'busy' && error.kind !== 'refused') {
			void this.watch.check();
		}
		return error;
	}
}
