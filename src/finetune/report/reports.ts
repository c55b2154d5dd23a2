/** What is known of every adapter on this machine, put together for its report: record, file, statistics and history. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { AdapterFacts } from '../../inference/gguf/adapterKeys';
import type { Model } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { ActiveAdapters } from '../adapters/active';
import type { Choice } from '../adapters/choices';
import type { RunOrder } from '../job/messages';
import type { RunView } from '../job/runRecord';
import type { Judgement } from '../judge/judgement';
import { type Acceptance, type AcceptanceCounts, acceptanceOf } from './acceptance';
import type { Patient } from './aftercare';
import type { CommitsSince } from './commitsSince';
import { comparisonContent } from './comparison';
import { reportContent } from './content';
import type { Start } from './continuation';
import type { DataSummary } from './dataSummary';
import { recordOfFile, recordOfRun, settingsOf } from './newRecord';
import type { ComparisonContent, ReportContent } from './protocol';
import type { AdapterRecord } from './record';
import type { RecordStore } from './recordStore';

interface ReportsOptions {
	/** Absolute path of the folder of adapters. */
	readonly folder: string;
	readonly records: RecordStore;
	readonly model: Pick<Model, 'state' | 'inspectAdapter'>;
	readonly active: Pick<ActiveAdapters, 'all' | 'history' | 'previous' | 'rename'>;
	/** What the statistics counted. */
	acceptance(): Promise<readonly AcceptanceCounts[]>;
	/** Empty where Git must not be asked. */
	commitsSince(data: DataSummary, signal: AbortSignal): Promise<readonly CommitsSince[]>;
	/** Whether the learning curve of the adapter could be measured now. */
	canMeasure(file: string): boolean;
	/** A moment in milliseconds since 1970, with date and time. */
	dateOf(at: number): string;
	readonly translate: Translate;
}

/** An adapter with its record. */
export interface Reported {
	/** Absolute. */
	readonly path: string;
	readonly record: AdapterRecord;
}

/** A run that has ended in this window. */
interface EndedRun {
	readonly view: RunView;
	readonly order: RunOrder;
	readonly judgement: Judgement | undefined;
}

/** What a look at an adapter's file says. */
interface Seen {
	readonly facts: AdapterFacts | undefined;
	/** Whether the loaded model can use it. */
	readonly fits: boolean;
}

export class Reports {
	constructor(private readonly options: ReportsOptions) {}

	/** Newest first. @throws AbortError. */
	async list(signal: AbortSignal): Promise<readonly Reported[]> {
		const names = await fs.readdir(this.options.folder).catch((): string[] => []);
		const found: Reported[] = [];
		for (const name of names.filter((one) => one.endsWith('.gguf'))) {
			const file = path.join(this.options.folder, name);
			found.push({ path: file, record: await this.record(file, signal) });
		}
		return found.sort((one, other) => other.record.created - one.record.created);
	}

	/** What is kept of it; of one without a record, what its file says. @throws AbortError. */
	async record(file: string, signal: AbortSignal): Promise<AdapterRecord> {
		return (await this.options.records.read(file)) ?? this.first(file, signal);
	}

	/** @throws AbortError; the error of the statistics' file. */
	async content(file: string, signal: AbortSignal): Promise<ReportContent> {
		const { active, translate, dateOf } = this.options;
		const record = await this.record(file, signal);
		return reportContent(
			record,
			{
				scale: active.all.find((one) => one.path === file)?.scale,
				previous: active.previous,
				history: active.history,
				acceptance: await this.acceptance(record),
				commits: await this.commits(record, signal),
				canContinue: (await this.start(file, signal)) !== undefined,
				canMeasure: this.options.canMeasure(file),
				dateOf,
			},
			translate,
		);
	}

	/** @throws as `content`. */
	async comparison(files: readonly string[], signal: AbortSignal): Promise<ComparisonContent> {
		const { acceptance, dateOf, translate } = this.options;
		const records: AdapterRecord[] = [];
		for (const file of files) {
			records.push(await this.record(file, signal));
		}
		return comparisonContent(records, await acceptance(), dateOf, translate);
	}

