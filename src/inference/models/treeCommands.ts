/** The commands of the models view: which of them does what with which row. */

import { commands } from '../../manifest';
import type { ModelRole, Subscription } from '../model';
import type { Role } from './library';
import type { ModelShop } from './shop';
import type { ShelvedAdapter, Target } from './treeRow';

/** The adapters, from the room that knows them. */
export interface AdapterShelf {
	/** Empty without a model that could look at them. */
	list(signal: AbortSignal): Promise<readonly ShelvedAdapter[]>;
	use(adapter: Pick<ShelvedAdapter, 'path' | 'name'>): Promise<void>;
	turnOff(adapter: Pick<ShelvedAdapter, 'path' | 'name'>): Promise<void>;
	onDidChange(listener: () => void): Subscription;
}

interface TreeTools {
	shop(): Promise<Pick<ModelShop, 'follow' | 'remove' | 'running'>>;
	readonly adapters: Pick<AdapterShelf, 'use' | 'turnOff'>;
	/** @param file empty for the starter. */
	use(file: string, roles: readonly Role[]): Promise<unknown>;
	/** The chat, or the search by meaning, goes on without it. */
	stopUsing(file: string): Promise<void>;
	useForChat(file: string): Promise<unknown>;
	load(role: ModelRole): Promise<void>;
	unload(role: ModelRole): Promise<void>;
	/** Of a model that is loaded. */
	measure(role: ModelRole): Promise<void>;
	/** Shows where a file is. */
	reveal(file: string): Promise<void>;
	getStarted(): Promise<void>;
	showModels(): Promise<void>;
}

/** @param register `act` is called with what the row stands for, undefined where none is meant. */
export function treeCommands<Registered>(
	register: (id: string, act: (target: Target | undefined) => Promise<unknown> | undefined) => Registered,
	tools: TreeTools,
): readonly Registered[] {
	const { shop, adapters, use } = tools;
	const withFile = (target: Target | undefined, way: (file: string) => Promise<unknown>) =>
		target?.type === 'model' ? way(target.path) : undefined;
	// Without a row it is the model that completes.
	const roleOf = (target: Target | undefined) =>
		(target?.type === 'model' ? target.role : undefined) ?? 'completion';
	const follow = async (choice: Parameters<ModelShop['follow']>[0]) => (await shop()).follow(choice);
	return [
		register(commands.getStarted, () => tools.getStarted()),
		register(commands.showModels, () => tools.showModels()),
		register(commands.useForCompletion, (target) =>
			withFile(target, (file) => use(file, ['completion', 'chat'])),
		),
		register(commands.useForChat, (target) => withFile(target, (file) => tools.useForChat(file))),
		register(commands.useForSearch, (target) => withFile(target, (file) => use(file, ['embedding']))),
		register(commands.stopUsingModel, (target) => withFile(target, (file) => tools.stopUsing(file))),
		register(commands.loadModel, (target) => tools.load(roleOf(target))),
		register(commands.unloadModel, (target) => tools.unload(roleOf(target))),
		register(commands.benchmarkModel, (target) => tools.measure(roleOf(target))),
		register(commands.importModel, () => follow({ type: 'import-file' })),
		register(commands.downloadModel, (target) =>
			target?.type === 'entry' ? follow({ type: 'entry', entry: target.entry }) : undefined,
		),
		register(commands.chooseSize, (target) =>
			target?.type === 'entry' ? follow({ type: 'entry', entry: target.entry, isOpen: true }) : undefined,
		),
		register(commands.resumeDownload, (target) =>
			target?.type === 'download' ? follow({ type: 'stored', model: target.stored }) : undefined,
		),
		register(commands.cancelDownload, async (target) =>
			target?.type === 'download' ? (await shop()).running.get(target.key)?.cancel() : undefined,
		),
		register(commands.deleteModel, async (target) => {
			const stored = target?.type === 'model' || target?.type === 'download' ? target.stored : undefined;
			return stored === undefined ? undefined : (await shop()).remove(stored);
		}),
		register(commands.revealModel, (target) =>
			target?.type === 'model'
				? tools.reveal(target.file)
				: target?.type === 'adapter'
					? tools.reveal(target.adapter.path)
					: undefined,
		),
		register(commands.useAdapter, (target) =>
			target?.type === 'adapter' ? adapters.use(target.adapter) : undefined,
		),
		register(commands.turnOffAdapter, (target) =>
			target?.type === 'adapter' ? adapters.turnOff(target.adapter) : undefined,
		),
	];
}
