/** The chat view: messages of the extension become DOM, what the user does becomes messages. It owns no state. */

import type { FromComposer } from '../src/chat/context/messages';
import { type FromHistory, isToHistory } from '../src/chat/conversations/protocol';
import { type ChatStatus, type FromChat, isToChat, type ToChat } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import type { Turn } from '../src/chat/turn';
import { bannerFor } from './banner';
import { Composer } from './composer';
import { element } from './elements';
import { HistoryList } from './history';
import { followLink } from './links';
import { createRenderer, type Renderer } from './markdown';
import { type Editing, type SavedState, savedStateOf } from './savedState';
import { TurnView } from './turnView';
import { welcomeParts } from './welcome';

/** What `acquireVsCodeApi()` returns. */
export interface ViewHost {
	postMessage(message: FromChat | FromComposer | FromHistory): void;
	getState(): unknown;
	setState(state: SavedState): void;
}

/** Pixels from the bottom that still count as being there. */
const BOTTOM = 32;

export class ChatPanel {
	private readonly document: Document;
	private readonly renderer: Renderer;
	private readonly transcript: HTMLElement;
	private readonly welcome: HTMLElement;
	private readonly banner: HTMLElement;
	private readonly views = new Map<string, TurnView>();
	private composer: Composer | undefined;
	private history: HistoryList | undefined;
	private editing: Editing | undefined;
	/** The turn, by its position, whose other version is awaited, and which of its arrows has the focus. */
	private switching: { readonly at: number; readonly by: -1 | 1 } | undefined;
	private texts: ChatTexts | undefined;
	private frame: number | undefined;
	private follows = true;
	/** Whether what goes along with a question is being read. */
	private isBusy = false;

