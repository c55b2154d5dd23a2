/**
 * Face: the chat's webview in VS Code. Messages in and out of the session, and what only the editor can do.
 * Over 300 lines because what asks the user stands with the messages that need it.
 */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { stripInvisible } from '../inference/invisible';
import type { Log, Model, Remedy, Subscription } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import { commands, contextKeys, views } from '../manifest';
import type { ContextDesk } from './context/desk';
import { isFromComposer, type ToComposer } from './context/messages';
import { HistoryDesk } from './conversations/desk';
import type { Library } from './conversations/library';
import { isFromHistory, type ToHistory } from './conversations/protocol';
import type { ChatContextOptions } from './editorContext';
import { codeBlocksOf } from './fences';
import { chatStatusOf } from './modelStatus';
import { Loaded, Page } from './page';
import { indentForCursor } from './patch';
import { type FromChat, isFromChat, type ToChat } from './protocol';
import { whereabouts } from './retrieval/whereabouts';
import { Sender } from './sender';
import type { ChatSession, SessionEvent } from './session';
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
	/** Runs what helps against a problem. */
	readonly onRemedy: (remedy: Remedy) => void;
	readonly log: Log;
}

export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
	private view: vscode.WebviewView | undefined;
	private readonly page = new Page<ToChat | ToHistory>((message) => this.post(message));
	private readonly desk: HistoryDesk;
	/** Loaded with the view. */
	private readonly context: Loaded<ContextDesk>;
	private readonly sender: Sender;
	private readonly subscriptions: Subscription[];

	constructor(private readonly options: ChatViewOptions) {
		const { session, library } = options;
		this.desk = new HistoryDesk({
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
			run: (command) => vscode.commands.executeCommand(commands[command]),
			explain: sayNotAsked,
			onFailure: (error) => this.sayFailed('What was written could not be asked', error),
		});
		this.subscriptions = [
			options.session.onDidChange((event) => this.follow(event)),
			options.model.onDidChangeState(() => this.postStatus()),
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
				this.receive(message).catch((error: unknown) => log.error('A chat message failed', error));
			} else if (isFromComposer(message)) {
				this.context
					.get()
					.then((context) => context.receive(message))
					.catch((error: unknown) => log.error('The context of the chat failed', error));
			} else if (isFromHistory(message)) {
				this.desk
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

	/** Tells the view of another model; to be called when `isStarter` may have changed. */
	postStatus(): void {
		this.post({ type: 'status', status: this.status() });
	}

	dispose(): void {
		this.sender.stop();
		this.context.with((context) => context.dispose());
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.subscriptions.length = 0;
	}

	private status() {
		return chatStatusOf(this.options.model.state, this.options.isStarter());
	}

	private post(message: ToChat | ToComposer | ToHistory): void {
		// A view that is hidden loses messages; it asks for everything when it is shown again.
		void this.view?.webview.postMessage(message);
	}

	private follow(event: SessionEvent): void {
		switch (event.type) {
			case 'turns':
				this.sender.followed();
				if (event.turns.length === 0) {
					this.context.with((context) => context.reset());
				}
				this.post(event);
				break;
			case 'turn':
			case 'delta':
				this.post(event);
				break;
			case 'answering':
				void vscode.commands.executeCommand('setContext', contextKeys.answering, event.answering);
				break;
			case 'history':
				this.post({ type: 'historyChanged' });
				break;
			case 'continued':
				void vscode.window.showInformationMessage(
					vscode.l10n.t(
						'The conversation was as long as it may be. Your question stands in a new one; the history has the other.',
					),
				);
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
		const { session, onRemedy, log } = this.options;
		switch (message.type) {
			case 'ready':
				await session.load();
				await session.refresh();
				this.post({
					type: 'restore',
					turns: session.turns,
					status: this.status(),
					texts: chatTexts(vscode.l10n),
				});
				this.post({ type: 'busy', busy: this.sender.isBusy });
				this.page.arrived();
				this.context
					.get()
					.then((context) => context.begin())
					.catch((error: unknown) => log.error('The context of the chat failed', error));
				break;
			case 'ask':
				await this.sender.ask(message.text);
				break;
			case 'stop':
				this.sender.stop();
				session.stop();
				break;
			case 'regenerate':
				session.regenerate();
				break;
			case 'edit':
				await this.sender.edit(message.turn, message.text);
				break;
			case 'branch':
				session.showVersion(message.turn, message.by);
				break;
			case 'copy':
			case 'insert':
			case 'apply': {
				const code = this.codeOf(message.turn, message.block);
				if (code === undefined) {
					break;
				}
				const { type: action, turn, block } = message;
				if (action === 'copy') {
					await vscode.env.clipboard.writeText(code);
				} else if (!(await (action === 'apply' ? this.options.onApply(turn, code) : insertAtCursor(code)))) {
					break;
				}
				this.post({ type: 'acted', action, turn, block });
				break;
			}
			case 'openSource':
				await this.openSource(message.turn, message.source);
				break;
			case 'openLink':
				await openLink(message.url);
				break;
			case 'remedy':
				onRemedy(message.remedy);
				break;
		}
	}

	/** Opens a source by what the extension itself keeps of the turn: the view only says which one. */
	private async openSource(turn: string, index: number): Promise<void> {
		const source = this.options.session.source(turn, index);
		if (source === undefined) {
			return;
		}
		const file = await (await this.context.get()).find(source.path);
		if (file === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('{0} is not there any more.', source.path));
			return;
		}
		const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file.uri));
		const { first, last } = whereabouts(document.getText().split('\n'), source.firstLine, source.text);
		const { end } = document.lineAt(last - 1).range;
		await vscode.window.showTextDocument(document, {
			selection: new vscode.Range(first - 1, 0, end.line, end.character),
		});
	}

	private sayFailed(what: string, error: unknown): void {
		this.options.log.error(what, error);
		const reason = error instanceof Error ? error.message : String(error);
		void vscode.window.showErrorMessage(vscode.l10n.t('Familiar could not do that: {0}', reason));
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

async function confirmDelete(title: string): Promise<boolean> {
	const confirm = vscode.l10n.t('Delete');
	const answer = await vscode.window.showWarningMessage(
		vscode.l10n.t('Delete this conversation for good?'),
		{ modal: true, detail: title },
		confirm,
	);
	return answer === confirm;
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
