/** What is said of an adapter while it is in use: that the code has moved on, or that its base was accepted more often. */

import type { Translate } from '../../inference/statusText';
import { boolean, list, number, object, shortString } from '../../inference/wire/shapes';
import type { Memory } from '../adapters/choices';
import { type Acceptance, isWorse, shareOf } from './acceptance';
import type { CommitsSince } from './commitsSince';

/** An adapter that is in use, and what is known of it. */
export interface Patient {
	/** Name of its file. */
	readonly id: string;
	readonly name: string;
	readonly commits: readonly CommitsSince[];
	/** Undefined where it is not alone in use: nobody knows whose work is accepted. */
	readonly acceptance: Acceptance | undefined;
	/** Whether a run can begin with its weights. */
	readonly canContinue: boolean;
}

export type Wish = 'continue' | 'rollBack' | 'report';

/** Commits to files of the kinds that were trained on, from which on it is worth to say so. */
export const ENOUGH_COMMITS = 20;
/** Milliseconds between two remarks on one adapter: a week. */
export const PAUSE = 7 * 24 * 60 * 60_000;

interface Told {
	readonly id: string;
	/** When anything was last said of it, in milliseconds since 1970; 0 = never. */
	readonly at: number;
	/** The user does not want to hear of commits again. */
	readonly isSilenced: boolean;
	/** That the base was accepted more often is said once. */
	readonly toldWorse: boolean;
}

const KEY = 'familiar.adapterRemarks';
/** Adapters of which is remembered what was told. */
const MOST_TOLD = 64;

const isTold = list(
	object<Told>({ id: shortString, at: number, isSilenced: boolean, toldWorse: boolean }),
	MOST_TOLD,
);

interface AftercareOptions {
	readonly memory: Memory;
	/** Shows the text and the buttons; resolves with the one that was pressed. */
	ask(text: string, ...buttons: string[]): Thenable<string | undefined>;
	readonly translate: Translate;
	/** Default: the time of this machine, in milliseconds since 1970. */
	readonly now?: () => number;
}

export class Aftercare {
	constructor(private readonly options: AftercareOptions) {}

	/** Says at most one thing, and nothing within a week of the last. Undefined where nothing is to be said, or nothing was answered. */
	async remark(patient: Patient): Promise<Wish | undefined> {
		const { now = Date.now } = this.options;
		const told = this.all().find((one) => one.id === patient.id) ?? {
			id: patient.id,
			at: 0,
			isSilenced: false,
			toldWorse: false,
		};
		if (now() - told.at < PAUSE) {
			return undefined;
		}
		const { acceptance } = patient;
		if (acceptance !== undefined && isWorse(acceptance) && !told.toldWorse) {
			await this.remember({ ...told, at: now(), toldWorse: true });
			return this.remarkWorse(patient.name, acceptance);
		}
		const commits = patient.commits.reduce((sum, one) => sum + one.commits, 0);
		if (commits < ENOUGH_COMMITS || told.isSilenced || !patient.canContinue) {
			return undefined;
		}
		await this.remember({ ...told, at: now() });
		return this.remarkCommits(patient, commits, told);
	}

	private async remarkWorse(name: string, { adapter, base }: Acceptance): Promise<Wish | undefined> {
		const { ask, translate } = this.options;
		const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
		const rollBack = translate('Roll Back');
		const report = translate('Show Report');
		const chosen = await ask(
			translate(
				'With the adapter {0} you accepted {1} of {2} completions, and without it {3} of {4}. The difference is more than chance.',
				name,
				percent(shareOf(adapter)),
				adapter.shown,
				percent(shareOf(base)),
				base.shown,
			),
			rollBack,
			report,
		);
		return chosen === rollBack ? 'rollBack' : chosen === report ? 'report' : undefined;
	}

	private async remarkCommits({ name }: Patient, commits: number, told: Told): Promise<Wish | undefined> {
		const { ask, translate, now = Date.now } = this.options;
		const goOn = translate('Continue Training…');
		const report = translate('Show Report');
		const never = translate("Don't Ask Again");
		const chosen = await ask(
			translate(
				'{0} commits since the adapter {1} was trained. A fine-tune can go on from it with the new code.',
				commits,
				name,
			),
			goOn,
			report,
			never,
		);
		if (chosen === never) {
			await this.remember({ ...told, at: now(), isSilenced: true });
		}
		return chosen === goOn ? 'continue' : chosen === report ? 'report' : undefined;
	}

	private async remember(told: Told): Promise<void> {
		const others = this.all().filter((one) => one.id !== told.id);
		await this.options.memory.update(KEY, [told, ...others].slice(0, MOST_TOLD));
	}

	/** What another version wrote, or a hand, counts as nothing. */
	private all(): readonly Told[] {
		const value = this.options.memory.get<unknown>(KEY, []);
		return isTold(value) ? value : [];
	}
}
