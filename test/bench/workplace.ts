/** What the product does between the command and the report, without an editor: session, host, trainer, judge and record. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Audit } from '../../src/finetune/corpus/verdict';
import { drawInWorker } from '../../src/finetune/dataset/sampleWorker';
import { RunStore } from '../../src/finetune/job/runStore';
import type { JudgedSpan, Judgement } from '../../src/finetune/judge/judgement';
import { Judging } from '../../src/finetune/judge/judging';
import type { Loss } from '../../src/finetune/judge/losses';
import { Sides } from '../../src/finetune/judge/sides';
import { readSpans, type Spans } from '../../src/finetune/judge/spans';
import { planFor } from '../../src/finetune/panel/prepare';
import { FineTuneSession } from '../../src/finetune/panel/session';
import type { RunShown } from '../../src/finetune/panel/sessionState';
import { ALONE, reportContent } from '../../src/finetune/report/content';
import { markdownReport } from '../../src/finetune/report/markdown';
import { markdownBeside, RecordStore } from '../../src/finetune/report/recordStore';
import { Reports } from '../../src/finetune/report/reports';
import { throwIfAborted } from '../../src/inference/cancel';
import { ModelClient } from '../../src/inference/client/client';
import type { LoadOptions, Log } from '../../src/inference/model';
import { readSettings, type Settings } from '../../src/manifest';
import { starter } from '../support/engines';

export interface WorkplaceOptions {
	/** Absolute path of the folder with what was built. */
	readonly dist: string;
	/** Absolute path of a folder that is empty. */
	readonly folder: string;
	/** Of the trainer. */
	readonly threads: number;
	readonly log: Log;
}

/** A fine-tune that has ended with an adapter. */
export interface Tuned {
	readonly shown: RunShown;
	/** Absolute. */
	readonly adapterPath: string;
	readonly judgement: Judgement;
	readonly spans: Spans;
	/** What the panel would have told of the data and the run. */
	readonly notes: readonly string[];
	/** As the user may ask for: the first time, not all places were looked at. */
	readonly isJudgedAgain: boolean;
	/** Whether the session switched it on. */
	readonly isActive: boolean;
	/** Absolute path of the report in Markdown. */
	readonly report: string;
	/** Seconds until the trainer ran. */
	readonly preparing: number;
}

/** Milliseconds between two signs of life on the terminal. */
const TELL_EVERY = 60_000;

/** As `l10n.t` without a bundle. */
function english(text: string, ...values: readonly (string | number | boolean)[]): string {
	return text.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));
}

export class Workplace {
	private readonly settings: Settings;
	private readonly judging: Judging;
	private readonly load: LoadOptions;

	private constructor(
		private readonly options: WorkplaceOptions,
		readonly model: ModelClient,
	) {
		const defaults = readSettings(() => undefined);
		const advanced = { threads: options.threads };
		// On the CPU, as the trainer: the same numbers on every machine of a kind.
		this.settings = { ...defaults, backend: 'cpu', fineTune: { ...defaults.fineTune, advanced } };
		this.load = loadOptions(options);
		this.judging = new Judging({
			model,
			chatModel: model,
			startModel: () => clientOf(options),
			loadOptions: () => this.load,
			fileOf: (name) => path.join(options.dist, name),
			translate: english,
		});
	}

	/** With the starter loaded. @throws Error with the reason, or an AbortError */
	static async open(options: WorkplaceOptions, signal: AbortSignal): Promise<Workplace> {
		const model = clientOf(options);
		await model.load(loadOptions(options), signal);
		if (model.state.type !== 'ready') {
			await model.dispose();
			throw new Error(
				`The starter is not ready: ${model.state.type === 'failed' ? model.state.problem.message : ''}`,
			);
		}
		return new Workplace(options, model);
	}

	async dispose(): Promise<void> {
		await this.model.dispose();
	}

