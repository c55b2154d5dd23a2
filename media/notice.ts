/** A sentence of the extension above the input, perhaps with a list: it is no part of the conversation. */

import type { Notice } from '../src/chat/context/messages';
import { element, iconButton } from './elements';

export class NoticeView {
	readonly element: HTMLElement;

	constructor(
		private readonly document: Document,
		private readonly close: string,
		private readonly onClose: () => void,
	) {
		this.element = element(document, 'section', 'notice');
		this.element.setAttribute('role', 'status');
		this.element.hidden = true;
		this.element.addEventListener('keydown', (event) => {
			if (event.key === 'Escape') {
				this.hide();
				onClose();
			}
		});
	}

	get isShown(): boolean {
		return !this.element.hidden;
	}

	show({ text, rows }: Notice): void {
		const { document } = this;
		const list = element(
			document,
			'dl',
			'',
			...rows.flatMap((row) => [
				element(document, 'dt', '', element(document, 'bdi', '', row.name)),
				element(document, 'dd', '', row.text),
			]),
		);
		// A long list is scrolled by keyboard, too.
		list.tabIndex = 0;
		const button = iconButton(document, 'close', this.close, () => {
			this.hide();
			this.onClose();
		});
		this.element.hidden = false;
		this.element.replaceChildren(
			element(document, 'div', 'notice-head', element(document, 'p', '', text), button),
			...(rows.length > 0 ? [list] : []),
		);
	}

	hide(): void {
		this.element.hidden = true;
		this.element.replaceChildren();
	}
}
