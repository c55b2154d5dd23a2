/** Keeps one chosen model running: start, load, watch, and start again after a crash, within reason. */

import * as path from 'node:path';
import { isAbort, sleep, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import type { Adapter, LoadOptions, Log, ModelDescription, ModelState, Problem } from '../model';
import { adaptersInUse } from '../wire/adapterShapes';
import { type AdaptersCall, methods } from '../wire/protocol';
import { anyOf, unsupported } from '../wire/shapes';
import type { Breaker } from './breaker';
import { type ChosenAdapters, NO_ADAPTERS } from './chosenAdapters';
import { StartFailure } from './election';
import { HostGone } from './hostGone';
import { HostLife, type HostOptions } from './hostLife';
import type { HostLink } from './hostLink';
import { Quarantine } from './quarantine';
import { type Crash, describeCrash, LOAD_ATTEMPTS, type Phase, Recovery } from './recovery';

interface SupervisorOptions {
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

	constructor(private readonly options: SupervisorOptions) {
		this.adapters = options.adapters;
		// Later, so that whoever makes a supervisor knows it before its first state.
		this.done = Promise.resolve().then(() => this.run());
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
			const outcome = await this.liveOnce(recovery, loaded);
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
				log.warn(`${this.adapterNames} crashed the model host and will not be used`);
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
		const started = performance.now();
		let life: HostLife;
		try {
			life = await HostLife.start(this.options.host(), signal);
		} catch (error) {
			if (!(error instanceof StartFailure)) {
				throw error;
			}
			return error.isSignal
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
			const model = await this.load(life, recovery);
			if (model.type === 'refused') {
				await life.stop(0);
				return model;
			}
			recovery.loaded(model.model);
			await onLoaded();
			phase = 'adapting';
			await this.applyAdapters(life, 'completion', methods.useAdapters);
			await this.applyAdapters(life, 'chat', methods.useChatAdapters);
			life.isLoading = false;
			phase = 'idle';
			this.ready(life, model.model);
			life.link.onResidence = () => this.ready(life, model.model);
			log.info(`${path.basename(model.model.path)} is ready on ${model.model.backend}`);
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
	): Promise<{ readonly type: 'loaded'; readonly model: ModelDescription } | Refusal> {
		const { options } = recovery;
		const report = (progress: number) =>
			this.options.onState({ type: 'loading', path: options.path, progress }, undefined);
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

	private get adapterNames(): string {
		return named([...this.adapters.completion, ...this.adapters.chat]);
	}
}

/** @param phase as far as this client has come with the host. */
function phaseOf(phase: Phase, { wasBusy, wasReloading, wasElsewhere }: HostLink['work']): Phase {
	if (wasElsewhere) {
		return 'elsewhere';
	}
	if (phase !== 'idle' || !wasBusy) {
		return phase;
	}
	return wasReloading ? 'loading' : 'generating';
}

function named(adapters: readonly Adapter[]): string {
	return `Adapters (${adapters.map((adapter) => adapter.path).join(', ')})`;
}

function startProblem(reason: string, lastLine: string | undefined): Problem {
	const output = lastLine === undefined ? '' : ` Its last words: ${lastLine}`;
	return {
		code: 'host-start-failed',
		message:
			`The model host could not be started: it ${reason}.${output} ` +
			'Where the editor cannot run it, familiar.host.nodePath names a Node.js (20 or newer) that can.',
		remedies: ['set-node-path', 'restart', 'show-log'],
	};
}

function loadProblem(options: LoadOptions, error: unknown): Problem {
	return {
		code: 'model-load-failed',
		message: `${options.path} could not be loaded: ${messageOf(error)}`,
		remedies: ['select-model', 'show-log', 'restart'],
	};
}
