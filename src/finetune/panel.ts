/**
 * Face: a fine-tune as the user sees and steers it: the panel in an editor tab, its commands, and how it ended.
 * Over 300 lines because all that its buttons do opens menus and dialogs, and only a face may.
 */

import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import { commands, contextKeys } from '../manifest';
import type { RoleAdapters } from './adapters/byRole';
import { tellError, tellRestricted } from './command';
import { offerToResume } from './panel/offer';
import {
	type FromPanel,
	isFromPanel,
	type PanelAction,
	type PanelState,
	type ToPanel,
} from './panel/protocol';
import { curveProposal, endText } from './panel/questions';
import type { FineTuneSession } from './panel/session';
import type { RunEnded } from './panel/sessionState';
import { panelTexts } from './panel/texts';
import { adapterOf, isKeptOff } from './panel/verdict';
import { panelStateOf } from './panel/viewModel';
import { VIEW_TYPE } from './panel/viewType';

/** An adapter by its file. */
export interface NamedAdapter {
	/** Absolute. */
	readonly path: string;
	readonly name: string;
	/** Strength with which it is used; default 1, as trained. */
	readonly scale?: number | undefined;
}

interface FineTunePanelOptions {
	readonly extensionUri: vscode.Uri;
	readonly session: FineTuneSession;
	readonly active: RoleAdapters;
	/** What the buttons of a result do. They tell the user when it cannot be done. */
	readonly adapters: {
		use(adapter: NamedAdapter): Promise<void>;
		turnOff(adapter: NamedAdapter): Promise<void>;
		export(adapter: NamedAdapter): Promise<void>;
		setStrength(adapter: NamedAdapter, scale: number): Promise<void>;
	};
	/** Remembers which run was offered to be resumed. */
	readonly memory: vscode.Memento;
	readonly log: Log;
}