	/** Keeps what a run has brought. @returns whether it brought an adapter. @throws the error of the disk. */
	async keep({ view, order, judgement }: EndedRun, signal: AbortSignal): Promise<boolean> {
		const { records, model } = this.options;
		const file = view.result?.adapterPath;
		if (file === undefined) {
			return false;
		}
		const { facts } = await this.see(file, signal);
		const { state } = model;
		const record = recordOfRun({
			view,
			order,
			facts,
			judgement,
			engine: state.type === 'ready' ? state.model.engineVersion : undefined,
			continuedName: order.from === undefined ? undefined : (await this.record(order.from, signal)).name,
			now: Date.now(),
		});
		if (record !== undefined) {
			// A content that was trained before has been named and noted: that stays.
			const before = await records.read(file);
			const { name, notes } = before ?? record;
			await records.write(file, await records.joined(file, { ...record, name, notes }));
		}
		return true;
	}

	/** @throws the error of the disk; an AbortError. */
	async rename(file: string, name: string, signal: AbortSignal): Promise<void> {
		await this.options.records.change(file, { name }, () => this.first(file, signal));
		await this.options.active.rename(file, name);
	}

	/** @throws as `rename`. */
	async note(file: string, notes: string, signal: AbortSignal): Promise<void> {
		await this.options.records.change(file, { notes }, () => this.first(file, signal));
	}

	/** Takes in what was measured after its training, and lies beside it. @throws as `rename`. */
	async measured(file: string, signal: AbortSignal): Promise<void> {
		await this.options.records.change(file, {}, () => this.first(file, signal));
	}

	/** What a run needs to begin with its weights; undefined where it cannot: another base, or trained elsewhere. */
	async start(file: string, signal: AbortSignal): Promise<Start | undefined> {
		const { state } = this.options.model;
		const { facts, fits } = await this.see(file, signal);
		const record = await this.options.records.read(file);
		const settings = settingsOf(facts) ?? record?.settings;
		// A run for the chat begins anew.
		return state.type !== 'ready' || !fits || settings === undefined || facts?.role === 'chat'
			? undefined
			: { path: file, name: record?.name ?? facts?.name ?? '', basePath: state.model.path, settings };
	}

	/** What is to be watched of an adapter in use. @throws as `content`. */
	async patient(choice: Choice, signal: AbortSignal): Promise<Patient> {
		const record = await this.record(choice.path, signal);
		// What is accepted is completion's.
		const completing = this.options.active.all.filter(({ role }) => role !== 'chat');
		const isAlone = completing.length === 1 && completing[0]?.path === choice.path;
		return {
			id: path.basename(choice.path),
			name: choice.name,
			commits: await this.commits(record, signal),
			acceptance: isAlone ? await this.acceptance(record) : undefined,
			canContinue: (await this.start(choice.path, signal)) !== undefined,
		};
	}

	private async acceptance({ adapter }: AdapterRecord): Promise<Acceptance> {
		return acceptanceOf(await this.options.acceptance(), path.basename(adapter, '.gguf'), undefined);
	}

	private async commits({ data }: AdapterRecord, signal: AbortSignal): Promise<readonly CommitsSince[]> {
		return data === undefined || data.heads.length === 0 ? [] : this.options.commitsSince(data, signal);
	}

	private async first(file: string, signal: AbortSignal): Promise<AdapterRecord> {
		const status = await fs.stat(file).catch(() => undefined);
		const { facts } = await this.see(file, signal);
		return this.options.records.joined(file, recordOfFile(file, status?.mtimeMs ?? 0, facts));
	}

	/** Only a model can look at it. */
	private async see(file: string, signal: AbortSignal): Promise<Seen> {
		const { model } = this.options;
		if (model.state.type !== 'ready') {
			return { facts: undefined, fits: false };
		}
		const seen = await model.inspectAdapter(file, signal);
		return seen.type === 'facts'
			? { facts: seen.facts, fits: seen.problem === undefined }
			: { facts: undefined, fits: false };
	}
}
