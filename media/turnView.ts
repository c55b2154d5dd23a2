/** One turn of the conversation on screen; only the part of it that changed is rendered again. */

import { type Segment, segmentsOf } from '../src/chat/fences';
import type { ChatTexts, FromChat, Turn } from '../src/chat/protocol';
import { hasInvisible } from '../src/inference/invisible';
import { element, iconButton, textButton } from './elements';
import { icon } from './icons';
import type { Renderer } from './markdown';

export interface TurnContext {
	readonly document: Document;
	readonly renderer: Renderer;
	readonly texts: ChatTexts;
	readonly post: (message: FromChat) => void;
}

interface Shown {
	readonly segment: Segment;
	readonly element: HTMLElement;
	/** Where a code block's text is. */
	readonly code: HTMLElement | undefined;
}

function isSame(one: Segment, other: Segment): boolean {
	if (one.type === 'text') {
		return other.type === 'text' && one.text === other.text;
	}
	return (
		other.type === 'code' &&
		one.code === other.code &&
		one.language === other.language &&
		one.closed === other.closed
	);
}

/** How an answer ended that did not end by itself, or with nothing. */
function endingText(turn: Turn, texts: ChatTexts): string | undefined {
	switch (turn.state) {
		case 'cut':
		case 'stopped':
		case 'interrupted':
			return texts[turn.state];
		case 'done':
			return turn.role === 'assistant' && turn.text.trim() === '' ? texts.nothing : undefined;
		default:
			return undefined;
	}
}

export class TurnView {
	readonly element: HTMLElement;
	private readonly body: HTMLElement;
	private readonly footer: HTMLElement;
	private shown: Shown[] = [];
	/** The buttons of the code blocks, by action and block. */
	private readonly buttons = new Map<string, HTMLButtonElement>();

	constructor(
		private turn: Turn,
		private readonly context: TurnContext,
	) {
		const { document, texts } = context;
		this.body = element(document, 'div', 'turn-body');
		this.footer = element(document, 'div', 'turn-footer');
		this.element = element(document, 'article', `turn ${turn.role}`, this.body, this.footer);
		this.element.setAttribute('aria-label', turn.role === 'user' ? texts.you : 'Familiar');
		this.element.tabIndex = -1;
		this.render(true);
	}

	get id(): string {
		return this.turn.id;
	}

	get role(): Turn['role'] {
		return this.turn.role;
	}

	/** Characters of the text so far. */
	get length(): number {
		return this.turn.text.length;
	}

	/** `isLast`: whether it has the buttons that ask again. */
	update(turn: Turn, isLast: boolean): void {
		this.turn = turn;
		this.render(isLast);
	}

	append(text: string): void {
		this.turn = { ...this.turn, text: this.turn.text + text };
	}

	render(isLast: boolean): void {
		const { turn } = this;
		const isStreaming = turn.state === 'streaming';
		this.element.classList.toggle('streaming', isStreaming);
		// A screen reader reads the answer when it is there, not letter by letter.
		this.element.setAttribute('aria-busy', String(isStreaming));
		if (turn.role === 'user') {
			this.body.textContent = turn.text;
		} else {
			this.renderSegments();
		}
		this.renderFooter(isLast);
	}

	/** The button of a code block says for a moment that it did its work. */
	acknowledge(action: 'copy' | 'insert', block: number): void {
		const { document, texts } = this.context;
		const button = this.buttons.get(`${action} ${block}`);
		if (button === undefined) {
			return;
		}
		const label = action === 'copy' ? texts.copied : texts.inserted;
		button.replaceChildren(icon(document, 'check'));
		button.classList.add('acted');
		button.setAttribute('aria-label', label);
		setTimeout(() => {
			button.replaceChildren(icon(document, action));
			button.classList.remove('acted');
			button.setAttribute('aria-label', action === 'copy' ? texts.copy : texts.insert);
		}, 1_500);
	}

