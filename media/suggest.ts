/** Completes commands and mentions while they are written: a list above the input, ruled by the keyboard that stays in it. */

import type { FromComposer, Suggestion } from '../src/chat/context/messages';
import { type Word, wordAt } from '../src/chat/context/syntax';
import { element } from './elements';

const LIST = 'suggestions';

/** Whether a suggestion for fewer letters is still one. */
function fits({ insert }: Suggestion, word: string): boolean {
	const typed = word.toLowerCase().replace(/^#\w+:"?/, '');
	const offered = insert.toLowerCase();
	return typed === word.toLowerCase() ? offered.startsWith(typed) : offered.includes(typed);
}

export class Suggest {
	readonly element: HTMLElement;
	/** Goes up with each question, so that an answer that comes late is known. */
	private request = 0;
	private word: Word | undefined;
	private items: readonly Suggestion[] = [];
	private active = 0;

	constructor(
		private readonly document: Document,
		private readonly input: HTMLTextAreaElement,
		private readonly post: (message: FromComposer) => void,
		/** The text has changed by a choice. */
		private readonly onChosen: () => void,
		label: string,
	) {
		this.element = element(document, 'ul', LIST);
		this.element.id = LIST;
		this.element.setAttribute('role', 'listbox');
		this.element.setAttribute('aria-label', label);
		this.element.hidden = true;
		input.setAttribute('aria-autocomplete', 'list');
		input.setAttribute('aria-controls', LIST);
		input.setAttribute('aria-haspopup', 'listbox');
		input.addEventListener('blur', () => this.close());
	}

	get isOpen(): boolean {
		return !this.element.hidden;
	}

	/** The text or the caret is another one now. */
	changed(): void {
		const { selectionStart, selectionEnd, value } = this.input;
		const word = selectionStart === selectionEnd ? wordAt(value, selectionStart) : undefined;
		this.word = word;
		if (word === undefined) {
			this.close();
			return;
		}
		// Until the answer is there, the list shows what of it still fits: Enter must not take what was meant before.
		this.offer(this.items.filter((item) => fits(item, word.text)));
		this.request++;
		this.post({ type: 'suggest', request: this.request, word: word.text });
	}

	show(request: number, items: readonly Suggestion[]): void {
		if (request !== this.request || this.word === undefined) {
			return;
		}
		this.offer(items);
	}

	private offer(items: readonly Suggestion[]): void {
		const written = this.word?.text;
		// What is written already needs no list.
		const isWritten = items.length === 1 && items[0]?.insert === written && !items[0]?.continues;
		this.items = isWritten ? [] : items;
		this.active = Math.max(
			0,
			this.items.findIndex(({ insert }) => insert === written),
		);
		this.render();
	}

	/** Whether the key was for the list. */
	handles(event: KeyboardEvent): boolean {
		if (!this.isOpen || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) {
			return false;
		}
		const { length } = this.items;
		switch (event.key) {
			case 'ArrowDown':
				this.move((this.active + 1) % length);
				return true;
			case 'ArrowUp':
				this.move((this.active + length - 1) % length);
				return true;
			case 'Escape':
				this.close();
				return true;
			case 'Enter':
			case 'Tab': {
				const item = this.items[this.active];
				if (event.shiftKey || item === undefined) {
					return false;
				}
				if (event.key === 'Enter' && item.insert === this.word?.text && !item.continues) {
					// Written out already: Enter means to send it.
					this.close();
					return false;
				}
				this.choose(item);
				return true;
			}
			case 'ArrowLeft':
			case 'ArrowRight':
			case 'Home':
			case 'End':
				// The caret leaves the word.
				this.close();
				return false;
			default:
				return false;
		}
	}

	close(): void {
		// An answer that is still on its way is not wanted any more.
		this.request++;
		this.items = [];
		this.render();
	}

	private move(to: number): void {
		this.active = to;
		this.render();
	}

	private choose({ insert, continues }: Suggestion): void {
		const { word, input, document } = this;
		if (word === undefined) {
			return;
		}
		const text = continues || input.value.charAt(word.end) === ' ' ? insert : `${insert} `;
		input.setSelectionRange(word.start, word.end);
		// As if it were typed: only so can the user undo it.
		const isTyped =
			typeof document.execCommand === 'function' && document.execCommand('insertText', false, text);
		if (!isTyped) {
			input.setRangeText(text, word.start, word.end, 'end');
		}
		this.onChosen();
		this.close();
		if (continues) {
			this.changed();
		}
	}

	private render(): void {
		const { document, items, input } = this;
		this.element.hidden = items.length === 0;
		this.element.replaceChildren(
			...items.map((item, index) => {
				const option = element(
					document,
					'li',
					'suggestion',
					element(document, 'span', 'suggestion-label', item.label),
					element(document, 'span', 'suggestion-detail', item.detail),
				);
				option.id = `${LIST}-${index}`;
				option.setAttribute('role', 'option');
				option.setAttribute('aria-selected', String(index === this.active));
				// The input must not lose the keyboard to a click.
				option.addEventListener('mousedown', (event) => {
					event.preventDefault();
					this.choose(item);
				});
				return option;
			}),
		);
		const active = this.element.children[this.active];
		if (this.isOpen && active !== undefined) {
			input.setAttribute('aria-activedescendant', active.id);
			active.scrollIntoView?.({ block: 'nearest' });
		} else {
			input.removeAttribute('aria-activedescendant');
		}
	}
}
