/** One model of a host process: in memory once, however many sessions ask for it, and out of it while nobody does. */

import * as path from 'node:path';
import { abortError, throwIfAborted, unlessAborted } from '../cancel';
import type { Engine } from '../engine/engine';
import type { FileIdentity } from '../fileIdentity';
import {
	type LoadOptions,
	type ModelDescription,
	type ModelRole,
	ModelUnavailable,
	type Problem,
} from '../model';
import { type Loaded, type Refused, type Residence, refuse } from '../wire/protocol';
import { MappedFile } from './mappedFile';
import { foremost, type Resident } from './residents';

/** Milliseconds for which requests get the reason why the model could not come back, before it is tried again. */
const RETRY_TIME = 10_000;

const MINUTE = 60_000;

/** Code of the problem that nothing can make room now. */
export const MEMORY_IN_USE = 'memory-in-use';

/** A session that has chosen the model. */
export interface ModelUser {
	readonly role: ModelRole;
	/** 0 = for ever. */
	readonly keepAliveMinutes: number;
	/** Waits for the model; gets fractions from 0 to 1. */
	onProgress(fraction: number): void;
	/** Hears of every change after the first load. */
	onResidence(residence: Residence, displacedBy: string | undefined): void;
}

/** Says what is wrong with a model file, before native code sees it. */
export type CheckFile = (file: string) => Problem | undefined | Promise<Problem | undefined>;

interface HostedModelOptions {
	readonly options: LoadOptions;
	/** Of the file that was chosen; undefined where there is none. */
	readonly identity: FileIdentity | undefined;
	/** The file as it is now. */
	readonly identify: (file: string) => Promise<FileIdentity | undefined>;
	/** Brings `load` about when there is room for it. */
	readonly makeRoom: (model: HostedModel) => Promise<Loaded | Refused>;
	readonly check: CheckFile;
	readonly createEngine: () => Engine;
	/** A request has ended. */
	readonly onIdle: () => void;
	readonly log: (line: string) => void;
	/** Milliseconds of a clock that only goes forward. */
	readonly now: () => number;
}

export class HostedModel implements Resident {
	readonly users = new Set<ModelUser>();
	/** Fires when nobody wants the model any more. */
	readonly ending = new AbortController();
	private lastRole: ModelRole = 'completion';
	private engine: Engine | undefined;
	private description: ModelDescription | undefined;
	private coming: Promise<Loaded | Refused> | undefined;
	private failure: { readonly refused: Refused; readonly at: number } | undefined;
	private leaving: Promise<void> = Promise.resolve();
	private running = 0;
	private lastUse: number;
	private choosing = 0;
	private readonly file: MappedFile;
	private idleTimer: NodeJS.Timeout | undefined;

	constructor(private readonly host: HostedModelOptions) {
		this.lastUse = host.now();
		this.file = new MappedFile(host.identity, () => host.identify(host.options.path), host.now);
	}

	/** Undefined before it was loaded for the first time. */
	get loaded(): ModelDescription | undefined {
		return this.description;
	}

	get options(): LoadOptions {
		return this.host.options;
	}

	get role(): ModelRole {
		return this.users.size === 0 ? this.lastRole : foremost([...this.users].map(({ role }) => role));
	}

	get isBusy(): boolean {
		return this.running > 0;
	}

	/** Whether a session waits that has just chosen it, and not only requests. */
	get isBeingChosen(): boolean {
		return this.choosing > 0;
	}

	get isWanted(): boolean {
		return this.users.size > 0;
	}

	get usedAt(): number {
		return this.lastUse;
	}

	get isInMemory(): boolean {
		return this.engine !== undefined;
	}

	/** As `Engine.freeMemory`, while it is in memory. */
	async freeMemory(): Promise<number | undefined> {
		return this.engine?.freeMemory?.();
	}

	join(user: ModelUser): void {
		this.users.add(user);
		this.lastRole = this.role;
		this.rest();
	}

	leave(user: ModelUser): void {
		this.users.delete(user);
		this.rest();
	}

	/** Loads it where it is not in memory; what loads already is waited for. @throws what the engine throws. */
	async load(signal: AbortSignal): Promise<Loaded | Refused> {
		this.failure = undefined;
		this.choosing++;
		try {
			return await unlessAborted(this.present(), signal);
		} finally {
			this.choosing--;
		}
	}