	private renderSegments(): void {
		const segments = segmentsOf(this.turn.text);
		const kept = this.shown.findIndex((shown, index) => {
			const segment = segments[index];
			return segment === undefined || !isSame(shown.segment, segment);
		});
		const start = kept < 0 ? this.shown.length : kept;
		const next = this.shown.slice(0, start);
		for (const [index, segment] of segments.entries()) {
			if (index < start) {
				continue;
			}
			const before = this.shown[index];
			// A growing block keeps its element, so that its buttons keep the focus.
			const reused =
				before?.code !== undefined &&
				segment.type === 'code' &&
				before.segment.type === 'code' &&
				before.segment.language === segment.language
					? before
					: undefined;
			if (reused === undefined) {
				before?.element.remove();
			}
			const shown = this.renderSegment(segment, reused);
			next.push(shown);
			if (reused === undefined) {
				this.body.insertBefore(shown.element, this.body.children[index] ?? null);
			}
		}
		for (const gone of this.shown.slice(segments.length)) {
			gone.element.remove();
		}
		this.shown = next;
	}

	private renderSegment(segment: Segment, reused: Shown | undefined): Shown {
		const { document, renderer } = this.context;
		if (segment.type === 'text') {
			const text = element(document, 'div', 'markdown');
			text.append(renderer.text(segment.text));
			for (const table of text.querySelectorAll('table')) {
				const scroller = element(document, 'div', 'table');
				table.replaceWith(scroller);
				scroller.append(table);
			}
			return { segment, element: text, code: undefined };
		}
		const code = reused?.code ?? element(document, 'code', 'hljs');
		code.replaceChildren(renderer.code(segment.code, segment.language));
		const block = reused?.element ?? this.codeBlock(segment.index, segment.language, code);
		block.classList.toggle('open', !segment.closed);
		block.classList.toggle('has-hidden', hasInvisible(segment.code));
		return { segment, element: block, code };
	}

	private codeBlock(index: number, language: string, code: HTMLElement): HTMLElement {
		const { document, texts, post } = this.context;
		const act = (action: 'copy' | 'insert') => {
			const label = action === 'copy' ? texts.copy : texts.insert;
			const button = iconButton(document, action, label, () =>
				post({ type: action, turn: this.turn.id, block: index }),
			);
			this.buttons.set(`${action} ${index}`, button);
			return button;
		};
		const hidden = element(document, 'span', 'hidden-warning', icon(document, 'warning'), texts.hidden);
		const header = element(
			document,
			'div',
			'code-header',
			element(document, 'span', 'code-language', language),
			element(document, 'span', 'code-actions', act('insert'), act('copy')),
		);
		const pre = element(document, 'pre', '', code);
		// Scrollable by keyboard.
		pre.tabIndex = 0;
		return element(document, 'div', 'code-block', header, hidden, pre);
	}

	private renderFooter(isLast: boolean): void {
		const { document, texts, post } = this.context;
		const { turn } = this;
		const children: Node[] = [];
		if (turn.state === 'streaming') {
			// Before the first word there is nothing else to see.
			if (turn.text === '') {
				const dots = element(document, 'span', 'dots', ...[0, 1, 2].map(() => element(document, 'i', '')));
				dots.setAttribute('role', 'status');
				dots.setAttribute('aria-label', texts.answering);
				children.push(dots);
			}
		} else if (turn.role === 'assistant') {
			const failed = turn.state === 'failed';
			const sentence = turn.note ?? endingText(turn, texts);
			if (sentence !== undefined) {
				const note = element(document, 'span', 'note', sentence);
				children.push(
					element(
						document,
						'div',
						failed ? 'note-line failed' : 'note-line',
						icon(document, failed ? 'error' : 'info'),
						note,
					),
				);
			}
			if (turn.remedies.length > 0 && isLast) {
				children.push(
					element(
						document,
						'div',
						'remedies',
						...turn.remedies.map((remedy, index) =>
							textButton(document, index === 0 ? 'primary' : 'secondary', texts[`remedy.${remedy}`], () =>
								post({ type: 'remedy', remedy }),
							),
						),
					),
				);
			}
			if (isLast) {
				const asksAgain = turn.state === 'failed' || turn.state === 'interrupted';
				const label = asksAgain ? texts.retry : texts.regenerate;
				const button = textButton(document, 'quiet', label, () => post({ type: 'regenerate' }));
				button.prepend(icon(document, 'retry'));
				children.push(button);
			}
		}
		this.footer.replaceChildren(...children);
		this.footer.hidden = children.length === 0;
	}
}