export class FineTunePanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
	private panel: vscode.WebviewPanel | undefined;
	private readonly subscriptions: { dispose(): unknown }[];

	constructor(private readonly options: FineTunePanelOptions) {
		const { session, active } = options;
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			session.onDidChange(() => {
				this.postState();
				this.setContext();
			}),
			session.onDidEnd((ended) => this.tellEnd(ended)),
			active.onDidChange(() => this.postState()),
			vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
			vscode.workspace.onDidGrantWorkspaceTrust(() => this.restore()),
			register(commands.showFineTune, () => this.show()),
			register(commands.pauseFineTune, () => session.pause()),
			register(commands.resumeFineTune, () => this.resume()),
			register(commands.cancelFineTune, () => session.cancel()),
			register(commands.judgeAdapter, () => session.judge()),
			register(commands.measureCurve, () => this.measureCurve()),
		];
	}

	show(): void {
		if (this.panel === undefined) {
			const title = vscode.l10n.t('Fine-Tuning');
			this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active));
		} else {
			this.panel.reveal();
		}
	}

	/** After a restart of the window: the state comes from here, none is in the panel. */
	async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
		this.panel?.dispose();
		this.adopt(panel);
	}

	/** Shows the last run, and offers once to go on with one that a closed window left behind. */
	async restore(): Promise<void> {
		const { session, memory } = this.options;
		await session.restore(vscode.workspace.isTrusted);
		const left = vscode.workspace.isTrusted ? await session.left() : undefined;
		const wish =
			left === undefined || session.isBusy
				? undefined
				: await offerToResume(left, memory, vscode.window.showInformationMessage, vscode.l10n.t);
		if (left !== undefined && wish === 'resume') {
			await this.goOn(left.id);
		} else if (wish === 'show') {
			this.show();
		}
	}

	dispose(): void {
		for (const subscription of this.subscriptions.splice(0)) {
			subscription.dispose();
		}
		this.panel?.dispose();
	}

	private adopt(panel: vscode.WebviewPanel): void {
		const { extensionUri, log } = this.options;
		const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
		this.panel = panel;
		panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
		panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
		const received = panel.webview.onDidReceiveMessage((message: unknown) => {
			if (isFromPanel(message)) {
				this.receive(message).catch((error: unknown) =>
					log.error('A message of the fine-tuning panel failed', error),
				);
			} else {
				log.warn('The fine-tuning panel sent a message that is not one of its own; it was ignored');
			}
		});
		const seen = panel.onDidChangeViewState(() => {
			// Another window may have trained since; a run of this one tells of itself.
			if (panel.visible && !this.options.session.isBusy) {
				void this.restore();
			}
		});
		panel.onDidDispose(() => {
			received.dispose();
			seen.dispose();
			if (this.panel === panel) {
				this.panel = undefined;
			}
		});
		const { webview } = panel;
		const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
		webview.html = pageOf({
			language: vscode.env.language,
			source: webview.cspSource,
			script: address('finetune.js'),
			style: address('finetune-style.css'),
			nonce: randomBytes(24).toString('base64url'),
			pictures: false,
		});
	}

	private post(message: ToPanel): void {
		// A panel that is hidden loses messages; it asks for everything when it is shown again.
		void this.panel?.webview.postMessage(message);
	}

	private postState(): void {
		if (this.panel?.visible === true) {
			this.post({ type: 'state', state: this.state() });
		}
	}

	private state(): PanelState {
		const { session, active } = this.options;
		const adapters = active.all;
		return panelStateOf(
			session.state,
			{
				adapters: adapters.map((one) => ({ id: idOf(one), name: one.name, scale: one.scale })),
				activePaths: adapters.map((one) => one.path),
				canRollBack: active.previous !== undefined,
				timeOf: (at) => new Date(at).toLocaleTimeString(vscode.env.language, { hour12: false }),
			},
			vscode.l10n.t,
		);
	}

	private async receive(message: FromPanel): Promise<void> {
		switch (message.type) {
			case 'ready':
				this.post({ type: 'restore', texts: panelTexts(vscode.l10n.t), state: this.state() });
				break;
			case 'act':
				await this.act(message.action);
				break;
			case 'strength': {
				const adapter = this.options.active.all.find((one) => idOf(one) === message.id);
				if (adapter !== undefined) {
					await this.options.adapters.setStrength(adapter, message.scale);
					// A strength that could not be set goes back to what it was.
					this.post({ type: 'strength', id: message.id, state: this.state() });
				}
				break;
			}
		}
	}

	private async act(action: PanelAction): Promise<void> {
		const { session, adapters } = this.options;
		const { state } = session;
		const file = state.type === 'run' ? state.view.result?.adapterPath : undefined;
		const adapter = state.type === 'run' && file !== undefined ? adapterOf(state, file) : undefined;
		switch (action) {
			case 'use':
			case 'useAnyway':
				return adapter && adapters.use(adapter);
			case 'off':
				return adapter && adapters.turnOff(adapter);
			case 'export':
				return adapter && adapters.export(adapter);
			case 'report':
				await vscode.commands.executeCommand(commands.showReport, file);
				break;
			case 'kill':
				session.kill();
				break;
			default:
				await vscode.commands.executeCommand(COMMANDS[action]);
		}
	}

	/** Lets the paused run go on, or takes up one that ended before it was finished. */
	private async resume(): Promise<void> {
		const { session } = this.options;
		const { state } = session;
		if (session.isBusy) {
			session.unpause();
			return;
		}
		const id = state.type === 'run' && state.isResumable ? state.view.id : (await session.left())?.id;
		if (id === undefined) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('There is no fine-tune that could be resumed.'),
			);
			return;
		}
		await this.goOn(id);
	}

	private async goOn(id: string): Promise<void> {
		if (!vscode.workspace.isTrusted) {
			tellRestricted(vscode.l10n.t('A fine-tune goes on only in a trusted workspace.'));
			return;
		}
		try {
			await this.options.session.resume(id);
			this.show();
		} catch (error) {
			this.options.log.error('A fine-tune could not be resumed', error);
			tellError(error);
		}
	}

	/** Of the last run, while its data are there. */
	private async measureCurve(): Promise<void> {
		const { session } = this.options;
		const { state } = session;
		const { showInformationMessage } = vscode.window;
		if (!vscode.workspace.isTrusted) {
			tellRestricted(vscode.l10n.t('A learning curve is measured only in a trusted workspace.'));
			return;
		}
		const result = state.type === 'run' && state.curve?.type === 'possible' ? state.view.result : undefined;
		if (result === undefined || session.isBusy) {
			const text = session.isBusy
				? vscode.l10n.t('A fine-tune is already under way in this window. Wait for its end, or cancel it.')
				: vscode.l10n.t(
						'The learning curve can be measured after a fine-tune that began anew, until the next one begins.',
					);
			void showInformationMessage(text);
			return;
		}
		const measure = vscode.l10n.t('Measure');
		const title = vscode.l10n.t(
			'Measure the learning curve of {0}?',
			state.type === 'run' ? state.view.name : '',
		);
		const detail = curveProposal(result, vscode.l10n.t);
		if ((await showInformationMessage(title, { modal: true, detail }, measure)) === measure) {
			this.show();
			await session.measureCurve();
		}
	}

	private tellEnd(ended: RunEnded): void {
		const file = ended.view.result?.adapterPath;
		const isActive = this.options.active.all.some((one) => one.path === file);
		const text = endText(ended, vscode.l10n.t, isActive);
		if (text === undefined) {
			return;
		}
		const run = (command: string) => () => vscode.commands.executeCommand(command, file);
		const offers: readonly (readonly [string, () => Thenable<unknown>])[] = [
			[vscode.l10n.t('Show'), run(commands.showFineTune)],
			...(file === undefined ? [] : [[vscode.l10n.t('Show Report'), run(commands.showReport)] as const]),
			...(file !== undefined && !isActive && isKeptOff(ended)
				? [
						[
							vscode.l10n.t('Activate Anyway'),
							() => this.options.adapters.use(adapterOf(ended, file)),
						] as const,
					]
				: []),
			...(isActive ? [[vscode.l10n.t('Roll Back'), run(commands.rollBackAdapter)] as const] : []),
		];
		const { showErrorMessage, showInformationMessage } = vscode.window;
		const tell = ended.view.state === 'failed' ? showErrorMessage : showInformationMessage;
		void tell(text, ...offers.map(([label]) => label)).then((chosen) =>
			offers.find(([label]) => label === chosen)?.[1](),
		);
	}

	/** For the command palette. */
	private setContext(): void {
		const { state, isBusy } = this.options.session;
		const measured =
			state.type === 'run' && state.curve?.type === 'measuring' ? state.curve.progress : undefined;
		const canGoOn =
			measured?.view?.state === 'paused' ||
			(state.type === 'run' && (state.isLive ? state.view.state === 'paused' : state.isResumable));
		void vscode.commands.executeCommand('setContext', contextKeys.training, isBusy);
		void vscode.commands.executeCommand('setContext', contextKeys.resumable, canGoOn);
	}
}

/** Buttons that are commands. */
const COMMANDS = {
	start: commands.fineTune,
	pause: commands.pauseFineTune,
	resume: commands.resumeFineTune,
	cancel: commands.cancelFineTune,
	judge: commands.judgeAdapter,
	rollBack: commands.rollBackAdapter,
	curve: commands.measureCurve,
	select: commands.selectAdapter,
	log: commands.showLog,
} as const;

function idOf(adapter: NamedAdapter): string {
	return path.basename(adapter.path);
}
