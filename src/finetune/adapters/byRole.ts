/** The adapters of completion and of chat as one list: each is used by whoever it was trained for, and by nobody else. */

import type { Model, ModelState, Subscription } from '../../inference/model';
import type { ActiveAdapters } from './active';
import type { AdapterRole, Choice } from './choices';
import type { Change, ChangeReason } from './history';

type RoleActive = Pick<
	ActiveAdapters,
	'all' | 'onDidChange' | 'use' | 'history' | 'previous' | 'rollBack' | 'rename'
>;

interface RoleAdaptersOptions {
	readonly completion: RoleActive;
	readonly chat: RoleActive;
	/** Whom the adapter in this file was trained for. */
	roleOf(path: string): Promise<AdapterRole>;
}

export class RoleAdapters {
	constructor(private readonly options: RoleAdaptersOptions) {}

	/** Those of completion first. */
	get all(): readonly Choice[] {
		const { completion, chat } = this.options;
		return [...completion.all, ...chat.all.map((choice) => ({ ...choice, role: 'chat' as const }))];
	}

	/** What was in use, by either, the newest first. */
	get history(): readonly Change[] {
		const { completion, chat } = this.options;
		return [...completion.history, ...chat.history].sort((one, other) => other.at - one.at);
	}

	/** Of the role whose adapters were changed last; as `ActiveAdapters.previous`. */
	get previous(): readonly Choice[] | undefined {
		return this.changedLast.previous;
	}

	/** The same. @returns and throws as `ActiveAdapters.rollBack`. */
	rollBack(): Promise<string | undefined> {
		return this.changedLast.rollBack();
	}

	/** The user calls one of them otherwise. */
	async rename(path: string, name: string): Promise<void> {
		await this.options.completion.rename(path, name);
		await this.options.chat.rename(path, name);
	}

	onDidChange(listener: () => void): Subscription {
		const [one, other] = [this.options.completion, this.options.chat].map((active) =>
			active.onDidChange(listener),
		);
		return {
			dispose: () => {
				one?.dispose();
				other?.dispose();
			},
		};
	}

	/**
	 * Uses these and no others. One that was not in use does not switch off those of the other role.
	 * @returns and throws as `ActiveAdapters.use`.
	 */
	async use(choices: readonly Choice[], reason?: ChangeReason): Promise<string | undefined> {
		const known = new Set(this.all.map(({ path }) => path));
		const mine: Record<AdapterRole, Choice[]> = { completion: [], chat: [] };
		const fresh = new Set<AdapterRole>();
		for (const { role: told, ...choice } of choices) {
			const role = told ?? (await this.options.roleOf(choice.path));
			mine[role].push(choice);
			if (!known.has(choice.path)) {
				fresh.add(role);
			}
		}
		for (const role of ['completion', 'chat'] as const) {
			const active = this.options[role];
			const isOther = fresh.size > 0 && !fresh.has(role) && mine[role].length === 0;
			if (isOther || isSame(active.all, mine[role])) {
				continue;
			}
			const refusal = await active.use(mine[role], reason);
			if (refusal !== undefined) {
				return refusal;
			}
		}
		return undefined;
	}

	private get changedLast(): RoleActive {
		const { completion, chat } = this.options;
		const [one, other] = [completion, chat].map(({ history: [newest] }) => newest?.at ?? 0);
		return (other ?? 0) > (one ?? 0) ? chat : completion;
	}
}

/** The model as those see it who keep its adapters: what they choose is chat's. */
export function adaptersOfChat(
	model: Pick<Model, 'state' | 'onDidChangeState' | 'useChatAdapters' | 'inspectAdapter'>,
): Pick<Model, 'state' | 'onDidChangeState' | 'useAdapters' | 'inspectAdapter'> {
	return {
		get state(): ModelState {
			const { state } = model;
			return state.type === 'ready'
				? { ...state, model: { ...state.model, adapters: state.model.chatAdapters ?? [] } }
				: state;
		},
		onDidChangeState: (listener) => model.onDidChangeState(listener),
		useAdapters: (adapters, signal) => model.useChatAdapters(adapters, signal),
		inspectAdapter: (path, signal) => model.inspectAdapter(path, signal),
	};
}

/** Looks at an adapter with the model that would use it. */
export function inspecting(
	completion: Pick<Model, 'inspectAdapter'>,
	chat: Pick<Model, 'inspectAdapter' | 'state'>,
): Pick<Model, 'inspectAdapter'> {
	return {
		inspectAdapter: async (path, signal) => {
			const seen = await completion.inspectAdapter(path, signal);
			const isOfChat = seen.type === 'facts' && seen.facts.role === 'chat';
			return isOfChat && chat.state.type === 'ready' ? chat.inspectAdapter(path, signal) : seen;
		},
	};
}

function isSame(some: readonly Choice[], others: readonly Choice[]): boolean {
	return (
		some.length === others.length &&
		some.every(({ path, scale }, index) => path === others[index]?.path && scale === others[index]?.scale)
	);
}