	constructor(
		private readonly window: Window & typeof globalThis,
		private readonly host: ViewHost,
	) {
		this.document = window.document;
		this.renderer = createRenderer(window);
		this.transcript = element(this.document, 'main', 'transcript');
		this.transcript.setAttribute('role', 'log');
		this.transcript.setAttribute('aria-live', 'polite');
		// So that a keyboard can scroll it.
		this.transcript.tabIndex = 0;
		this.welcome = element(this.document, 'section', 'welcome');
		this.banner = element(this.document, 'div', 'banners');
		this.document.body.append(this.transcript, this.banner);

		this.transcript.addEventListener('scroll', () => {
			const { scrollHeight, scrollTop, clientHeight } = this.transcript;
			this.follows = scrollHeight - scrollTop - clientHeight <= BOTTOM;
		});
		const openLink = (event: MouseEvent) =>
			followLink(window, event, (url) => host.postMessage({ type: 'openLink', url }));
		this.document.addEventListener('click', openLink);
		// Neither may leave the view: the middle button opens a window, a drop navigates.
		this.document.addEventListener('auxclick', openLink);
		for (const type of ['dragover', 'drop'] as const) {
			this.document.addEventListener(type, (event) => event.preventDefault());
		}
		window.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isToChat(event.data)) {
				this.receive(event.data);
			} else if (isToHistory(event.data)) {
				if (event.data.type === 'showHistory') {
					this.showHistory(true);
				} else if (this.document.body.classList.contains('browsing')) {
					this.history?.receive(event.data);
				}
			} else {
				this.composer?.receive(event.data);
				// What the composer shows now may have taken room from the conversation.
				this.scroll();
			}
		});
		host.postMessage({ type: 'ready' });
	}

	private receive(message: ToChat): void {
		switch (message.type) {
			case 'restore':
				this.restore(message.turns, message.status, message.texts);
				break;
			case 'turns':
				this.showTurns(message.turns);
				break;
			case 'turn':
				this.showTurn(message.turn);
				break;
			case 'delta':
				this.grow(message.turn, message.offset, message.text);
				break;
			case 'status':
				this.showStatus(message.status);
				break;
			case 'acted':
				this.views.get(message.turn)?.acknowledge(message.action, message.block);
				break;
			case 'draft':
				this.composer?.giveBack(message.text);
				break;
			case 'busy':
				this.isBusy = message.busy;
				this.settle();
				break;
			case 'focus':
				this.showHistory(false);
				this.composer?.focus();
				break;
		}
	}

	private restore(turns: readonly Turn[], status: ChatStatus, texts: ChatTexts): void {
		const saved = savedStateOf(this.host.getState());
		const draft = this.composer?.text ?? saved.draft;
		this.editing ??= saved.editing;
		this.texts = texts;
		this.transcript.setAttribute('aria-label', texts.transcript);
		this.composer?.element.remove();
		this.composer = new Composer(
			this.document,
			texts,
			(message) => this.post(message),
			() => this.save(),
		);
		this.history?.element.remove();
		this.history = new HistoryList(
			this.document,
			texts,
			(message) => this.host.postMessage(message),
			() => this.showHistory(false),
		);
		this.document.body.append(this.composer.element, this.history.element);
		this.composer.setText(draft);
		this.welcome.replaceChildren(...welcomeParts(this.document, texts, (message) => this.post(message)));
		this.showTurns(turns);
		this.showStatus(status);
		this.showHistory(this.document.body.classList.contains('browsing'));
	}

	private save(): void {
		const { editing, composer } = this;
		this.host.setState({ draft: composer?.text ?? '', ...(editing === undefined ? {} : { editing }) });
	}

	/** The list of conversations stands in the place of the chat. */
	private showHistory(isShown: boolean): void {
		const { classList } = this.document.body;
		if (isShown && this.history !== undefined) {
			classList.add('browsing');
			this.history.show();
		} else if (classList.contains('browsing')) {
			classList.remove('browsing');
			this.scroll();
			this.composer?.focus();
		}
	}

	private post(message: FromChat | FromComposer): void {
		if (message.type === 'ask' || message.type === 'regenerate' || message.type === 'edit') {
			// Who asks wants to see the answer.
			this.follows = true;
		} else if (message.type === 'branch') {
			this.switching = { at: [...this.views.keys()].indexOf(message.turn), by: message.by };
		}
		this.host.postMessage(message);
	}

	private showTurns(turns: readonly Turn[]): void {
		if (this.shows(turns)) {
			// Told again: what the user is on stays where it is.
			for (const turn of turns) {
				this.showTurn(turn);
			}
			return;
		}
		this.views.clear();
		this.transcript.replaceChildren();
		for (const turn of turns) {
			this.addView(turn);
		}
		this.follows = true;
		this.settle();
		const { editing, switching } = this;
		this.switching = undefined;
		if (editing !== undefined) {
			this.views.get(editing.turn)?.edit(editing.text);
		}
		if (switching !== undefined) {
			this.follows = false;
			[...this.views.values()][switching.at]?.focusVersion(switching.by);
		}
	}

	private shows(turns: readonly Turn[]): boolean {
		const shown = [...this.views.keys()];
		return turns.length > 0 && turns.length === shown.length && turns.every(({ id }, at) => id === shown[at]);
	}

	private showTurn(turn: Turn): void {
		if (!this.views.has(turn.id)) {
			this.addView(turn);
		}
		const view = this.views.get(turn.id);
		view?.update(turn, this.isLast(turn.id));
		this.settle();
	}

	private addView(turn: Turn): void {
		const { texts } = this;
		if (texts === undefined) {
			return;
		}
		// Only the last answer can be asked again.
		const previous = [...this.views.values()].at(-1);
		const { document, renderer } = this;
		const view = new TurnView(turn, {
			document,
			renderer,
			texts,
			post: (message) => this.post(message),
			onEdit: (id, text) => {
				this.editing = text === undefined ? undefined : { turn: id, text };
				this.save();
			},
		});
		this.views.set(turn.id, view);
		previous?.render(false);
		this.transcript.append(view.element);
	}

	private isLast(id: string): boolean {
		return [...this.views.keys()].at(-1) === id;
	}

	private grow(id: string, offset: number, text: string): void {
		const view = this.views.get(id);
		if (view?.length !== offset) {
			// Something was missed, perhaps while the view was hidden.
			this.post({ type: 'ready' });
			return;
		}
		view.append(text);
		this.frame ??= this.window.requestAnimationFrame(() => {
			this.frame = undefined;
			const current = this.views.get(id);
			current?.render(this.isLast(id));
			this.scroll();
		});
	}

	/** After any change of turns: welcome or transcript, send or stop, and the place. */
	private settle(): void {
		const isEmpty = this.views.size === 0;
		if (isEmpty) {
			this.transcript.replaceChildren(this.welcome);
		} else {
			this.welcome.remove();
		}
		const isAnswering = this.isBusy || this.transcript.querySelector('.turn.streaming') !== null;
		this.composer?.setAnswering(isAnswering);
		// Other versions, and other questions, have to wait for its end.
		this.document.body.classList.toggle('answering', isAnswering);
		this.scroll();
	}

	private scroll(): void {
		if (this.follows) {
			this.transcript.scrollTop = this.views.size === 0 ? 0 : this.transcript.scrollHeight;
		}
	}

	private showStatus(status: ChatStatus): void {
		if (this.texts === undefined) {
			return;
		}
		const banner = bannerFor(this.document, status, this.texts, (message) => this.post(message));
		this.banner.replaceChildren(...(banner === undefined ? [] : [banner]));
		this.document.body.classList.toggle('has-problem', status.problem !== undefined);
		this.document.body.classList.toggle('has-starter', status.isStarter);
		this.composer?.setStatus(status);
		this.scroll();
	}
}
