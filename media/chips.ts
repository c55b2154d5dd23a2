/** The chips below the input: what goes along with the question, how large it is, and what cannot go. */

import type { Chip } from '../src/chat/context/messages';
import type { ChatTexts } from '../src/chat/textKeys';
import { element, iconButton } from './elements';
import { replaceControls } from './focus';
import { icon } from './icons';

export class Chips {
	readonly element: HTMLElement;
	private readonly list: HTMLElement;
	private readonly note: HTMLElement;

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
		private readonly onTakeAway: (chip: Chip) => void,
	) {
		this.list = element(document, 'ul', 'chip-list');
		this.list.setAttribute('aria-label', texts.context);
		this.note = element(document, 'div', 'chip-note');
		this.note.setAttribute('role', 'status');
		this.element = element(document, 'div', 'chips', this.list, this.note);
		this.show([], undefined);
	}

	show(chips: readonly Chip[], note: string | undefined): void {
		replaceControls(this.list, ...chips.map((chip) => this.chipElement(chip)));
		this.list.hidden = chips.length === 0;
		this.note.textContent = note ?? '';
		this.note.hidden = note === undefined;
		this.element.hidden = chips.length === 0 && note === undefined;
	}

	private chipElement(chip: Chip): HTMLElement {
		const { document, texts } = this;
		const size = chip.tokens === undefined ? '' : texts.tokens.replace('{0}', `~${chip.tokens}`);
		const state = chip.problem ?? size;
		const button = iconButton(
			document,
			'close',
			texts.takeAway.replace('{0}', () => chip.label),
			() => this.onTakeAway(chip),
		);
		const item = element(
			document,
			'li',
			chip.problem === undefined ? 'chip' : 'chip refused',
			...(chip.problem === undefined ? [] : [icon(document, 'warning')]),
			element(document, 'bdi', 'chip-label', chip.label),
			element(document, 'span', 'chip-state', state),
			button,
		);
		item.title = [chip.label, state].filter((part) => part !== '').join('\n');
		return item;
	}
}

/** What went along with a question that was asked; nothing where nothing did. */
export function attachmentList(
	document: Document,
	texts: ChatTexts,
	labels: readonly string[] = [],
): readonly HTMLElement[] {
	if (labels.length === 0) {
		return [];
	}
	const items = labels.map((label) => element(document, 'li', 'chip', element(document, 'bdi', '', label)));
	const list = element(document, 'ul', 'attachments', ...items);
	list.setAttribute('aria-label', texts.context);
	return [list];
}
