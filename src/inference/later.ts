/** Face: a part of the extension that is read from disk when it is first wanted; until then this stands in for its commands. */

import * as vscode from 'vscode';
import { messageOf } from './failure';
import type { Log } from './model';

interface LaterOptions<Part> {
	/** Reads the code, and returns what opens the part: it registers the same commands, and the same serializer. */
	readonly load: () => Promise<() => Part>;
	readonly commands: readonly string[];
	/** Of a panel that may be open when the editor starts; `restore` hands it to the part. */
	readonly panel?: {
		readonly type: string;
		readonly restore: (part: Part, panel: vscode.WebviewPanel) => Promise<void>;
	};
	readonly log: Log;
}

/** A tree view whose rows a part makes. */
export interface LaterTree extends vscode.Disposable {
	readonly view: vscode.TreeView<vscode.TreeItem>;
	/** To be fired with a row that has changed, or undefined for all of them. */
	readonly changed: vscode.EventEmitter<vscode.TreeItem | undefined>;
}

/**
 * A tree view that may be on screen when the editor starts.
 * @param rows those below one, or those at the top.
 */
export function laterTree(
	id: string,
	rows: (row: vscode.TreeItem | undefined) => Promise<vscode.TreeItem[]>,
): LaterTree {
	const changed = new vscode.EventEmitter<vscode.TreeItem | undefined>();
	const treeDataProvider: vscode.TreeDataProvider<vscode.TreeItem> = {
		onDidChangeTreeData: changed.event,
		getTreeItem: (row) => row,
		getChildren: rows,
	};
	const view = vscode.window.createTreeView(id, { treeDataProvider });
	return {
		view,
		changed,
		dispose: () => {
			view.dispose();
			changed.dispose();
		},
	};
}

export class Later<Part> implements vscode.Disposable {
	private standIns: vscode.Disposable[];
	private opened: Part | undefined;
	private opening: Promise<Part> | undefined;

	constructor(private readonly options: LaterOptions<Part>) {
		const { commands, panel } = options;
		this.standIns = commands.map((id) =>
			vscode.commands.registerCommand(id, async (...words: readonly unknown[]) => {
				return (await this.isThere()) ? vscode.commands.executeCommand(id, ...words) : undefined;
			}),
		);
		if (panel !== undefined) {
			this.standIns.push(
				vscode.window.registerWebviewPanelSerializer(panel.type, {
					deserializeWebviewPanel: async (restored) => panel.restore(await this.get(), restored),
				}),
			);
		}
	}

	/** Undefined before somebody wanted it. */
	get part(): Part | undefined {
		return this.opened;
	}

	/** @throws the error of the file system, or of the part itself; the next call tries again. */
	get(): Promise<Part> {
		this.opening ??= this.open().catch((error: unknown) => {
			this.opening = undefined;
			throw error;
		});
		return this.opening;
	}

	dispose(): void {
		for (const standIn of this.standIns.splice(0)) {
			standIn.dispose();
		}
	}

	private async open(): Promise<Part> {
		const make = await this.options.load();
		// In one turn: no command is ever without somebody who answers it.
		this.dispose();
		this.opened = make();
		return this.opened;
	}

	private async isThere(): Promise<boolean> {
		try {
			await this.get();
			return true;
		} catch (error) {
			this.options.log.error('A part of Familiar could not be loaded', error);
			void vscode.window.showErrorMessage(
				vscode.l10n.t(
					'A part of Familiar could not be loaded: {0}. Reload the window, or install Familiar again.',
					messageOf(error),
				),
			);
			return false;
		}
	}
}
