/** Face: the models view, a tree with what is here, on its way and recommended, and what its commands do. */

import * as vscode from 'vscode';
import { commands, type Settings, views, WALKTHROUGH } from '../manifest';
import { isAbort } from './cancel';
import { editorDialogues } from './editorDialogues';
import { showFailure } from './failureMessage';
import type { LaterTree } from './later';
import type { Log, Model, ModelRole, ModelState, Subscription } from './model';
import { benchmark } from './models/benchmark';
import { Benchmarks } from './models/benchmarks';
import { benchmarkText } from './models/installedRows';
import type { Role } from './models/library';
import type { ModelShop } from './models/shop';
import { type AdapterShelf, treeCommands } from './models/treeCommands';
import type { ShelvedAdapter, Target, TreeRow } from './models/treeRow';
import { treeRows } from './models/treeRows';
import { readTreeState } from './models/treeState';

export interface ModelsViewOptions {
	/** Who is asked for what, in memory or not. */
	readonly models: Readonly<
		Record<ModelRole, Pick<Model, 'state' | 'onDidChangeState' | 'fill' | 'chat' | 'embed' | 'tokenize'>>
	>;
	/** Of the chat's own model; undefined while it has none. */
	chatState(): ModelState | undefined;
	/** Absolute path of the starter. */
	readonly starterPath: string;
	readonly memory: vscode.Memento;
	readonly cacheFolder: string;
	readonly adapters: AdapterShelf;
	/** As VS Code knows it, with its publisher. */
	readonly extensionId: string;
	readonly log: Log;
	settings(): Settings;
	shop(): Promise<ModelShop>;
	/** @param file empty for the starter, or none. */
	use(file: string, roles: readonly Role[]): Promise<unknown>;
	/** The chat, or the search by meaning, goes on without it. */
	stopUsing(file: string): Promise<void>;
	load(role: ModelRole): Promise<void>;
	unload(role: ModelRole): Promise<void>;
}

/** Milliseconds in which several changes are shown as one. */
const SETTLE = 100;

class Item extends vscode.TreeItem {
	readonly rows: Item[];
	readonly target: Target;

	constructor(row: TreeRow) {
		const { None, Expanded } = vscode.TreeItemCollapsibleState;
		super(row.label, row.children.length === 0 ? None : Expanded);
		this.id = row.id;
		this.target = row.target;
		this.rows = row.children.map((child) => new Item(child));
		this.contextValue = row.acts.join(' ');
		if (row.icon !== '') {
			this.iconPath = new vscode.ThemeIcon(
				row.icon,
				row.isGood ? new vscode.ThemeColor('charts.green') : undefined,
			);
		}
		this.say(row.description, row.tooltip);
		const press = pressCommand(row);
		if (press !== undefined) {
			this.command = { command: press, title: '', arguments: [this] };
		}
	}

	say(description: string, tooltip: readonly string[]): void {
		this.description = description;
		this.tooltip = tooltip.join('\n');
		this.accessibilityInformation = { label: [this.label, description].filter(Boolean).join(', ') };
	}
}

/** What Enter, or a click, does. A model is not loaded by a click: that takes time and memory. */
function pressCommand({ acts }: TreeRow): string | undefined {
	return acts.includes('adapter')
		? commands.useAdapter
		: acts.includes('noAdapter')
			? commands.turnOffAdapter
			: acts.includes('download')
				? commands.downloadModel
				: undefined;
}

export class ModelsView implements vscode.Disposable {
	private readonly subscriptions: Subscription[];
	private readonly benchmarks: Benchmarks;
	private readonly closing = new AbortController();
	private readonly dialogues = editorDialogues(() => this.closing.signal);
	private shop: ModelShop | undefined;
	private adapters: readonly ShelvedAdapter[] = [];
	private readonly shown = new Map<string, Item>();
	private isStale = false;
	private timer: NodeJS.Timeout | undefined;

