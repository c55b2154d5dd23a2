/** Face: the chat's webview in VS Code, and what only the editor can do of what is asked there. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { showFailure } from '../inference/failureMessage';
import type { Log, Model, Remedy, Subscription } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import { commands, contextKeys, views } from '../manifest';
import type { ContextDesk } from './context/desk';
import { isFromComposer, type ToComposer } from './context/messages';
import type { ChatContextOptions } from './context/sources';
import { HistoryDesk } from './conversations/desk';
import type { Library } from './conversations/library';
import { isFromHistory, type ToHistory } from './conversations/protocol';
import { ChatDesk, type ChatNotice } from './desk';
import { Loaded, Page } from './page';
import { isFromChat, type ToChat } from './protocol';
import type { LineSpan } from './retrieval/chunker';
import { Sender, type SenderOptions } from './sender';
import type { ChatSession } from './session';
import { chatTexts } from './texts';

export interface ChatViewOptions {
	readonly extensionUri: vscode.Uri;
	readonly session: ChatSession;
	/** The conversations of the session. */
	readonly library: Library;
	readonly model: Pick<Model, 'state' | 'onDidChangeState'>;
	/** Whether the model in use is the one that ships with the extension. */
	readonly isStarter: () => boolean;
	/** What goes along with questions is read with this. */
	readonly context: ChatContextOptions;
	/** Changes the active file to what a code block of an answer says. True when it was applied. */
	readonly onApply: (turn: string, code: string) => Promise<boolean>;
	/** Puts code where the cursor is; false where that cannot be. */
	readonly onInsert: (code: string) => Promise<boolean>;
	/** An answer is on its way. */
	readonly onAsked: SenderOptions['onAsked'];
	/** Runs what helps against a problem. */
	readonly onRemedy: (remedy: Remedy) => void;
	readonly log: Log;
}

export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
	private view: vscode.WebviewView | undefined;
	private readonly page = new Page<ToChat | ToHistory>((message) => this.post(message));
	private readonly history: HistoryDesk;
	private readonly desk: ChatDesk;
	/** Loaded with the view. */
	private readonly context: Loaded<ContextDesk>;
	private readonly sender: Sender;
	private readonly subscriptions: Subscription[];

	constructor(private readonly options: ChatViewOptions) {
		const { session, library } = options;
		this.history = new HistoryDesk({
			session,
			library,
			post: (message) => this.post(message),
			confirmDelete,
			save: saveMarkdown,
			sayGone,
			texts: () => chatTexts(vscode.l10n),
		});
		this.context = new Loaded(async () => {
			const { openDesk } = await import('./editorContext');
			return openDesk(options.context, (message) => this.post(message));
		});
		this.sender = new Sender({
			session,
			context: () => this.context.get(),
			giveBack: (text) => this.page.tell({ type: 'draft', text }),
			onBusy: (busy) => this.post({ type: 'busy', busy }),
			onAsked: options.onAsked,
			run: (command) => vscode.commands.executeCommand(commands[command]),
			explain: sayNotAsked,
			onFailure: (error) => this.sayFailed('What was written could not be asked', error),
		});
		this.desk = new ChatDesk({
			session,
			model: options.model,
			isStarter: options.isStarter,
			context: this.context,
			sender: this.sender,
			page: this.page,
			editor: {
				copy: (code) => vscode.env.clipboard.writeText(code),
				insert: options.onInsert,
				apply: options.onApply,
				showLines,
				openLink,
				getStarted: () => vscode.commands.executeCommand(commands.getStarted),
				setAnswering: (isAnswering) =>
					void vscode.commands.executeCommand('setContext', contextKeys.answering, isAnswering),
				say: sayNotice,
			},
			onRemedy: options.onRemedy,
			post: (message) => this.post(message),
			onHistory: () => this.post({ type: 'historyChanged' }),
			texts: () => chatTexts(vscode.l10n),
			log: options.log,
		});
		this.subscriptions = [
			session.onDidChange((event) => this.desk.follow(event)),
			options.model.onDidChangeState(() => this.desk.postStatus()),
			// Meanwhile the user may have gone on in another window.
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) {
					void session.refresh();
				}
			}),
		];
	}

	resolveWebviewView(view: vscode.WebviewView): void {
		const { extensionUri, session, log } = this.options;
		this.view = view;
		this.page.gone();
		const resources = [
			vscode.Uri.joinPath(extensionUri, 'dist', 'media'),
			vscode.Uri.joinPath(extensionUri, 'media'),
		];
		view.webview.options = { enableScripts: true, localResourceRoots: resources };
		const received = view.webview.onDidReceiveMessage((message: unknown) => {
			if (isFromChat(message)) {
				this.desk.receive(message).catch((error: unknown) => log.error('A chat message failed', error));
			} else if (isFromComposer(message)) {
				this.context
					.get()
					.then((context) => context.receive(message))
					.catch((error: unknown) => log.error('The context of the chat failed', error));
			} else if (isFromHistory(message)) {
				this.history
					.receive(message)
					.catch((error: unknown) => this.sayFailed('The chat history failed', error));
			} else {
				log.warn('The chat view sent a message that is not one of its own; it was ignored');
			}
		});
		// A page that is hidden is gone; it says that it is ready when it is shown again.
		const visibility = view.onDidChangeVisibility(() => {
			if (this.view === view && !view.visible) {
				this.page.gone();
			}
		});
		view.onDidDispose(() => {
			received.dispose();
			visibility.dispose();
			if (this.view === view) {
				this.view = undefined;
				this.page.gone();
			}
		});
		view.webview.html = this.html(view.webview);
		void session.load();
	}

	/** Shows the view and puts the keyboard into its input. */
	async reveal(): Promise<void> {
		await vscode.commands.executeCommand(`${views.chat}.focus`);
		this.page.tell({ type: 'focus' });
	}

	/** Shows the list of conversations. */
	async showHistory(): Promise<void> {
		await vscode.commands.executeCommand(`${views.chat}.focus`);
		this.page.tell({ type: 'showHistory' });
	}

	/** Shows the view and leaves the keyboard where it is. */
	async show(): Promise<void> {
		if (this.view === undefined) {
			await vscode.commands.executeCommand(`${views.chat}.focus`);
		} else {
			this.view.show(true);
		}
	}

	dispose(): void {
		this.sender.stop();
		this.context.with((context) => context.dispose());
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.subscriptions.length = 0;
	}

	private post(message: ToChat | ToComposer | ToHistory): void {
		// A view that is hidden loses messages; it asks for everything when it is shown again.
		void this.view?.webview.postMessage(message);
	}

	private sayFailed(what: string, error: unknown): void {
		showFailure(what, error, this.options.log);
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

/** Shows the lines of a source as they are now. */
async function showLines(
	path: string,
	uri: string | undefined,
	place: (lines: readonly string[]) => LineSpan,
): Promise<void> {
	if (uri === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('{0} is not there any more.', path));
		return;
	}
	const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
	const { first, last } = place(document.getText().split('\n'));
	const { end } = document.lineAt(last - 1).range;
	await vscode.window.showTextDocument(document, {
		selection: new vscode.Range(first - 1, 0, end.line, end.character),
	});
}

