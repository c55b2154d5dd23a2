/** The models of a host process: which there are, who uses them, and which of them are in memory. */

import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { type Caller, LAST } from '../engine/claim';
import type { Engine } from '../engine/engine';
import { Lock } from '../engine/lock';
import { Occasion } from '../engine/occasion';
import { type FileIdentity, fileIdentity } from '../fileIdentity';
import type { LoadOptions } from '../model';
import { Stages } from '../stages';
import { modelSubject } from '../wire/loadSubject';
import { type Loaded, type Refused, refuse } from '../wire/protocol';
import { type CheckFile, HostedModel, MEMORY_IN_USE } from './hostedModel';
import type { MemoryView } from './memory';
import { ModelSession, type SessionEvents } from './modelSession';
import { importance, nextToLeave } from './residents';

/** Milliseconds that a model outlives its last session, so that a window that reloads finds it loaded. */
const GRACE_TIME = 5_000;

type Announce = <T>(subject: string, load: () => Promise<T>) => Promise<T>;

export interface HostedModelsOptions {
	readonly createEngine: () => Engine;
	readonly check: CheckFile;
	/** Default: nobody knows, and every model is tried. */
	readonly memory?: MemoryView;
	/** Loads when everybody knows what, by `loadSubject`: see `LoadTurns`. Default: nobody has to. */
	readonly announce?: Announce;
	/** Milliseconds; default 5 s. */
	readonly graceTime?: number;
	/** A line for the log; never text of a user. */
	readonly log: (line: string) => void;
	/** Milliseconds of a clock that only goes forward; default `performance.now`. */
	readonly now?: () => number;
}

export class HostedModels {
	private readonly models = new Map<string, HostedModel>();
	/** One model is loaded at a time, the most important first. */
	private readonly loads = new Lock();
	/** A request has ended, or a model has left memory. */
	private readonly idle = new Occasion();
	private readonly graceTimers = new Map<HostedModel, NodeJS.Timeout>();
	private readonly estimates = new WeakMap<HostedModel, number>();
	private readonly now: () => number;
	private isDisposed = false;

	constructor(private readonly options: HostedModelsOptions) {
		this.now = options.now ?? (() => performance.now());
	}

	/** One client's view, without a model at first. */
	enter(caller: Caller, events: SessionEvents): ModelSession {
		return new ModelSession(this, caller, events);
	}

	/**
	 * Loads when everybody has been told what. Nothing that waits for another load may go on inside: that one waits for
	 * its turn, too.
	 */
	announce<T>(subject: string, load: () => Promise<T>): Promise<T> {
		const { announce } = this.options;
		return announce === undefined ? load() : announce(subject, load);
	}

	/** The model that these options choose, as its file is now. */
	async choose(options: LoadOptions): Promise<HostedModel> {
		const identity = await identify(options.path);
		const key = keyOf(options, identity);
		const known = this.models.get(key);
		if (known !== undefined && !known.ending.signal.aborted) {
			return known;
		}
		const model = new HostedModel({
			options,
			identity,
			identify,
			makeRoom: (model) => this.bringIn(model),
			check: this.options.check,
			createEngine: this.options.createEngine,
			onIdle: () => this.idle.happen(),
			log: this.options.log,
			now: this.now,
		});
		this.models.set(key, model);
		return model;
	}

	/** Somebody has chosen it, or does not use it any more: then it is freed in a moment. */
	settle(model: HostedModel): void {
		clearTimeout(this.graceTimers.get(model));
		this.graceTimers.delete(model);
		if (!model.isWanted && !this.isDisposed) {
			const timer = setTimeout(() => this.drop(model), this.options.graceTime ?? GRACE_TIME);
			timer.unref();
			this.graceTimers.set(model, timer);
		}
	}

	/** Ends what is running and frees everything. */
	async dispose(): Promise<void> {
		this.isDisposed = true;
		for (const timer of this.graceTimers.values()) {
			clearTimeout(timer);
		}
		await Promise.all([...this.models.values()].map((model) => model.dispose()));
	}

	private drop(model: HostedModel): void {
		this.graceTimers.delete(model);
		if (model.isBusy) {
			// Its session has chosen another one, and still gets its last answers.
			this.settle(model);
			return;
		}
		for (const [key, known] of this.models) {
			if (known === model) {
				this.models.delete(key);
			}
		}
		void model.dispose().then(() => this.idle.happen());
	}

