/** Face: the chat's webview in VS Code. Messages in and out of the session, and what only the editor can do. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { stripInvisible } from '../inference/invisible';
import type { Log, Model, Remedy, Subscription } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import { contextKeys, views } from '../manifest';
import { codeBlocksOf } from './fences';
import { chatStatusOf } from './modelStatus';
import { indentForCursor } from './patch';
import { type FromChat, isFromChat, type ToChat } from './protocol';
import type { ChatSession, SessionEvent } from './session';
import { chatTexts } from './texts';

export interface ChatViewOptions {
	readonly extensionUri: vscode.Uri;
	readonly session: ChatSession;
	readonly model: Pick<Model, 'state' | 'onDidChangeState'>;
	/** Whether the model in use is the one that ships with the extension. */
	readonly isStarter: () => boolean;
	/** Runs what helps against a problem. */
	readonly onRemedy: (remedy: Remedy) => void;
	readonly log: Log;
}

export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
	private view: vscode.WebviewView | undefined;
	private isReady = false;
	/** Whether the input wants the keyboard as soon as there is one. */
	private wantsFocus = false;
	private readonly subscriptions: Subscription[];

	constructor(private readonly options: ChatViewOptions) {
		this.subscriptions = [
			options.session.onDidChange((event) => this.follow(event)),
			options.model.onDidChangeState(() => this.postStatus()),
		];
	}

	resolveWebviewView(view: vscode.WebviewView): void {
		const { extensionUri, session, log } = this.options;
		this.view = view;
		this.isReady = false;
		const resources = [
			vscode.Uri.joinPath(extensionUri, 'dist', 'media'),
			vscode.Uri.joinPath(extensionUri, 'media'),
		];
		view.webview.options = { enableScripts: true, localResourceRoots: resources };
		const received = view.webview.onDidReceiveMessage((message: unknown) => {
			if (isFromChat(message)) {
				this.receive(message).catch((error: unknown) => log.error('A chat message failed', error));
			} else {
				log.warn('The chat view sent a message that is not one of its own; it was ignored');
			}
		});
		view.onDidDispose(() => {
			received.dispose();
			if (this.view === view) {
				this.view = undefined;
				this.isReady = false;
			}
		});
		view.webview.html = this.html(view.webview);
		void session.load();
	}

	/** Shows the view and puts the keyboard into its input. */
	async reveal(): Promise<void> {
		this.wantsFocus = true;
		await vscode.commands.executeCommand(`${views.chat}.focus`);
		if (this.isReady) {
			this.wantsFocus = false;
			this.post({ type: 'focus' });
		}
	}

	/** Shows the view and leaves the keyboard where it is. */
	async show(): Promise<void> {
		if (this.view === undefined) {
			await vscode.commands.executeCommand(`${views.chat}.focus`);
		} else {
			this.view.show(true);
		}
	}

	/** Tells the view of another model; to be called when `isStarter` may have changed. */
	postStatus(): void {
		this.post({ type: 'status', status: this.status() });
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.subscriptions.length = 0;
	}

	private status() {
		return chatStatusOf(this.options.model.state, this.options.isStarter());
	}

	private post(message: ToChat): void {
		// A view that is hidden loses messages; it asks for everything when it is shown again.
		void this.view?.webview.postMessage(message);
	}

	private follow(event: SessionEvent): void {
		switch (event.type) {
			case 'turns':
			case 'turn':
			case 'delta':
				this.post(event);
				break;
			case 'answering':
				void vscode.commands.executeCommand('setContext', contextKeys.answering, event.answering);
				break;
			case 'setAside':
				void vscode.window.showWarningMessage(
					vscode.l10n.t(
						'The saved conversation could not be read, so a new one was started. The file is kept: {0}',
						event.path,
					),
				);
				break;
			case 'notSaved':
				void vscode.window.showWarningMessage(
					vscode.l10n.t('The conversation cannot be saved: {0}', event.reason),
				);
				break;
		}
	}

	private async receive(message: FromChat): Promise<void> {
		const { session, onRemedy } = this.options;
		switch (message.type) {
			case 'ready':
				await session.load();
				this.isReady = true;
				this.post({
					type: 'restore',
					turns: session.turns,
					status: this.status(),
					texts: chatTexts(vscode.l10n),
				});
				if (this.wantsFocus) {
					this.wantsFocus = false;
					this.post({ type: 'focus' });
				}
				break;
			case 'ask': {
				const asked = session.ask({ task: 'question', text: message.text }, message.text);
				if (asked.type === 'refused') {
					this.post({ type: 'draft', text: message.text });
					void vscode.window.showInformationMessage(
						vscode.l10n.t('An answer is still being written. Stop it or wait for its end.'),
					);
				}
				break;
			}
			case 'stop':
				session.stop();
				break;
			case 'regenerate':
				session.regenerate();
				break;
			case 'copy':
			case 'insert': {
				const code = this.codeOf(message.turn, message.block);
				if (code === undefined) {
					break;
				}
				const { type: action, turn, block } = message;
				if (action === 'copy') {
					await vscode.env.clipboard.writeText(code);
				} else if (!(await insertAtCursor(code))) {
					break;
				}
				this.post({ type: 'acted', action, turn, block });
				break;
			}
			case 'openLink':
				await openLink(message.url);
				break;
			case 'remedy':
				onRemedy(message.remedy);
				break;
		}
	}

	/** The code that the extension itself holds, without hidden characters. */
	private codeOf(turn: string, block: number): string | undefined {
		const found = codeBlocksOf(this.options.session.turn(turn)?.text ?? '')[block];
		return found === undefined ? undefined : stripInvisible(found.code);
	}

	private html(webview: vscode.Webview): string {
		const nonce = randomBytes(24).toString('base64url');
		const media = vscode.Uri.joinPath(this.options.extensionUri, 'dist', 'media');
		const script = webview.asWebviewUri(vscode.Uri.joinPath(media, 'chat.js'));
		const style = webview.asWebviewUri(vscode.Uri.joinPath(media, 'chat-style.css'));
		return pageOf({
			language: vscode.env.language,
			source: webview.cspSource,
			script: script.toString(),
			style: style.toString(),
			nonce,
			pictures: true,
		});
	}
}

/** Puts code where the cursor is, as one undo step. False, with a message, where that cannot be. */
async function insertAtCursor(code: string): Promise<boolean> {
	const editor = vscode.window.activeTextEditor;
	if (!vscode.workspace.isTrusted) {
		void vscode.window.showWarningMessage(
			vscode.l10n.t('Familiar changes no file in Restricted Mode. Trust the workspace, or copy the code.'),
		);
		return false;
	}
	if (editor === undefined) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t(
				'No editor is open to insert into. Open a file and put the cursor where the code belongs.',
			),
		);
		return false;
	}
	const { document, selection } = editor;
	const before = document.lineAt(selection.start.line).text.slice(0, selection.start.character);
	const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	const text = indentForCursor(code, before).replaceAll('\n', eol);
	const done = await editor.edit((edit) => edit.replace(selection, text));
	if (!done) {
		void vscode.window.showWarningMessage(vscode.l10n.t('The file cannot be changed here.'));
	}
	return done;
}

/** Shows the whole address first: the text of a link says nothing about where it leads. */
async function openLink(url: string): Promise<void> {
	const { href } = new URL(url);
	const open = vscode.l10n.t('Open');
	const chosen = await vscode.window.showWarningMessage(
		vscode.l10n.t('Open this address from an answer of the model?'),
		{ modal: true, detail: href },
		open,
	);
	if (chosen === open) {
		await vscode.env.openExternal(vscode.Uri.parse(href, true));
	}
}