function sayNotice(notice: ChatNotice): void {
	switch (notice.type) {
		case 'continued':
			void vscode.window.showInformationMessage(
				vscode.l10n.t(
					'The conversation reached its longest length. Your question is in a new one; the earlier one is in the history.',
				),
			);
			break;
		case 'setAside':
			void vscode.window.showWarningMessage(
				vscode.l10n.t(
					'The saved conversation could not be read, so a new one was started. The file is kept: {0}',
					notice.path,
				),
			);
			break;
		case 'notSaved':
			void vscode.window.showWarningMessage(
				vscode.l10n.t('The conversation cannot be saved: {0}', notice.reason),
			);
			break;
	}
}

async function confirmDelete(title: string): Promise<boolean> {
	return confirmed(vscode.l10n.t('Delete this conversation for good?'), title, vscode.l10n.t('Delete'));
}

async function saveMarkdown(name: string, text: string): Promise<void> {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	const target = await vscode.window.showSaveDialog({
		...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.md`) }),
		filters: { Markdown: ['md'] },
		saveLabel: vscode.l10n.t('Export'),
	});
	if (target !== undefined) {
		await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
	}
}

function sayNotAsked(reason: 'answering' | 'place'): void {
	void vscode.window.showInformationMessage(
		reason === 'answering'
			? vscode.l10n.t('An answer is still being written. Stop it or wait for its end.')
			: vscode.l10n.t('This cannot be asked in that place. Send it as a new question.'),
	);
}

function sayGone(): void {
	void vscode.window.showInformationMessage(
		vscode.l10n.t('This conversation is not there any more, or cannot be read.'),
	);
}

/** Shows the whole address first: the text of a link says nothing about where it leads. */
async function openLink(url: string): Promise<void> {
	const { href } = new URL(url);
	const question = vscode.l10n.t('Open this address from an answer of the model?');
	if (await confirmed(question, href, vscode.l10n.t('Open'))) {
		await vscode.env.openExternal(vscode.Uri.parse(href, true));
	}
}

/** Whether the user says yes to what stands before them. */
async function confirmed(question: string, detail: string, yes: string): Promise<boolean> {
	return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
