/** What can be done with a report: use, roll back, go on from, compare, copy, name and note. The face asks and shows. */

import * as path from 'node:path';
import type { Translate } from '../../inference/statusText';
import type { ActiveAdapters } from '../adapters/active';
import type { Choice } from '../adapters/choices';
import type { Aftercare, Wish } from './aftercare';
import { comparisonMarkdown, MOST_COMPARED } from './comparison';
import type { Continuation } from './continuation';
import { markdownReport } from './markdown';
import type { ReportAction } from './protocol';
import type { Reported, Reports } from './reports';
import type { Shown } from './shown';

/** A row of a menu. */
export interface AdapterRow {
	/** Absolute path of the adapter. */
	readonly file: string;
	readonly label: string;
	readonly description: string;
	readonly detail: string;
}

/** The editor, as far as this needs it. */
export interface ReportUi {
	readonly isTrusted: boolean;
	/** Says in a notification. */
	tell(text: string): void;
	/** Says what is not done in Restricted Mode. */
	tellRestricted(text: string): void;
	/** Every adapter, with a notification that can be cancelled while they are looked at. */
	list(): Promise<readonly Reported[]>;
	/** Undefined when the user went away. */
	pick(title: string, rows: readonly AdapterRow[]): Promise<AdapterRow | undefined>;
	/** @param picked Path of the one that is chosen at first. */
	pickSome(
		title: string,
		hint: string,
		rows: readonly AdapterRow[],
		picked: string | undefined,
	): Promise<readonly AdapterRow[] | undefined>;
	/** @param problemOf Why a text cannot be; undefined where it can. Undefined when the user went away. */
	input(
		title: string,
		value: string,
		problemOf: (text: string) => string | undefined,
	): Promise<string | undefined>;
	copy(text: string): Promise<void>;
	/** Shows where a file is. */
	reveal(file: string): Promise<void>;
	show(shown: Shown): void;
	/** What the tab shows while it has the focus. */
	readonly focused: Shown | undefined;
	/** The record has changed. */
	refresh(): Promise<void>;
	/** Asks what a fine-tune asks, and starts it. */
	fineTune(): Promise<void>;
}

interface ReportDeskOptions {
	readonly reports: Reports;
	readonly active: Pick<ActiveAdapters, 'all' | 'previous' | 'rollBack'>;
	readonly continuation: Pick<Continuation, 'choose' | 'clear'>;
	readonly aftercare: Pick<Aftercare, 'remark'>;
	/** Uses it alone, at the strength; tells the user when that cannot be. */
	use(adapter: Choice): Promise<void>;
	turnOff(adapter: { readonly path: string; readonly name: string }): Promise<void>;
	/** Asks, and measures the learning curve of the last run. */
	measureCurve(): Promise<void>;
	/** One is called otherwise than before. */
	onRenamed(): void;
	/** A moment in milliseconds since 1970, with date and time. */
	dateOf(at: number): string;
	readonly ui: ReportUi;
	readonly translate: Translate;
}

/** Characters of a name, and of notes. */
const LONGEST_NAME = 120;
const LONGEST_NOTES = 2_000;

export class ReportDesk {
	private isLooking = false;

	constructor(private readonly options: ReportDeskOptions) {}

	/** @throws what the parts throw, with a message for the user; an AbortError. */
	async act(action: ReportAction, file: string, signal: AbortSignal): Promise<void> {
		const { reports, use, turnOff, measureCurve, ui } = this.options;
		const { name, judgement } = await reports.record(file, signal);
		switch (action) {
			case 'use':
			case 'useAnyway':
				return use({ path: file, name, scale: judgement?.strength ?? 1 });
			case 'off':
				return turnOff({ path: file, name });
			case 'rollBack':
				return this.rollBack();
			case 'continue':
				return this.continueFrom(file, signal);
			case 'curve':
				return measureCurve();
			case 'compare':
				return this.compare(file);
			case 'copy':
				return this.copy(file, signal);
			case 'folder':
				return ui.reveal(file);
			case 'rename':
				return this.rename(file, signal);
			case 'notes':
				return this.editNotes(file, signal);
		}
	}

	/** An adapter has come into use, or is in use for another hour: says at most one thing of each. */
	async lookAfter(signal: AbortSignal): Promise<void> {
		const { active, reports, aftercare, ui } = this.options;
		if (this.isLooking || !ui.isTrusted) {
			return;
		}
		this.isLooking = true;
		try {
			for (const choice of active.all) {
				const patient = await reports.patient(choice, signal);
				await this.follow(await aftercare.remark(patient), choice.path, signal);
			}
		} finally {
			this.isLooking = false;
		}
	}