	private async bringIn(model: HostedModel): Promise<Loaded | Refused> {
		const { signal } = model.ending;
		const claim = {
			caller: LAST.caller,
			get rank() {
				return importance(model.role);
			},
		};
		const what = `${path.basename(model.options.path)} is not loaded`;
		const stages = new Stages({ what, warn: this.options.log, now: this.now });
		const onStage = (stage: string) => stages.enter(stage);
		let release: () => void = () => undefined;
		try {
			onStage('waiting for other loads');
			release = await this.loads.acquire(claim, signal);
			onStage('making room');
			const refused = await this.makeRoom(model, signal);
			if (refused !== undefined) {
				return refused;
			}
			throwIfAborted(signal);
			const load = () => {
				onStage('waiting for its turn');
				return this.announce(modelSubject(model.options), () => model.enter(onStage, signal));
			};
			const answer = await load();
			if (answer.type === 'refused' && answer.problem.code === 'out-of-memory') {
				return (await this.freeAll(model)) ? await load() : answer;
			}
			return answer;
		} finally {
			stages.end();
			release();
		}
	}

	/**
	 * Frees models until this one fits beside those that are left, as far as that is known.
	 *
	 * @returns why it is not waited for: who types is ahead of their completion when an answer in the chat is written.
	 */
	private async makeRoom(model: HostedModel, signal: AbortSignal): Promise<Refused | undefined> {
		const { memory } = this.options;
		for (;;) {
			const residents = this.residents(model);
			const wanted = residents.length === 0 ? undefined : this.estimate(model);
			if (memory === undefined || wanted === undefined || wanted <= (await freeBytes(residents, memory))) {
				return undefined;
			}
			throwIfAborted(signal);
			// Requests may have begun or ended while the memory was measured.
			const next = nextToLeave(model.role, this.residents(model), this.now());
			if (next === undefined) {
				return undefined;
			}
			const writing = this.residents(model).find(({ role, isBusy }) => role === 'chat' && isBusy);
			if (next === 'wait' && writing !== undefined && model.role === 'completion' && !model.isBeingChosen) {
				return inUse(model, writing);
			}
			await (next === 'wait' ? this.idle.next(signal) : this.free(next, model));
		}
	}

	/** Requests come with every key, and a header is long. */
	private estimate(model: HostedModel): number | undefined {
		const bytes = this.estimates.get(model) ?? this.options.memory?.estimate(model.options);
		if (bytes !== undefined) {
			this.estimates.set(model, bytes);
		}
		return bytes;
	}

	/** Frees all that are idle; whether there were any. */
	private async freeAll(wanted: HostedModel): Promise<boolean> {
		let hasFreed = false;
		for (const model of this.residents(wanted)) {
			if (!model.isBusy) {
				await this.free(model, wanted);
				hasFreed = true;
			}
		}
		return hasFreed;
	}

	private residents(except: HostedModel): readonly HostedModel[] {
		return [...this.models.values()].filter((model) => model !== except && model.isInMemory);
	}

	private async free(model: HostedModel, wanted: HostedModel): Promise<void> {
		const [leaving, coming] = [model, wanted].map(({ options }) => path.basename(options.path));
		this.options.log(`${leaving} leaves memory to make room for ${coming}`);
		await model.free(wanted.options.path);
	}
}

/** On the GPU where the models compute there, else in main memory. */
async function freeBytes(residents: readonly HostedModel[], memory: MemoryView): Promise<number> {
	const free = await Promise.all(residents.map((model) => model.freeMemory()));
	const known = free.filter((bytes) => bytes !== undefined);
	return known.length === 0 ? memory.free() : Math.min(...known);
}

function inUse(model: HostedModel, writing: HostedModel): Refused {
	const [name, other] = [model, writing].map(({ options }) => path.basename(options.path));
	return refuse(
		MEMORY_IN_USE,
		`${name} and ${other} do not fit into memory together, and ${other} is writing an answer in the chat.`,
		['select-model'],
	);
}

/** What has the same key is the same model in the same place. Role and keep-alive belong to those who use it. */
function keyOf(
	{ path, backend, contextSize, gpuLayers }: LoadOptions,
	identity: FileIdentity | undefined,
): string {
	return JSON.stringify([path, backend, contextSize, gpuLayers, identity]);
}

function identify(file: string): Promise<FileIdentity | undefined> {
	return fileIdentity(file).catch(() => undefined);
}