	constructor(
		private readonly options: ModelsViewOptions,
		private readonly tree: LaterTree,
	) {
		const { models, memory, adapters } = options;
		this.benchmarks = new Benchmarks(memory, options.cacheFolder);
		this.subscriptions = [
			...Object.values(models).map((model) => model.onDidChangeState(() => this.refresh())),
			adapters.onDidChange(() => this.lookAtAdapters()),
			tree.view.onDidChangeVisibility(({ visible }) => {
				if (visible) {
					this.lookAtAdapters();
				}
			}),
			// Another window may have changed what is on the disk.
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) {
					this.refresh();
				}
			}),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration('familiar')) {
					this.refresh();
				}
			}),
			...this.commands(),
		];
		this.lookAtAdapters();
	}

	/** The rows below one, or those at the top. */
	async rows(row: vscode.TreeItem | undefined): Promise<vscode.TreeItem[]> {
		if (row instanceof Item) {
			return row.rows;
		}
		const items = (await this.read()).map((one) => new Item(one));
		this.shown.clear();
		for (const item of items.flatMap(({ rows }) => rows)) {
			this.shown.set(item.id ?? '', item);
		}
		return items;
	}

	dispose(): void {
		this.closing.abort();
		clearTimeout(this.timer);
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}

	private async read(): Promise<readonly TreeRow[]> {
		const { models, chatState, starterPath } = this.options;
		const { modelPath, chat } = this.options.settings();
		const state = await readTreeState({
			shop: await this.openShop(),
			starterPath,
			paths: { completion: modelPath, chat: chat.model, embedding: chat.embeddingModel },
			model: models.completion.state,
			chatModel: chatState(),
			searchModel: models.embedding.state,
			adapters: this.adapters,
			benchmarks: this.benchmarks,
			dateOf: (at) => new Date(at).toLocaleDateString(vscode.env.language, { dateStyle: 'medium' }),
		});
		const isAlone = state.offer.stored.length === 0 && state.elsewhere.length === 0;
		this.tree.view.message = isAlone
			? vscode.l10n.t('The starter model is small. One that fits this machine is recommended below.')
			: '';
		return treeRows(state, vscode.l10n.t);
	}

	private async openShop(): Promise<ModelShop> {
		if (this.shop === undefined) {
			const shop = await this.options.shop();
			if (this.shop === undefined) {
				this.shop = shop;
				this.subscriptions.push(shop.onDidChange((key) => this.follow(key)));
			}
		}
		return this.shop;
	}

	/** A download that goes on changes one row; everything else all of them. */
	private follow(key: string | undefined): void {
		const item = key === undefined ? undefined : this.shown.get(`download:${key}`);
		const text = key === undefined ? undefined : this.shop?.running.get(key)?.text;
		if (item === undefined || text === undefined || !this.tree.view.visible) {
			this.refresh();
		} else if (item.description !== text) {
			item.say(text, [String(item.label), text]);
			this.tree.changed.fire(item);
		}
	}

	/** Soon, and once for many changes; while nobody sees it, when somebody does. */
	private refresh(): void {
		this.isStale = true;
		if (this.tree.view.visible) {
			this.timer ??= setTimeout(() => {
				this.timer = undefined;
				if (this.isStale) {
					this.isStale = false;
					this.tree.changed.fire(undefined);
				}
			}, SETTLE);
		}
	}

	private lookAtAdapters(): void {
		this.refresh();
		// In Restricted Mode none is imported, and none is chosen.
		if (!this.tree.view.visible || !vscode.workspace.isTrusted) {
			return;
		}
		this.options.adapters.list(this.closing.signal).then(
			(adapters) => {
				this.adapters = adapters;
				this.refresh();
			},
			(error: unknown) => {
				if (!isAbort(error)) {
					this.options.log.error('The adapters could not be looked at', error);
				}
			},
		);
	}

	private commands(): readonly vscode.Disposable[] {
		const register = (id: string, act: (target: Target | undefined) => Promise<unknown> | undefined) =>
			vscode.commands.registerCommand(id, async (row: unknown) => {
				// From the keyboard, it is the row that is selected.
				const item = row instanceof Item ? row : this.tree.view.selection[0];
				try {
					await act(item instanceof Item ? item.target : undefined);
				} catch (error) {
					if (!isAbort(error)) {
						showFailure(`${id} failed`, error, this.options.log);
					}
				}
			});
		const { use, stopUsing, load, unload, adapters, extensionId } = this.options;
		return treeCommands(register, {
			shop: () => this.openShop(),
			adapters,
			use,
			stopUsing,
			useForChat: (file) => use(file, ['chat']),
			load,
			unload,
			measure: (role) => this.measure(role),
			reveal,
			getStarted: () => run('workbench.action.openWalkthrough', `${extensionId}#${WALKTHROUGH}`),
			showModels: () => run(`${views.models}.focus`),
		});
	}

	/** Measures a model that is loaded, keeps what was found, and says it. */
	private async measure(role: ModelRole): Promise<void> {
		const model = this.options.models[role];
		if (model.state.type !== 'ready') {
			const message = vscode.l10n.t('No model is loaded that could be measured. Load one first.');
			void vscode.window.showInformationMessage(message);
			return;
		}
		const description = model.state.model;
		const found = await this.dialogues.during(
			vscode.l10n.t('Measuring {0}', description.name),
			(report, signal) =>
				benchmark(
					model,
					{ description, role },
					(share) => report(vscode.l10n.t('reads and writes code nobody sees'), share),
					() => performance.now(),
					signal,
				),
		);
		await this.benchmarks.keep({ ...found, at: Date.now() });
		this.refresh();
		void vscode.window.showInformationMessage(
			`${description.name}: ${benchmarkText(found, vscode.l10n.t)} (${found.backend.toUpperCase()}).`,
		);
	}
}

async function run(command: string, ...words: readonly string[]): Promise<void> {
	await vscode.commands.executeCommand(command, ...words);
}

/** In a browser, or where the file is on another machine, there is no file manager: its path helps as well. */
async function reveal(file: string): Promise<void> {
	if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop) {
		await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file));
		return;
	}
	await vscode.env.clipboard.writeText(file);
	void vscode.window.showInformationMessage(
		vscode.l10n.t('{0} is on the machine where Familiar runs. Its path is in the clipboard.', file),
	);
}