	/** Uses what was in use before, the model alone where nothing was. @throws ModelUnavailable. */
	async rollBack(): Promise<void> {
		const { active, translate, ui } = this.options;
		const { previous } = active;
		if (previous === undefined) {
			ui.tell(translate('No adapter was in use with this model that could be rolled back.'));
			return;
		}
		const reason = await active.rollBack();
		if (reason !== undefined) {
			throw new Error(translate('The adapters stay as they are: {0}', reason));
		}
		const names = previous.map(({ name }) => name).join(' + ');
		ui.tell(
			names === ''
				? translate('Rolled back: the model is in use without an adapter.')
				: translate('Rolled back: {0} is in use.', names),
		);
	}

	/** @param first The one that is compared with others; undefined: all are chosen. */
	async compare(first: string | undefined): Promise<void> {
		const { ui, translate } = this.options;
		const all = await ui.list();
		if (all.length < 2) {
			ui.tell(translate('There are fewer than two adapters: nothing can be compared.'));
			return;
		}
		const title = translate('Compare Fine-tunes');
		const hint = translate('Choose two to {0}', MOST_COMPARED);
		const rows = all.map((one) => this.rowOf(one));
		const chosen = await ui.pickSome(title, hint, rows, first);
		if (chosen !== undefined && chosen.length > 1) {
			ui.show({ type: 'comparison', files: chosen.slice(0, MOST_COMPARED).map(({ file }) => file) });
		}
	}

	/** @param named Undefined: what the tab shows, or one that is asked for. */
	async copy(named: string | undefined, signal: AbortSignal): Promise<void> {
		const { reports, ui, translate } = this.options;
		const { focused } = ui;
		if (named === undefined && focused?.type === 'comparison') {
			await ui.copy(comparisonMarkdown(await reports.comparison(focused.files, signal)));
			return;
		}
		await this.withAdapter(named ?? (focused?.type === 'report' ? focused.file : undefined), async (file) =>
			ui.copy(markdownReport(await reports.content(file, signal), translate)),
		);
	}

	/** Asks which one where none is named and there are several. */
	async withAdapter(
		named: string | undefined,
		action: (file: string) => Promise<void> | void,
	): Promise<void> {
		const { ui, translate } = this.options;
		if (named !== undefined) {
			return action(named);
		}
		const rows = (await ui.list()).map((one) => this.rowOf(one));
		if (rows.length === 0) {
			ui.tell(translate('There is no adapter yet: a fine-tune makes one, with a report.'));
			return;
		}
		const chosen = rows.length === 1 ? rows[0] : await ui.pick(translate('Show Fine-tune Report'), rows);
		if (chosen !== undefined) {
			await action(chosen.file);
		}
	}

	private async rename(file: string, signal: AbortSignal): Promise<void> {
		const { reports, onRenamed, ui, translate } = this.options;
		const { name } = await reports.record(file, signal);
		const chosen = await ui.input(translate('Rename the adapter {0}', name), name, (text) =>
			text.trim() === '' || text.length > LONGEST_NAME
				? translate('Enter a name of up to {0} characters.', LONGEST_NAME)
				: undefined,
		);
		if (chosen !== undefined && chosen.trim() !== name) {
			await reports.rename(file, chosen.trim(), signal);
			onRenamed();
			await ui.refresh();
		}
	}

	private async editNotes(file: string, signal: AbortSignal): Promise<void> {
		const { reports, ui, translate } = this.options;
		const { name, notes } = await reports.record(file, signal);
		const chosen = await ui.input(translate('Notes on the adapter {0}', name), notes, (text) =>
			text.length > LONGEST_NOTES ? translate('Enter up to {0} characters.', LONGEST_NOTES) : undefined,
		);
		if (chosen !== undefined && chosen !== notes) {
			await reports.note(file, chosen.trim(), signal);
			await ui.refresh();
		}
	}

	/** The questions of a fine-tune follow; the run that they start begins with the weights of the adapter. */
	private async continueFrom(file: string, signal: AbortSignal): Promise<void> {
		const { reports, continuation, ui, translate } = this.options;
		if (!ui.isTrusted) {
			ui.tellRestricted(translate('A fine-tune goes on only in a trusted workspace.'));
			return;
		}
		const start = await reports.start(file, signal);
		if (start === undefined) {
			throw new Error(
				translate(
					'A run can only go on from an adapter that Familiar trained for the loaded model. Select that model, or start a run that begins anew.',
				),
			);
		}
		continuation.choose(start);
		try {
			await ui.fineTune();
		} finally {
			// Whoever answered otherwise, and fine-tunes later, means a run that begins anew.
			continuation.clear();
		}
	}

	private async follow(wish: Wish | undefined, file: string, signal: AbortSignal): Promise<void> {
		switch (wish) {
			case 'continue':
				return this.continueFrom(file, signal);
			case 'rollBack':
				return this.rollBack();
			case 'report':
				return this.options.ui.show({ type: 'report', file });
			case undefined:
		}
	}

	private rowOf({ path: file, record }: Reported): AdapterRow {
		const { dateOf } = this.options;
		return { file, label: record.name, description: dateOf(record.created), detail: path.basename(file) };
	}
}
