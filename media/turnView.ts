/** One turn of the conversation on screen; only the part of it that changed is rendered again. */

import { type Segment, shownSegmentsOf } from '../src/chat/fences';
import type { Turn } from '../src/chat/turn';
import { hasInvisible } from '../src/inference/invisible';
import { element, iconButton } from './elements';
import { replaceControls } from './focus';
import { icon } from './icons';
import type { Renderer } from './markdown';
import { QuestionEditor } from './questionEditor';
import { linkCitations } from './sources';
import { StepsView } from './steps';
import { ThoughtView } from './thought';
import { answerFooter, type FooterContext, questionFooter } from './turnFooter';

interface TurnContext extends FooterContext {
	readonly renderer: Renderer;
	/** A question is being changed; undefined: not any more. */
	readonly onEdit: (turn: string, text: string | undefined) => void;
}

/** What the buttons of a code block do. */
type BlockAction = 'copy' | 'insert' | 'apply';

interface Shown {
	readonly segment: Segment;
	readonly element: HTMLElement;
	/** Where a code block's text is. */
	readonly code?: HTMLElement;
	readonly thought?: ThoughtView;
}

function isSame(one: Segment, other: Segment): boolean {
	if (one.type === 'text') {
		return other.type === 'text' && one.text === other.text;
	}
	if (one.type === 'thinking') {
		return other.type === 'thinking' && one.text === other.text && one.isOver === other.isOver;
	}
	return (
		other.type === 'code' &&
		one.code === other.code &&
		one.language === other.language &&
		one.closed === other.closed
	);
}

/** Whether the one may have grown into the other. Text is rendered anew. */
function isSameKind(one: Segment, other: Segment): boolean {
	return one.type === 'code'
		? other.type === 'code' && one.language === other.language
		: one.type === 'thinking' && other.type === 'thinking';
}

export class TurnView {
	readonly element: HTMLElement;
	private readonly steps: StepsView;
	private readonly body: HTMLElement;
	private readonly footer: HTMLElement;
	private shown: Shown[] = [];
	/** The buttons of the code blocks, by action and block. */
	private readonly buttons = new Map<string, HTMLButtonElement>();
	private editor: QuestionEditor | undefined;

	constructor(
		private turn: Turn,
		private readonly context: TurnContext,
	) {
		const { document, texts } = context;
		this.steps = new StepsView(document, texts);
		this.body = element(document, 'div', 'turn-body');
		this.footer = element(document, 'div', 'turn-footer');
		const parts = [this.steps.element, this.body, this.footer];
		this.element = element(document, 'article', `turn ${turn.role}`, ...parts);
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
			this.renderQuestion();
			this.element.classList.toggle('editing', this.editor !== undefined);
		} else {
			this.steps.update(turn);
			this.renderSegments();
		}
		this.renderFooter(isLast);
	}

	/** Lets the user change the question where it stands. */
	edit(text: string): void {
		const { document, texts, post, onEdit } = this.context;
		const { id } = this.turn;
		const end = () => {
			this.editor = undefined;
			onEdit(id, undefined);
			this.render(false);
		};
		this.editor = new QuestionEditor(document, {
			text,
			texts,
			onDraft: (draft) => onEdit(id, draft),
			onSend: (changed) => {
				end();
				post({ type: 'edit', turn: id, text: changed });
			},
			onCancel: () => {
				end();
				this.element.querySelector<HTMLElement>('.edit')?.focus();
			},
		});
		onEdit(id, text);
		this.render(false);
		this.editor.focus();
	}

	/** Shows the turn and puts the keyboard onto an arrow of its versions. */
	focusVersion(by: -1 | 1): void {
		this.element.scrollIntoView?.({ block: 'nearest' });
		this.element.querySelectorAll<HTMLElement>('.versions button')[by < 0 ? 0 : 1]?.focus();
	}

	/** The button of a code block says for a moment that it did its work. */
	acknowledge(action: BlockAction, block: number): void {
		const { document, texts } = this.context;
		const button = this.buttons.get(`${action} ${block}`);
		if (button === undefined) {
			return;
		}
		const label = { copy: texts.copied, insert: texts.inserted, apply: texts.applied }[action];
		button.replaceChildren(icon(document, 'check'));
		button.classList.add('acted');
		button.setAttribute('aria-label', label);
		setTimeout(() => {
			button.replaceChildren(icon(document, action));
			button.classList.remove('acted');
			button.setAttribute('aria-label', texts[action]);
		}, 1_500);
	}

	/** What is being typed at or selected stays as it is. */
	private renderQuestion(): void {
		const { body, editor, turn } = this;
		const isShown =
			editor === undefined ? body.textContent === turn.text : editor.element.parentNode === body;
		if (!isShown || (editor === undefined && body.firstElementChild !== null)) {
			body.replaceChildren(editor?.element ?? turn.text);
		}
	}

	private renderSegments(): void {
		const segments = shownSegmentsOf(this.turn.text);
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
			// What grows keeps its element, so that its buttons keep the focus and it stays as it was folded.
			const reused = before !== undefined && isSameKind(before.segment, segment) ? before : undefined;
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
			linkCitations(text, this.turn, this.context);
			for (const table of text.querySelectorAll('table')) {
				const scroller = element(document, 'div', 'table');
				table.replaceWith(scroller);
				scroller.append(table);
			}
			return { segment, element: text };
		}
		if (segment.type === 'thinking') {
			const thought = reused?.thought ?? new ThoughtView(document, this.context.texts);
			thought.update(segment);
			return { segment, element: thought.element, thought };
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
		const act = (action: BlockAction) => {
			const button = iconButton(document, action, texts[action], () =>
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
			element(document, 'span', 'code-actions', act('insert'), act('apply'), act('copy')),
		);
		const pre = element(document, 'pre', '', code);
		// Scrollable by keyboard.
		pre.tabIndex = 0;
		return element(document, 'div', 'code-block', header, hidden, pre);
	}

	private renderFooter(isLast: boolean): void {
		const { context, turn } = this;
		const isEditing = this.editor !== undefined;
		const children =
			turn.role === 'assistant'
				? answerFooter(turn, isLast, context)
				: questionFooter(turn, context, () => this.edit(turn.text));
		replaceControls(this.footer, ...(isEditing ? [] : children));
		this.footer.hidden = isEditing || children.length === 0;
	}
}
