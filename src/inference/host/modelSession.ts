/** One client's view of the host's models: the one it has chosen, its adapters, and its place in the queue. */

import * as path from 'node:path';
import type { Caller } from '../engine/claim';
import type { Engine, EngineSession } from '../engine/engine';
import {
	type Adapter,
	type AdaptersInUse,
	type LoadOptions,
	type ModelRole,
	ModelUnavailable,
	type Unsupported,
} from '../model';
import { adaptersSubject } from '../wire/loadSubject';
import { type Loaded, type Refused, type Residence, refuse } from '../wire/protocol';
import { endExhausted, isExhausted } from './exhaustion';
import type { HostedModel, ModelUser } from './hostedModel';
import type { HostedModels } from './hostedModels';

export interface SessionEvents {
	/** Of a load that the client waits for; 0 to 1. */
	onLoading(fraction: number): void;
	/** Of the chosen model, with every change after its first load. @param displacedBy as of `ResidenceNews`. */
	onResidence(residence: Residence, displacedBy: string | undefined): void;
}

/** The engine's session, and the engine that it belongs to: another one serves after the model was loaded again. */
interface Seat {
	readonly engine: Engine;
	readonly session: EngineSession;
	/** Why the session's adapters cannot be used any more; undefined where they are in use. */
	readonly refusal: Promise<Refused | undefined>;
}

/** Completion and chat have adapters of their own. */
type AdapterUse = 'completion' | 'chat';

const NO_ADAPTERS = { completion: [], chat: [] } as const;

const NEVER = new AbortController().signal;

export class ModelSession implements ModelUser {
	private options: LoadOptions | undefined;
	private model: HostedModel | undefined;
	/** By who uses them. */
	private adapters: Readonly<Record<AdapterUse, readonly Adapter[]>> = NO_ADAPTERS;
	private seat: Seat | undefined;
	private loading = 0;
	private choices = 0;
	private hasLeft = false;

	constructor(
		private readonly models: HostedModels,
		private readonly caller: Caller,
		private readonly events: SessionEvents,
	) {}

	get role(): ModelRole {
		return this.options?.role ?? 'completion';
	}

	get keepAliveMinutes(): number {
		return this.options?.keepAliveMinutes ?? 0;
	}

	onProgress(fraction: number): void {
		if (this.loading > 0) {
			this.events.onLoading(fraction);
		}
	}

	onResidence(residence: Residence, displacedBy: string | undefined): void {
		this.events.onResidence(residence, displacedBy);
	}

	/** Chooses the model that later requests go to, without adapters. @throws AbortError when the signal fires. */
	async load(options: LoadOptions, signal: AbortSignal): Promise<Loaded | Refused> {
		const choice = ++this.choices;
		const model = await this.models.choose(options);
		if (choice !== this.choices || this.hasLeft) {
			this.models.settle(model);
			return refuse('model-changed-meanwhile', 'Another model was chosen meanwhile.', ['restart']);
		}
		this.stand();
		const before = this.model;
		this.options = options;
		this.adapters = NO_ADAPTERS;
		this.model = model;
		if (before !== model && before !== undefined) {
			before.leave(this);
			this.models.settle(before);
		}
		model.join(this);
		this.models.settle(model);
		this.loading++;
		try {
			return await model.load(signal);
		} catch (error) {
			return refusalOf(error);
		} finally {
			this.loading--;
		}
	}

	/** Works with the chosen model, which is loaded again first where it has left memory. */
	async ask<Answer>(
		work: (session: EngineSession) => Promise<Answer>,
		signal: AbortSignal,
	): Promise<Answer | Refused> {
		const { model } = this;
		if (model === undefined) {
			return refuse('model-not-loaded', 'The model host has not loaded a model yet.', ['restart']);
		}
		try {
			return await model.use(async (engine) => {
				const { session, refusal } = this.sit(engine);
				return (await refusal) ?? (await work(session));
			}, signal);
		} catch (error) {
			if (isExhausted(error, model.loaded)) {
				endExhausted(error);
			}
			return refusalOf(error);
		}
	}

	/** For requests that start later. @param base path of the model that they are meant for. */
	async useAdapters(
		base: string,
		adapters: readonly Adapter[],
		signal: AbortSignal,
		use: AdapterUse = 'completion',
	): Promise<AdaptersInUse | Unsupported | Refused> {
		const served = this.options?.path ?? '';
		if (this.model !== undefined && base !== served) {
			return {
				type: 'unsupported',
				reason: `The model was changed meanwhile: the adapters are meant for ${path.basename(base)}, but ${path.basename(served)} is loaded.`,
			};
		}
		const { choices } = this;
		return this.ask(async (session) => {
			const answer = await this.announced(base, adapters, () => choose(session, use, adapters, signal));
			if (answer.type === 'adapters' && choices === this.choices) {
				this.adapters = { ...this.adapters, [use]: adapters };
			}
			return answer;
		}, signal);
	}

	/** The client has gone. */
	leave(): void {
		this.hasLeft = true;
		this.stand();
		if (this.model !== undefined) {
			this.model.leave(this);
			this.models.settle(this.model);
			this.model = undefined;
		}
	}

	private stand(): void {
		this.seat?.session.leave();
		this.seat = undefined;
	}

	/** The session in the engine that is loaded now, with the adapters that were in use in the one before. */
	private sit(engine: Engine): Seat {
		if (this.seat?.engine === engine) {
			return this.seat;
		}
		const session = engine.session(this.caller);
		const seat: Seat = { engine, session, refusal: this.adapt(session, engine) };
		this.seat = seat;
		return seat;
	}

	/** The model is in memory by now: its load has had a turn of its own. */
	private announced<T>(base: string, adapters: readonly Adapter[], load: () => Promise<T>): Promise<T> {
		const subject = adaptersSubject({ base, adapters });
		return subject === undefined ? load() : this.models.announce(subject, load);
	}

	/** The adapters of a session that the engine had none of: completion's, then chat's. */
	private async readapt(session: EngineSession): Promise<AdaptersInUse | Unsupported> {
		const base = this.options?.path ?? '';
		let answer: AdaptersInUse | Unsupported = { type: 'adapters', adapters: [] };
		for (const use of ['completion', 'chat'] as const) {
			const adapters = this.adapters[use];
			if (adapters.length > 0 && answer.type === 'adapters') {
				answer = await this.announced(base, adapters, () => choose(session, use, adapters, NEVER));
			}
		}
		return answer;
	}

	private async adapt(session: EngineSession, engine: Engine): Promise<Refused | undefined> {
		const answer = await this.readapt(session);
		if (answer.type === 'adapters') {
			return undefined;
		}
		if (this.seat?.engine === engine) {
			// The next request tries again.
			this.stand();
		}
		return refuse(
			'adapter-unusable',
			`The model was loaded again, but not with its adapters: ${answer.reason}`,
			['restart', 'show-log'],
		);
	}
}

function choose(
	session: EngineSession,
	use: AdapterUse,
	adapters: readonly Adapter[],
	signal: AbortSignal,
): Promise<AdaptersInUse | Unsupported> {
	return use === 'chat' ? session.useChatAdapters(adapters, signal) : session.useAdapters(adapters, signal);
}

/** @throws what is no problem that a user could do something about. */
function refusalOf(error: unknown): Refused {
	if (ModelUnavailable.is(error)) {
		return { type: 'refused', problem: error.problem };
	}
	throw error;
}
