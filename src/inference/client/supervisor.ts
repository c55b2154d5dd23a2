/** Keeps one chosen model running: start, load, watch, and start again after a crash, within reason. */

import * as path from 'node:path';
import { isAbort, sleep, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import type { Adapter, LoadOptions, Log, ModelDescription, ModelState, Problem } from '../model';
import { Stages } from '../stages';
import { adaptersInUse } from '../wire/adapterShapes';
import { type AdaptersCall, methods } from '../wire/protocol';
import { anyOf, unsupported } from '../wire/shapes';
import type { Breaker } from './breaker';
import { type ChosenAdapters, NO_ADAPTERS } from './chosenAdapters';
import { StartFailure } from './election';
import { HostGone } from './hostGone';
import { HostLife, type HostOptions } from './hostLife';
import { Quarantine } from './quarantine';
import { type Crash, describeCrash, LOAD_ATTEMPTS, type Phase, phaseOf, Recovery } from './recovery';
import { loadProblem, startProblem } from './startProblems';

export interface SupervisorOptions {
	/** Asked before each start: the folder for the socket may have to be made again. */
	readonly host: () => HostOptions;
	readonly log: Log;
	readonly breaker: Breaker;
	readonly model: LoadOptions;
	/** Used by every host after the first load, until they crash one. */
	readonly adapters: ChosenAdapters;
	/** The user wants the model to be tried although it crashed hosts before. */
	readonly liftsQuarantine: boolean;
	/**
	 * When the user decided, in milliseconds since 1970, that hosts which are there shall end, where none was ended since; asked
	 * once for each host, and forgotten.
	 */
	readonly takeDecision: () => number | undefined;
	/** `life` is there exactly when the state is `ready`. */
	readonly onState: (state: ModelState, life: HostLife | undefined) => void;
}

type Outcome =
	| { readonly type: 'crashed'; readonly crash: Crash }
	/** It said so before: another window wanted a new one. */
	| { readonly type: 'ended' }
	| Refusal;
interface Refusal {
	readonly type: 'refused';
	readonly problem: Problem;
}

export class Supervisor {
	/** The adapters that a restarted host gets. */
	adapters: ChosenAdapters;
	private readonly stopping = new AbortController();
	private readonly done: Promise<void>;
	private life: HostLife | undefined;
	/** Of the start that is under way. */
	private stages: Stages | undefined;

	constructor(private readonly options: SupervisorOptions) {
		this.adapters = options.adapters;
		// Later, so that whoever makes a supervisor knows it before its first state.
		this.done = Promise.resolve().then(() => this.run());
	}

	/** What the model is waited for, as the end of a sentence; undefined while it is not. */
	get waitsFor(): string | undefined {
		return this.stages?.present;
	}

	/** @param end what becomes of the host that this client uses, if there is one. */
	async stop(end: (life: HostLife) => Promise<void>): Promise<void> {
		this.stopping.abort();
		if (this.life !== undefined) {
			await end(this.life);
		}
		await this.done;
	}

	private async run(): Promise<void> {
		try {
			const problem = await this.keepRunning();
			this.options.log.error(problem.message);
			this.options.onState({ type: 'failed', problem }, undefined);
		} catch (error) {
			if (isAbort(error)) {
				return;
			}
			this.options.log.error('The model host cannot be started', error);
			this.options.onState({ type: 'failed', problem: startProblem(String(error), undefined) }, undefined);
		}
	}

	/** Returns when no further try makes sense. */
	private async keepRunning(): Promise<Problem> {
		const { breaker, log, model } = this.options;
		const recovery = new Recovery(model, breaker);
		const quarantine = new Quarantine(this.options.host().version);
		if (this.options.liftsQuarantine) {
			await this.remember(quarantine.lift(model));
		}
		for (;;) {
			const before = await quarantine.crashesOf(recovery.options);
			if (before >= LOAD_ATTEMPTS) {
				const problem = recovery.quarantined();
				if (problem !== undefined) {
					return problem;
				}
				continue;
			}
			const loaded = async () => {
				if (before > 0) {
					await this.remember(quarantine.loaded(recovery.options));
				}
			};
			const outcome = await this.liveOnce(recovery, loaded).finally(() => this.unwatch());
			if (outcome.type === 'refused') {
				if (recovery.refused(outcome.problem)) {
					log.warn(outcome.problem.message);
					continue;
				}
				return outcome.problem;
			}
			if (outcome.type === 'ended') {
				log.info('The model host was asked to end; the next one is used');
				continue;
			}
			const lines = this.life?.lastLines ?? [];
			const report = lines.length > 0 ? ` Its last output:\n${lines.join('\n')}` : '';
			log.error(`${describeCrash(outcome.crash, recovery.options)}${report}`);
			if (outcome.crash.phase === 'adapting') {
				const { completion, chat } = this.adapters;
				log.warn(`${named([...completion, ...chat])} crashed the model host and will not be used`);
				this.adapters = NO_ADAPTERS;
			}
			if (outcome.crash.phase === 'loading') {
				await this.remember(quarantine.crashed(recovery.options));
			}
			const decision = recovery.after({ ...outcome.crash, lines });
			if (decision.type === 'stop') {
				return decision.problem;
			}
			this.options.onState({ type: 'starting' }, undefined);
			await sleep(decision.delay, this.stopping.signal);
		}
	}

	private watch(): Stages {
		const { log, model } = this.options;
		const warn = (line: string) => {
			const { lastLine } = this.life ?? {};
			log.warn(lastLine === undefined ? line : `${line} The host's last line: ${lastLine}`);
		};
		this.stages = new Stages({ what: `${path.basename(model.path)} is not ready`, warn });
		return this.stages;
	}

	/** @returns what each stage took. */
	private unwatch(): string {
		const took = this.stages?.end() ?? '';
		this.stages = undefined;
		return took;
	}

	/** What cannot be written is only not remembered. */
	private async remember(writing: Promise<void>): Promise<void> {
		try {
			await writing;
		} catch (error) {
			this.options.log.warn(`Which models crash cannot be kept: ${messageOf(error)}`);
		}
	}

	/** @param onLoaded called when the host has loaded the model. */
	private async liveOnce(recovery: Recovery, onLoaded: () => Promise<void>): Promise<Outcome> {
		const { signal } = this.stopping;
		const { log } = this.options;
		this.options.onState({ type: 'starting' }, undefined);
		const stages = this.watch();
		const started = performance.now();
		let life: HostLife;
		try {
			life = await HostLife.start(this.options.host(), (stage) => stages.enter(stage), signal);
		} catch (error) {
			if (!(error instanceof StartFailure)) {
				throw error;
			}
			return error.how === 'signal'
				? { type: 'crashed', crash: { phase: 'starting', cause: error.reason } }
				: { type: 'refused', problem: startProblem(error.reason, error.lastLine) };
		}
		this.life = life;
		const decided = this.options.takeDecision();
		if (decided !== undefined && !life.isOwn) {
			await life.shutDown(decided);
			return { type: 'ended' };
		}
		log.info(`Model host ${life.pid} answered after ${Math.round(performance.now() - started)} ms`);
		let phase: Phase = 'loading';
		try {
			life.isLoading = true;
			stages.enter('loading');
			const model = await this.load(life, recovery, stages);
			if (model.type === 'refused') {
				await life.stop(0);
				return model;
			}
			recovery.loaded(model.model);
			await onLoaded();
			phase = 'adapting';
			stages.enter('loading adapters');
			await this.applyAdapters(life, 'completion', methods.useAdapters);
			await this.applyAdapters(life, 'chat', methods.useChatAdapters);
			life.isLoading = false;
			phase = 'idle';
			const took = this.unwatch();
			this.ready(life, model.model);
			life.link.onResidence = () => this.ready(life, model.model);
			log.info(`${path.basename(model.model.path)} is ready on ${model.model.backend} (${took})`);
		} catch (error) {
			if (!HostGone.is(error)) {
				await life.stop(0);
				throw error;
			}
		}
		const { cause, isOrderly } = await life.ended;
		throwIfAborted(signal);
		if (isOrderly) {
			return { type: 'ended' };
		}
		return { type: 'crashed', crash: { phase: phaseOf(phase, life.link.work), cause } };
	}

	/** @param loaded as the host described it. */
	private ready(life: HostLife, loaded: ModelDescription): void {
		const { completion: adapters, chat: chatAdapters } = this.adapters;
		const model = { ...loaded, adapters, chatAdapters };
		const { residence, displacedBy } = life.link.residence;
		const away = residence !== 'loaded' && { residence, ...(displacedBy !== undefined && { displacedBy }) };
		this.options.onState({ type: 'ready', model, ...away }, life);
	}

	private async load(
		life: HostLife,
		recovery: Recovery,
		stages: Stages,
	): Promise<{ readonly type: 'loaded'; readonly model: ModelDescription } | Refusal> {
		const { options } = recovery;
		const report = (progress: number) => {
			stages.note(`${Math.round(progress * 100)} %`);
			this.options.onState({ type: 'loading', path: options.path, progress }, undefined);
		};
		report(0);
		try {
			const answer = await life.link.load(
				options,
				(fraction) => report(Math.min(1, Math.max(0, fraction))),
				this.stopping.signal,
			);
			return answer.type === 'refused'
				? answer
				: {
						type: 'loaded',
						model: {
							...answer.model,
							fallbackReason: recovery.fallbackReason ?? answer.model.fallbackReason,
							// What was chosen after a crash is nobody's setting.
							notFaster: recovery.fallbackReason === undefined ? answer.model.notFaster : undefined,
						},
					};
		} catch (error) {
			if (isAbort(error) || HostGone.is(error)) {
				throw error;
			}
			return { type: 'refused', problem: loadProblem(options, error) };
		}
	}

	/** The adapters that the new host uses. Those that it cannot use any more are given up: the log says why. */
	private async applyAdapters(life: HostLife, use: keyof ChosenAdapters, method: string): Promise<void> {
		const adapters = this.adapters[use];
		if (adapters.length > 0) {
			const call: AdaptersCall = { base: this.options.model.path, adapters };
			const answer = await life.link.request(
				method,
				call,
				anyOf(adaptersInUse, unsupported),
				this.stopping.signal,
			);
			if (answer.type === 'unsupported') {
				this.options.log.warn(`${named(adapters)} cannot be used any more: ${answer.reason}`);
				this.adapters = { ...this.adapters, [use]: [] };
			}
		}
	}
}

function named(adapters: readonly Adapter[]): string {
	return `Adapters (${adapters.map((adapter) => adapter.path).join(', ')})`;
}
