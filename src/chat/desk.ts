/** Does what the webview asks of the conversation, and tells it what became of it; what only the editor can do is handed in. */

import { stripInvisible } from '../inference/invisible';
import type { Log, Model, Remedy } from '../inference/model';
import type { ContextDesk } from './context/desk';
import { codeBlocksOf } from './fences';
import { chatStatusOf } from './modelStatus';
import type { Loaded, Page } from './page';
import type { FromChat, ToChat } from './protocol';
import type { LineSpan } from './retrieval/chunker';
import { whereabouts } from './retrieval/whereabouts';
import type { Sender } from './sender';
import type { ChatSession } from './session';
import type { ChatTexts } from './textKeys';
import type { SessionEvent } from './transcript';

/** What is said to the user beside the view. */
export type ChatNotice = Extract<SessionEvent, { readonly type: 'setAside' | 'notSaved' | 'continued' }>;

/** What only the editor can do. */
interface ChatEditor {
	copy(code: string): PromiseLike<void>;
	/** Puts code where the cursor is; false where that cannot be. */
	insert(code: string): Promise<boolean>;
	/** Changes the active file to what a code block of an answer says. True when it was applied. */
	apply(turn: string, code: string): Promise<boolean>;
	/**
	 * @param uri of the file; undefined where it is not there any more
	 * @param place finds the lines to select among those that the file has now
	 */
	showLines(
		path: string,
		uri: string | undefined,
		place: (lines: readonly string[]) => LineSpan,
	): Promise<void>;
	openLink(url: string): Promise<void>;
	getStarted(): PromiseLike<unknown>;
	setAnswering(isAnswering: boolean): void;
	say(notice: ChatNotice): void;
}

interface ChatDeskOptions {
	readonly session: ChatSession;
	readonly model: Pick<Model, 'state'>;
	readonly isStarter: () => boolean;
	readonly context: Pick<Loaded<ContextDesk>, 'get' | 'with'>;
	readonly sender: Pick<Sender, 'ask' | 'edit' | 'regenerate' | 'stop' | 'followed' | 'isBusy'>;
	readonly page: Pick<Page<ToChat>, 'arrived'>;
	readonly editor: ChatEditor;
	readonly onRemedy: (remedy: Remedy) => void;
	/** What a hidden view does not hear. */
	readonly post: (message: ToChat) => void;
	readonly onHistory: () => void;
	readonly texts: () => ChatTexts;
	readonly log: Log;
}

export class ChatDesk {
	constructor(private readonly options: ChatDeskOptions) {}

	/** Tells the view of the model. */
	postStatus(): void {
		this.options.post({ type: 'status', status: this.status() });
	}

	/** To be called with each event of the session. */
	follow(event: SessionEvent): void {
		const { sender, context, post, editor, onHistory } = this.options;
		switch (event.type) {
			case 'turns':
				sender.followed();
				if (event.turns.length === 0) {
					context.with((desk) => desk.reset());
				}
				post(event);
				break;
			case 'turn':
			case 'delta':
				post(event);
				break;
			case 'answering':
				editor.setAnswering(event.answering);
				break;
			case 'history':
				onHistory();
				break;
			default:
				editor.say(event);
		}
	}

	async receive(message: FromChat): Promise<void> {
		const { session, sender, editor, onRemedy } = this.options;
		switch (message.type) {
			case 'ready':
				await this.restore();
				break;
			case 'ask':
				await sender.ask(message.text);
				break;
			case 'stop':
				sender.stop();
				session.stop();
				break;
			case 'regenerate':
				sender.regenerate();
				break;
			case 'edit':
				await sender.edit(message.turn, message.text);
				break;
			case 'branch':
				session.showVersion(message.turn, message.by);
				break;
			case 'copy':
			case 'insert':
			case 'apply':
				await this.act(message.type, message.turn, message.block);
				break;
			case 'openSource':
				await this.openSource(message.turn, message.source);
				break;
			case 'openOrigin':
				await this.openOrigin(message.turn, message.origin);
				break;
			case 'openLink':
				await editor.openLink(message.url);
				break;
			case 'getStarted':
				await editor.getStarted();
				break;
			case 'remedy':
				onRemedy(message.remedy);
				break;
		}
	}

	/** Shows everything to a page that has just come. */
	private async restore(): Promise<void> {
		const { session, sender, page, context, post, texts, log } = this.options;
		await session.load();
		await session.refresh();
		post({ type: 'restore', turns: session.turns, status: this.status(), texts: texts() });
		post({ type: 'busy', busy: sender.isBusy });
		page.arrived();
		context
			.get()
			.then((desk) => desk.begin())
			.catch((error: unknown) => log.error('The context of the chat failed', error));
	}

	/** Does what the button of a code block says, with the code that the extension itself holds. */
	private async act(action: 'copy' | 'insert' | 'apply', turn: string, block: number): Promise<void> {
		const { session, editor, post } = this.options;
		const found = codeBlocksOf(session.turn(turn)?.text ?? '')[block];
		if (found === undefined) {
			return;
		}
		const code = stripInvisible(found.code);
		if (action === 'copy') {
			await editor.copy(code);
		} else if (!(await (action === 'apply' ? editor.apply(turn, code) : editor.insert(code)))) {
			return;
		}
		post({ type: 'acted', action, turn, block });
	}

	/** Opens a source by what the extension itself keeps of the turn: the view only says which one. */
	private async openSource(turn: string, index: number): Promise<void> {
		const source = this.options.session.source(turn, index);
		if (source !== undefined) {
			await this.show(source.path, (lines) => whereabouts(lines, source.firstLine, source.text));
		}
	}

	private async openOrigin(turn: string, index: number): Promise<void> {
		const origin = this.options.session.turn(turn)?.origins?.[index];
		if (origin !== undefined) {
			const { path, firstLine, lastLine } = origin;
			await this.show(path, ({ length }) => ({
				first: Math.min(Math.max(1, firstLine), length),
				last: Math.min(Math.max(1, lastLine), length),
			}));
		}
	}

	private async show(path: string, place: (lines: readonly string[]) => LineSpan): Promise<void> {
		const { context, editor } = this.options;
		const file = await (await context.get()).find(path);
		await editor.showLines(path, file?.uri, place);
	}

	private status() {
		const { model, isStarter } = this.options;
		return chatStatusOf(model.state, isStarter());
	}
}
