/** Keeps the model at the adapters that were chosen for it: after a start, a change of the model, and a choice. */

import { isAbort } from '../../inference/cancel';
import {
	type Log,
	type Model,
	type ModelDescription,
	ModelUnavailable,
	type Subscription,
} from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { english } from '../job/english';
import type { Choice, Choices } from './choices';
import type { Change, ChangeReason } from './history';

interface ActiveAdaptersOptions {
	readonly model: Pick<Model, 'state' | 'onDidChangeState' | 'useAdapters' | 'inspectAdapter'>;
	readonly choices: Choices;
	/** Those were chosen earlier, and the model cannot use them now: they are off. */
	onRefused(names: readonly string[], reason: string): void;
	readonly log: Log;
	/** Default: English. */
	readonly translate?: Translate;
}

/** What the client says of a request that crashed the host each time it was sent. */
const CRASHED = 'answer-interrupted';

/** Why adapters cannot be used, as a sentence, and whether they crashed the host. */
interface Refusal {
	readonly reason: string;
	readonly hasCrashed: boolean;
}

export class ActiveAdapters {
	private readonly listeners = new Set<() => void>();
	private readonly subscription: Subscription;
	private readonly over = new AbortController();
	/** One change after the other. */
	private last: Promise<unknown> = Promise.resolve();

	constructor(private readonly options: ActiveAdaptersOptions) {
		this.subscription = options.model.onDidChangeState(() => this.follow());
		this.follow();
	}

	/** Those of the model that is ready, the lowest first; empty without one. */
	get all(): readonly Choice[] {
		const model = this.ready;
		if (model === undefined) {
			return [];
		}
		const chosen = this.options.choices.of(model.path);
		// What the model says is what is true; the choice knows the name.
		return model.adapters.flatMap(({ path, scale }) => {
			const known = chosen.find((choice) => choice.path === path);
			return known === undefined ? [] : [{ ...known, scale }];
		});
	}

	/** Called with every change, of the model too. */
	onDidChange(listener: () => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/**
	 * Uses these and no others, and remembers it for this model.
	 *
	 * @param reason For the history. Default: `chosen`.
	 * @returns why that cannot be, as a sentence: the old ones stay then; undefined when they are in use.
	 * @throws ModelUnavailable when the model went away meanwhile.
	 */
	use(choices: readonly Choice[], reason?: ChangeReason): Promise<string | undefined> {
		return this.inTurn(async () => {
			const model = this.ready;
			if (model === undefined) {
				const { translate = english } = this.options;
				return translate('No model is ready that could use an adapter.');
			}
			const refusal = await this.apply(choices);
			if (refusal === undefined) {
				await this.options.choices.set(model.path, choices, reason);
				this.tell();
			}
			return refusal?.reason;
		});
	}

	/** What was in use with this model, the newest first; empty without a model. */
	get history(): readonly Change[] {
		const model = this.ready;
		return model === undefined ? [] : this.options.choices.history.of(model.path);
	}

	/** What was in use before; undefined where nothing is in use that could be rolled back, and nothing was. */
	get previous(): readonly Choice[] | undefined {
		const model = this.ready;
		const { all } = this;
		const before = model === undefined ? [] : this.options.choices.history.before(model.path, all);
		return all.length === 0 && before.length === 0 ? undefined : before;
	}

	/** Uses what was in use before. @returns as `use`. @throws as `use`. */
	async rollBack(): Promise<string | undefined> {
		const { previous } = this;
		return previous === undefined ? undefined : this.use(previous, 'rolledBack');
	}

	/** The user calls one of them otherwise. */
	async rename(path: string, name: string): Promise<void> {
		await this.options.choices.rename(path, name);
		this.tell();
	}

	dispose(): void {
		this.over.abort();
		this.subscription.dispose();
		this.listeners.clear();
	}

	private get ready(): ModelDescription | undefined {
		const { state } = this.options.model;
		return state.type === 'ready' ? state.model : undefined;
	}

	private follow(): void {
		this.tell();
		if (this.ready !== undefined) {
			this.inTurn(() => this.restore()).catch((error: unknown) => {
				if (!isAbort(error)) {
					this.options.log.error('The adapters that were chosen could not be restored', error);
				}
			});
		}
	}

	/** A model that was just loaded has none; one whose host crashed on them has lost them. */
	private async restore(): Promise<void> {
		const model = this.ready;
		if (model === undefined) {
			return;
		}
		const wanted = this.options.choices.of(model.path);
		if (isSame(wanted, model.adapters)) {
			return;
		}
		const refusal = await this.apply(wanted);
		if (refusal === undefined) {
			this.tell();
		} else if (refusal.hasCrashed) {
			await this.switchOff(model, wanted, [], refusal.reason);
		} else if (this.ready?.path === model.path) {
			await this.restoreSome(model, wanted, refusal.reason);
		}
	}

	/** Leaves out what does not fit. Nothing is forgotten where another model has taken the place meanwhile. */
	private async restoreSome(
		model: ModelDescription,
		wanted: readonly Choice[],
		reason: string,
	): Promise<void> {
		const usable = await this.usable(wanted);
		if (this.ready?.path !== model.path) {
			return;
		}
		const rest = usable.length < wanted.length ? usable : [];
		const refusal = await this.apply(rest);
		if (refusal?.hasCrashed === true || this.ready?.path === model.path) {
			await this.switchOff(model, wanted, refusal === undefined ? rest : [], reason);
		}
	}

	/** Not asked for again: what crashed the model once would do so at every start. */
	private async switchOff(
		model: ModelDescription,
		wanted: readonly Choice[],
		rest: readonly Choice[],
		reason: string,
	): Promise<void> {
		await this.options.choices.set(model.path, rest, 'refused');
		this.options.onRefused(
			wanted.filter((choice) => !rest.includes(choice)).map((choice) => choice.name),
			reason,
		);
		this.tell();
	}

	/** Those that a look at their files does not refuse. */
	private async usable(choices: readonly Choice[]): Promise<readonly Choice[]> {
		const usable: Choice[] = [];
		for (const choice of choices) {
			const refusal = await attempt(async () => {
				const seen = await this.options.model.inspectAdapter(choice.path, this.over.signal);
				return seen.type === 'facts' ? seen.problem : seen.reason;
			});
			if (refusal === undefined) {
				usable.push(choice);
			}
		}
		return usable;
	}

	private apply(choices: readonly Choice[]): Promise<Refusal | undefined> {
		return attempt(async () => {
			const adapters = choices.map(({ path, scale }) => ({ path, scale }));
			const answer = await this.options.model.useAdapters(adapters, this.over.signal);
			return answer.type === 'unsupported' ? answer.reason : undefined;
		});
	}

	private inTurn<T>(action: () => Promise<T>): Promise<T> {
		const result = this.last.then(action);
		this.last = result.catch(() => undefined);
		return result;
	}

	private tell(): void {
		for (const listener of [...this.listeners]) {
			listener();
		}
	}
}

/** A model that is not there says nothing of the adapters: that is thrown on. */
async function attempt(action: () => Promise<string | undefined>): Promise<Refusal | undefined> {
	try {
		const reason = await action();
		return reason === undefined ? undefined : { reason, hasCrashed: false };
	} catch (error) {
		if (ModelUnavailable.is(error) && error.problem.code === CRASHED) {
			return { reason: error.problem.message, hasCrashed: true };
		}
		throw error;
	}
}

function isSame(wanted: readonly Choice[], used: ModelDescription['adapters']): boolean {
	return (
		wanted.length === used.length &&
		wanted.every(({ path, scale }, index) => used[index]?.path === path && used[index]?.scale === scale)
	);
}
