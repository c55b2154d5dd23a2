/** Face: `Familiar: Connect to a Server…` and `Familiar: Disconnect from the Server`; read from disk when one is run. */

import * as vscode from 'vscode';
import { commands, settings as keys, type RemoteRole, type Settings } from '../manifest';
import { editorDialogues } from './editorDialogues';
import { showFailure } from './failureMessage';
import type { Log } from './model';
import { connect, type ServerChoice } from './remote/connect';
import type { ServerKey } from './serverKey';

export interface ServerCommandsDependencies {
	readonly key: ServerKey;
	/** What servers are told of who asks. */
	readonly agent: string;
	readonly strictTls: () => boolean;
	settings(): Settings;
	readonly log: Log;
}

const MODELS: Readonly<Record<RemoteRole, string>> = {
	completion: keys.remoteCompletionModel.key,
	chat: keys.remoteChatModel.key,
	embedding: keys.remoteEmbeddingModel.key,
};

export class ServerCommands implements vscode.Disposable {
	private readonly closing = new AbortController();
	private readonly registered: readonly vscode.Disposable[];

	constructor(private readonly dependencies: ServerCommandsDependencies) {
		const register = vscode.commands.registerCommand;
		this.registered = [
			register(commands.connectServer, () => this.guarded(() => this.connect())),
			register(commands.disconnectServer, () => this.guarded(() => this.disconnect())),
		];
	}

	dispose(): void {
		this.closing.abort();
		for (const one of this.registered) {
			one.dispose();
		}
	}

	private connect(): Promise<void> {
		const { key, agent, strictTls, settings } = this.dependencies;
		return connect({
			agent,
			strictTls,
			translate: vscode.l10n.t,
			dialogues: editorDialogues(() => this.closing.signal),
			url: settings().remote.url,
			key: (base) => key.for(base),
			keep: (base, value) => key.keep(base, value),
			write,
		});
	}

	/** The key goes, too: whoever leaves a server leaves nothing behind. */
	private async disconnect(): Promise<void> {
		if (this.dependencies.settings().remote.url === '') {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('No server is in use: everything runs on this machine.'),
			);
			return;
		}
		await update(keys.remoteUrl.key, undefined);
		for (const key of [...Object.values(MODELS), keys.remoteAdapter.key, keys.remoteUse.key]) {
			await update(key, undefined);
		}
		await this.dependencies.key.forget();
	}

	private async guarded(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			showFailure('the server could not be changed', error, this.dependencies.log);
		}
	}
}

/** The address comes last: until then nothing goes to a model that was not chosen. */
async function write({ url, models }: ServerChoice): Promise<void> {
	const { completion, chat, embedding } = models;
	await update(keys.remoteUrl.key, undefined);
	for (const [role, name] of [
		['completion', completion],
		['chat', chat],
		['embedding', embedding],
	] as const) {
		await update(MODELS[role], name);
	}
	await update(keys.remoteAdapter.key, undefined);
	await update(keys.remoteUse.key, {
		completion: completion !== undefined,
		chat: chat !== undefined,
		embedding: embedding !== undefined,
	});
	await update(keys.remoteUrl.key, url);
}

/** For all workspaces; undefined is the default. Nothing is written that stands there already. */
async function update(key: string, value: unknown): Promise<void> {
	const configuration = vscode.workspace.getConfiguration();
	if (JSON.stringify(configuration.inspect(key)?.globalValue) !== JSON.stringify(value)) {
		await configuration.update(key, value, vscode.ConfigurationTarget.Global);
	}
}