	/** Works with the engine, which is loaded again first where it has left memory; the signal only ends the wait for it. */
	async use<T>(work: (engine: Engine) => Promise<T>, signal: AbortSignal): Promise<T | Refused> {
		this.running++;
		clearTimeout(this.idleTimer);
		try {
			if (this.engine !== undefined) {
				await unlessAborted(this.file.look(), signal);
			}
			if (this.engine !== undefined && this.file.isSpoilt) {
				return this.changed();
			}
			const answer = await unlessAborted(this.present(), signal);
			if (answer.type === 'refused') {
				return answer;
			}
			if (this.engine === undefined) {
				throw abortError();
			}
			return await work(this.engine);
		} finally {
			this.running--;
			this.lastUse = this.host.now();
			if (this.file.isSpoilt && !this.isBusy) {
				await this.free();
			}
			this.rest();
			this.host.onIdle();
		}
	}

	/** Brings it into memory, where there is room. @param onStage hears what is waited for. */
	async enter(onStage: (stage: string) => void, signal: AbortSignal): Promise<Loaded | Refused> {
		const { options } = this;
		onStage('waiting until it has left memory');
		await this.leaving;
		onStage('checking the file');
		if (await this.file.isAnother()) {
			return this.changed();
		}
		const problem = await this.host.check(options.path);
		if (problem !== undefined) {
			return { type: 'refused', problem };
		}
		throwIfAborted(signal);
		onStage('reading and measuring it');
		const engine = this.host.createEngine();
		try {
			const report = (fraction: number) => {
				for (const user of this.users) {
					user.onProgress(fraction);
				}
			};
			const model = await engine.load(options, report, signal);
			if (signal.aborted) {
				throw abortError();
			}
			this.engine = engine;
			// What was said of it stays: the same file is the same model.
			this.description ??= model;
			return { type: 'loaded', model: this.description };
		} catch (error) {
			await engine.dispose();
			if (ModelUnavailable.is(error)) {
				return { type: 'refused', problem: error.problem };
			}
			throw error;
		}
	}

	/** Frees its memory until the next request. Nothing may run. @param displacedBy path of the model that needs the room. */
	async free(displacedBy?: string): Promise<void> {
		clearTimeout(this.idleTimer);
		const { engine } = this;
		this.engine = undefined;
		if (engine !== undefined) {
			this.tell(this.users, 'unloaded', displacedBy);
			this.leaving = engine.dispose().catch((error: unknown) => this.host.log(String(error)));
		}
		await this.leaving;
	}

	/** For ever. Requests under way end with the engine. */
	async dispose(): Promise<void> {
		this.ending.abort(abortError());
		await this.coming?.catch(() => undefined);
		await this.free();
	}

	private changed(): Refused {
		const { path: file } = this.options;
		return refuse(
			'model-changed',
			`${path.basename(file)} was changed or moved since it was loaded. Restart the model to load what is there now. (${file})`,
			['restart', 'select-model'],
		);
	}

	private async present(): Promise<Loaded | Refused> {
		if (this.engine !== undefined && this.description !== undefined) {
			return { type: 'loaded', model: this.description };
		}
		if (this.failure !== undefined && this.host.now() - this.failure.at < RETRY_TIME) {
			return this.failure.refused;
		}
		this.coming ??= this.come().finally(() => {
			this.coming = undefined;
			this.rest();
		});
		return this.coming;
	}

	private async come(): Promise<Loaded | Refused> {
		this.failure = undefined;
		const isFirst = this.description === undefined;
		// Of the first load they hear by its progress.
		const tell = (residence: Residence) => this.tell(isFirst ? [] : this.users, residence);
		tell('reloading');
		let answer: Loaded | Refused | undefined;
		try {
			answer = await this.host.makeRoom(this);
		} finally {
			tell(answer?.type === 'loaded' ? 'loaded' : 'unloaded');
		}
		this.lastUse = this.host.now();
		// Room there may be at any moment.
		this.failure =
			answer.type === 'refused' && answer.problem.code !== MEMORY_IN_USE
				? { refused: answer, at: this.lastUse }
				: undefined;
		return answer;
	}

	private tell(users: Iterable<ModelUser>, residence: Residence, displacedBy?: string): void {
		for (const user of users) {
			user.onResidence(residence, displacedBy);
		}
	}

	/** Waits for the time after which it leaves memory. */
	private rest(): void {
		clearTimeout(this.idleTimer);
		const minutes = [...this.users].map(({ keepAliveMinutes }) => keepAliveMinutes);
		if (
			this.engine === undefined ||
			this.isBusy ||
			minutes.length === 0 ||
			minutes.some((time) => time <= 0)
		) {
			return;
		}
		const patience = Math.max(...minutes) * MINUTE - (this.host.now() - this.lastUse);
		// Longer than timers can wait is as good as for ever.
		this.idleTimer = setTimeout(
			() => {
				this.host.log(`${path.basename(this.options.path)} was not asked for a while and leaves memory`);
				void this.free().then(() => this.host.onIdle());
			},
			Math.min(2 ** 31 - 1, Math.max(0, patience)),
		);
		this.idleTimer.unref();
	}
}