	/**
	 * A run of the session from its start to the report beside the adapter.
	 * @param name of a folder for what it keeps: a workspace of its own
	 * @throws Error with the reason when there is no judged adapter in the end; an AbortError
	 */
	async fineTune(name: string, audit: Audit, minutes: number, signal: AbortSignal): Promise<Tuned> {
		const { dist, log } = this.options;
		const { model, judging } = this;
		const folder = path.join(this.options.folder, name);
		const records = new RecordStore((record) =>
			markdownReport(reportContent(record, { ...ALONE, dateOf }, english), english),
		);
		const adapterFolder = path.join(folder, 'adapters');
		const active: string[] = [];
		const session = new FineTuneSession({
			store: new RunStore(path.join(folder, 'runs'), log),
			workspace: name,
			launch: () => ({ trainerFile: path.join(dist, 'trainer.mjs'), nodePath: undefined, log }),
			adapterFolder,
			cacheFolder: this.load.cacheFolder,
			// A bench runs on battery too.
			pausesOnBattery: () => false,
			judging,
			// The model stays as it is: the next repository begins with the base.
			activate: async (file) => {
				active.push(file);
				return undefined;
			},
			translate: english,
			log,
		});
		const base = model.state.type === 'ready' ? model.state.model : undefined;
		if (base === undefined) {
			throw new Error('The starter is not ready.');
		}
		const draw = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
		const plan = planFor({ audit, base, minutes, lossOn: 'middle' }, { model, draw }, this.settings, english);
		const begun = performance.now();
		const ended = endOf(session, name, log, signal);
		await session.start(plan, signal);
		const preparing = (performance.now() - begun) / 1_000;
		const first = await ended;
		const shown = (await isCutShort(first)) ? await judgedAgain(session) : first;
		const { view, order, judgement, notJudged } = shown;
		if (view.result === undefined || judgement === undefined) {
			throw new Error(
				`${name} has no judged adapter: ${view.problem?.message ?? notJudged ?? 'no places to judge on'}`,
			);
		}
		const { adapterPath } = view.result;
		const spans = await readSpans(order.runFolder);
		if (spans === undefined) {
			throw new Error(`${name} has no places to judge on.`);
		}
		const reports = new Reports({
			folder: adapterFolder,
			records,
			model,
			active: { all: [], history: [], previous: undefined, rename: async () => undefined },
			canMeasure: () => false,
			acceptance: async () => [],
			commitsSince: async () => [],
			dateOf,
			translate: english,
		});
		await reports.keep({ view, order, judgement }, signal);
		await session.close();
		return {
			...{ shown, adapterPath, judgement, spans, preparing },
			notes: view.log.map(({ text }) => text),
			isJudgedAgain: shown !== first,
			isActive: active.includes(adapterPath),
			report: markdownBeside(adapterPath),
		};
	}

	/** An adapter through the gate on the places of another run, as the product judges one from elsewhere. */
	async judge(adapterPath: string, tuned: Tuned, budget: number, signal: AbortSignal): Promise<Judgement> {
		const found = await this.judging.judge(
			{ adapterPath, basePath: starter, folder: tuned.shown.order.runFolder, budget, role: 'completion' },
			() => undefined,
			signal,
		);
		if (found === undefined) {
			throw new Error('There is nothing to judge on.');
		}
		return found;
	}

	/** The loss of each place with an adapter at its strength; undefined where it cannot be scored. */
	async losses(
		{ adapterPath, judgement }: Pick<Tuned, 'adapterPath' | 'judgement'>,
		places: readonly JudgedSpan[],
		signal: AbortSignal,
	): Promise<readonly (Loss | undefined)[]> {
		const session = clientOf(this.options);
		try {
			await session.load(this.load, signal);
			return await new Sides(session, adapterPath).losses(judgement.strength, places, signal);
		} finally {
			await session.dispose();
		}
	}
}

function clientOf({ dist, folder, log }: WorkplaceOptions): ModelClient {
	return new ModelClient({
		hostFile: path.join(dist, 'host.mjs'),
		runtimeFolders: [path.join(folder, 'host')],
		log,
	});
}

function loadOptions({ folder }: WorkplaceOptions): LoadOptions {
	const cacheFolder = path.join(folder, 'cache');
	fs.mkdirSync(cacheFolder, { recursive: true });
	return { path: starter, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder };
}

function dateOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What the session shows when the run has ended and was judged; tells now and then how far it is. */
async function endOf(
	session: FineTuneSession,
	name: string,
	log: Log,
	signal: AbortSignal,
): Promise<RunShown> {
	const cancel = () => session.cancel();
	signal.addEventListener('abort', cancel, { once: true });
	const telling = setInterval(() => log.info(`${name}: ${toldOf(session)}`), TELL_EVERY);
	try {
		await new Promise<void>((resolve) => {
			session.onDidEnd(() => resolve());
			session.onDidChange(({ type }) => {
				if (type === 'none' || type === 'refused') {
					resolve();
				}
			});
		});
		throwIfAborted(signal);
		const { state } = session;
		if (state.type !== 'run') {
			throw new Error(state.type === 'refused' ? state.message : `The session of ${name} shows nothing.`);
		}
		return state;
	} finally {
		clearInterval(telling);
		signal.removeEventListener('abort', cancel);
	}
}

/** It did not pass, and might with more time. */
async function isCutShort({ judgement, order }: RunShown): Promise<boolean> {
	const spans = await readSpans(order.runFolder);
	return (
		judgement !== undefined && judgement.decision !== 'pass' && judgement.spans < (spans?.test.length ?? 0)
	);
}

async function judgedAgain(session: FineTuneSession): Promise<RunShown> {
	await session.judge();
	const { state } = session;
	if (state.type !== 'run') {
		throw new Error('The session shows no run any more.');
	}
	return state;
}

function toldOf({ state }: FineTuneSession): string {
	if (state.type === 'preparing') {
		return `preparing ${state.detail}`;
	}
	if (state.type !== 'run') {
		return state.type;
	}
	const { view, judging } = state;
	return judging === undefined
		? `${view.phase ?? view.state}: step ${view.progress?.step ?? 0} of ${view.progress?.steps ?? '?'}, loss ${view.progress?.loss?.toFixed(3) ?? ''}`
		: `judging: ${judging.done} of ${judging.all} places`;
}
