/** The list of conversations, in the place of the chat: searched, opened, renamed, exported and deleted by mouse or keyboard. */

import {
	type FromHistory,
	MAX_QUERY,
	type Summary,
	type ToHistory,
} from '../src/chat/conversations/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { element, iconButton } from './elements';
import { HistoryRow } from './historyRow';
import { fill } from './usage';

/** Milliseconds without a letter after which is searched: each search reads all conversations. */
const PAUSE = 150;

export class HistoryList {
	readonly element: HTMLElement;
	private readonly search: HTMLInputElement;
	private readonly list: HTMLElement;
	private readonly count: HTMLElement;
	private rows: readonly HistoryRow[] = [];
	/** What came while a name was being changed. */
	private waiting: readonly Summary[] | undefined;
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
		private readonly post: (message: FromHistory) => void,
		/** The chat is to be shown again. */
		private readonly onClose: () => void,
	) {
		this.search = element(document, 'input', '');
		this.search.type = 'search';
		this.search.maxLength = MAX_QUERY;
		this.search.placeholder = texts.historySearch;
		this.search.setAttribute('aria-label', texts.historySearch);
		this.search.addEventListener('input', () => this.askSoon());
		this.count = element(document, 'p', 'history-count');
		this.count.setAttribute('role', 'status');
		this.list = element(document, 'ul', 'history-list');
		// Without bullets, some screen readers take it for no list.
		this.list.setAttribute('role', 'list');
		this.list.setAttribute('aria-label', texts.history);
		this.element = element(
			document,
			'section',
			'history',
			element(
				document,
				'div',
				'history-head',
				iconButton(document, 'back', `${texts.historyBack} (Escape)`, onClose),
				this.search,
			),
			this.count,
			this.list,
		);
		this.element.setAttribute('aria-label', texts.history);
		this.element.addEventListener('keydown', (event) => this.press(event));
	}

	/** Shows everything, with the keyboard in the search. */
	show(): void {
		this.search.value = '';
		this.ask();
		this.search.focus();
	}

	receive(message: ToHistory): void {
		if (message.type === 'historyChanged') {
			this.ask();
		} else if (message.type === 'history' && message.query === this.search.value) {
			this.fill(message.conversations);
		}
	}

	private askSoon(): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.ask(), PAUSE);
	}

	private ask(): void {
		clearTimeout(this.timer);
		this.post({ type: 'history', query: this.search.value });
	}

	private fill(conversations: readonly Summary[]): void {
		if (this.rows.some((row) => row.isRenaming)) {
			this.waiting = conversations;
			return;
		}
		const { document, texts } = this;
		const focused = this.rows.findIndex((row) => row.hasFocus);
		const focusedId = this.rows[focused]?.id;
		this.rows = conversations.map(
			(conversation) =>
				new HistoryRow(document, texts, conversation, {
					open: () => {
						this.post({ type: 'open', conversation: conversation.id });
						this.onClose();
					},
					post: this.post,
					onRenamed: () => this.renamed(),
				}),
		);
		this.list.replaceChildren(...this.rows.map((row) => row.element));
		this.select(0);
		if (focused >= 0) {
			const same = this.rows.findIndex((row) => row.id === focusedId);
			this.focus(same < 0 ? Math.min(focused, this.rows.length - 1) : same);
		}
		this.count.textContent = this.countText();
	}

	private countText(): string {
		const { texts, rows } = this;
		if (rows.length === 0) {
			return this.search.value.trim() === '' ? texts.historyEmpty : texts.historyNothing;
		}
		return rows.length === 1 ? texts.historyCountOne : fill(texts.historyCount, String(rows.length));
	}

	private renamed(): void {
		const { waiting } = this;
		this.waiting = undefined;
		if (waiting !== undefined) {
			this.fill(waiting);
		}
	}

	private press(event: KeyboardEvent): void {
		const { target } = event;
		const isTyping = target === this.search;
		const current = this.rows.findIndex((row) => row.hasFocus);
		if (event.isComposing || this.rows[current]?.isRenaming === true) {
			return;
		}
		switch (event.key) {
			case 'Escape':
				this.onClose();
				break;
			case 'ArrowDown':
				this.focus(isTyping ? 0 : current + 1);
				break;
			case 'ArrowUp':
				if (!isTyping) {
					this.focus(current - 1);
				}
				break;
			case 'Home':
			case 'End':
				if (isTyping) {
					return;
				}
				this.focus(event.key === 'Home' ? 0 : this.rows.length - 1);
				break;
			case 'F2':
				this.rows[current]?.rename();
				break;
			case 'Delete':
				if (current < 0) {
					return;
				}
				this.rows[current]?.remove();
				break;
			default:
				return;
		}
		event.preventDefault();
	}

	/** Above the first stands the search. */
	private focus(index: number): void {
		if (index < 0) {
			this.search.focus();
			return;
		}
		const at = Math.min(index, this.rows.length - 1);
		this.select(at);
		this.rows[at]?.focus();
	}

	/** One row can be reached with Tab, the others from there with the arrows. */
	private select(index: number): void {
		for (const [at, row] of this.rows.entries()) {
			row.setReachable(at === index);
		}
	}
}
