/** Engines that say what happens to them, and load, answer and fail when a test lets them. */
import type { Caller } from '../../src/inference/engine/claim';
import type { Engine, EngineSession } from '../../src/inference/engine/engine';
import { HostedModels, type HostedModelsOptions } from '../../src/inference/host/hostedModels';
import type { ModelSession } from '../../src/inference/host/modelSession';
import type { Adapter, LoadOptions, ModelDescription } from '../../src/inference/model';
import type { Residence } from '../../src/inference/wire/protocol';
import { FakeEngine } from './fakeEngine';
import { fake } from './fakeHost';

/** What the engines of one host have in common. */
export class Stage {
	/** `load NAME`, `adapt NAME: PATHS`, `free NAME`. */
	readonly events: string[] = [];
	readonly callers: Caller[] = [];
	/** Runs while the model of this name loads. */
	onLoad: (name: string, signal: AbortSignal) => Promise<void> = async () => undefined;
	/** As `Engine.freeMemory`. */
	gpuMemory: number | undefined;
	/** Names of those in memory. */
	readonly loaded = new Set<string>();

	readonly createEngine = (): Engine => new ScriptedEngine(this);
}

class ScriptedEngine extends FakeEngine {
	private name = '';

	constructor(private readonly stage: Stage) {
		super();
	}

	override async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		this.name = nameOf(options.path);
		this.stage.events.push(`load ${this.name}`);
		await this.stage.onLoad(this.name, signal);
		const description = await super.load(options, onProgress, signal);
		this.stage.loaded.add(this.name);
		return description;
	}

	override session(caller?: Caller): EngineSession {
		if (caller !== undefined) {
			this.stage.callers.push(caller);
		}
		return super.session();
	}

	async freeMemory(): Promise<number | undefined> {
		return this.stage.gpuMemory;
	}

	override async useAdapters(adapters: readonly Adapter[]) {
		this.stage.events.push(`adapt ${this.name}: ${adapters.map(({ path }) => path).join(' ')}`);
		return super.useAdapters(adapters);
	}

	override async useChatAdapters(adapters: readonly Adapter[]) {
		this.stage.events.push(`adapt chat of ${this.name}: ${adapters.map(({ path }) => path).join(' ')}`);
		return super.useChatAdapters(adapters);
	}

	override async dispose(): Promise<void> {
		this.stage.events.push(`free ${this.name}`);
		this.stage.loaded.delete(this.name);
	}
}

function nameOf(path: string): string {
	return /fake:([\w-]+)/.exec(path)?.[1] ?? path;
}

/** Models on a stage; each takes 10 bytes of the memory that is given, if any. */
export function hostedOn(
	stage: Stage,
	memory?: number,
	changes: Partial<HostedModelsOptions> = {},
): HostedModels {
	return new HostedModels({
		createEngine: stage.createEngine,
		check: () => undefined,
		log: () => undefined,
		...(memory !== undefined && {
			memory: { estimate: () => 10, free: () => memory - 10 * stage.loaded.size },
		}),
		...changes,
	});
}

export interface TestSession {
	readonly session: ModelSession;
	/** Fractions of loads. */
	readonly loading: number[];
	readonly residence: Residence[];
	/** As of the last news. */
	readonly displacedBy: string | undefined;
	/** Loads the fake model of this name; how it ended: `loaded`, or the code of the problem. */
	load(name: string, options?: Partial<LoadOptions>): Promise<string>;
	/** Asks for something small; how it ended. */
	ask(signal?: AbortSignal): Promise<string>;
	/** Asks for what does not end before it is told to. */
	begin(): Promise<{ end(): Promise<void> }>;
}

const never = new AbortController().signal;

export function enter(models: HostedModels): TestSession {
	const loading: number[] = [];
	const residence: Residence[] = [];
	let lastDisplacedBy: string | undefined;
	const session = models.enter(
		{ isFocused: false },
		{
			onLoading: (fraction) => loading.push(fraction),
			onResidence: (news, displacedBy) => {
				residence.push(news);
				lastDisplacedBy = displacedBy;
			},
		},
	);
	const begin = async () => {
		let stop: () => void = () => undefined;
		const stopped = new Promise<void>((resolve) => {
			stop = resolve;
		});
		let started: () => void = () => undefined;
		const start = new Promise<void>((resolve) => {
			started = resolve;
		});
		const answer = session.ask(async () => {
			started();
			await stopped;
		}, never);
		await Promise.race([start, answer]);
		return {
			end: async () => {
				stop();
				await answer;
			},
		};
	};
	return {
		session,
		loading,
		residence,
		get displacedBy() {
			return lastDisplacedBy;
		},
		begin,
		load: async (name, options) => {
			const answer = await session.load(fake(name, options), never);
			return answer.type === 'refused' ? answer.problem.code : answer.type;
		},
		ask: async (signal = never) => {
			const answer = await session.ask((engine) => engine.tokenize('a', signal), signal);
			return answer.type === 'refused' ? answer.problem.code : answer.type;
		},
	};
}
