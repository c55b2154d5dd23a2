/**
 * Face: the commands of the local API, which is off until somebody starts it, and ends with the window. Read from disk when
 * one of them is first used.
 */

import * as vscode from 'vscode';
import { commands, contextKeys, type Settings } from '../manifest';
import { showFailure } from './failureMessage';
import type { Log } from './model';
import { exampleOf, type OpenedApi, openApi, tokenFrom } from './serve/openApi';
import type { ServedModels } from './serve/servedModels';

export interface ApiCommandsDependencies {
	readonly models: ServedModels;
	/** It starts: loads what it serves. Problems appear as states. */
	wake(): Promise<void>;
	/** It has ended. */
	rest(): Promise<void>;
	readonly secrets: vscode.SecretStorage;
	readonly log: Log;
	settings(): Settings;
	/** It runs, or does not any more. */
	onDidChange(): void;
}

/** What whoever starts it by command gets: all that a program needs. */
interface StartedApi {
	readonly address: string;
	readonly token: string;
}

/** Key of the token among the secrets, for all windows. */
const TOKEN = 'familiar.apiToken';

export class ApiCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];
	private opened: OpenedApi | undefined;
	private token = '';
	/** Starts and stops, one after the other. */
	private changes: Promise<unknown> = Promise.resolve();

	constructor(private readonly dependencies: ApiCommandsDependencies) {
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			register(commands.startApi, () => this.inTurn(() => this.start())),
			register(commands.stopApi, () => this.inTurn(() => this.stop())),
			register(commands.showApi, () => this.shown()),
			register(commands.renewApiToken, () => this.inTurn(() => this.renew())),
			dependencies.secrets.onDidChange(({ key }) => {
				if (key === TOKEN) {
					void this.inTurn(() => this.follow());
				}
			}),
		];
	}

	/** Undefined while it does not run. */
	get address(): string | undefined {
		return this.opened?.address;
	}

	/** Ends it, and forgets the token: programs that know it are not answered any more. */
	async forget(): Promise<void> {
		await this.inTurn(() => this.stop());
		await this.dependencies.secrets.delete(TOKEN);
	}

	/** Resolves when no connection is left. */
	close(): Promise<unknown> {
		return this.inTurn(() => this.stop());
	}

	dispose(): void {
		void this.close();
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}

	private inTurn<T>(change: () => Promise<T>): Promise<T | undefined> {
		const result = this.changes.then(change).catch((error: unknown) => {
			showFailure('the local API failed', error, this.dependencies.log);
			return undefined;
		});
		this.changes = result;
		return result;
	}

	/** Whoever starts it again is shown the one that runs. */
	private async start(): Promise<StartedApi | undefined> {
		if (!vscode.workspace.isTrusted) {
			void vscode.window.showErrorMessage(
				vscode.l10n.t('The local API is not started in Restricted Mode. Trust the workspace first.'),
			);
			return undefined;
		}
		if (this.opened === undefined) {
			// Whoever asks at once finds a model that is coming, and waits for it.
			void this.dependencies.wake();
			this.opened = await this.open();
			this.tell();
		}
		void this.shown();
		return { address: this.opened.address, token: this.token };
	}

	private async open(): Promise<OpenedApi> {
		const { models, secrets, log, settings, rest } = this.dependencies;
		try {
			const kept = await secrets.get(TOKEN);
			this.token = tokenFrom(kept);
			if (this.token !== kept) {
				await secrets.store(TOKEN, this.token);
			}
			const opened = await openApi({
				models,
				port: settings().apiPort,
				token: () => this.token,
				temperature: () => settings().chat.temperature,
				translate: vscode.l10n.t,
				log,
			});
			log.info(`the local API runs at ${opened.address}`);
			return opened;
		} catch (error) {
			await rest();
			throw error;
		}
	}

	private async stop(): Promise<void> {
		const { opened } = this;
		if (opened !== undefined) {
			this.opened = undefined;
			await opened.close();
			this.dependencies.log.info('the local API has ended');
			this.tell();
			await this.dependencies.rest();
		}
	}

	/** Programs that know the old one are not answered any more, in no window. */
	private async renew(): Promise<void> {
		this.token = tokenFrom(undefined);
		await this.dependencies.secrets.store(TOKEN, this.token);
		const message = vscode.l10n.t(
			'The local API has a new token. Programs that know the old one must be told.',
		);
		const copy = vscode.l10n.t('Copy Token');
		void vscode.window.showInformationMessage(message, copy).then((chosen) => {
			if (chosen === copy) {
				void vscode.env.clipboard.writeText(this.token);
			}
		});
	}

	/** Another window may have renewed the token, or deleted it with all other data. */
	private async follow(): Promise<void> {
		const kept = await this.dependencies.secrets.get(TOKEN);
		if (kept === undefined) {
			await this.stop();
		} else if (this.opened !== undefined) {
			this.token = tokenFrom(kept);
		}
	}

	private shown(): Promise<void> {
		return this.show().catch((error: unknown) => {
			showFailure('the local API could not be shown', error, this.dependencies.log);
		});
	}

	private async show(): Promise<void> {
		const { opened, token } = this;
		if (opened === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('The local API does not run.'));
			return;
		}
		const { address } = opened;
		const copies = [
			{ title: vscode.l10n.t('Copy Address'), text: `${address}/v1` },
			{ title: vscode.l10n.t('Copy Token'), text: token },
			{ title: vscode.l10n.t('Copy Example'), text: exampleOf(address, token) },
		];
		const message = vscode.l10n.t(
			'The local API answers programs on this machine that know its token, at {0}, until this window closes.',
			address,
		);
		const chosen = await vscode.window.showInformationMessage(message, ...copies);
		if (chosen !== undefined) {
			await vscode.env.clipboard.writeText(chosen.text);
		}
	}

	private tell(): void {
		void vscode.commands.executeCommand('setContext', contextKeys.apiRuns, this.opened !== undefined);
		this.dependencies.onDidChange();
	}
}
