/** Small makers of elements: text always as text, never as markup. */

import { type IconName, icon } from './icons';

export function element<K extends keyof HTMLElementTagNameMap>(
	document: Document,
	tag: K,
	className: string,
	...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
	const made = document.createElement(tag);
	if (className !== '') {
		made.className = className;
	}
	made.append(...children);
	return made;
}

/** A button that shows only an icon; `label` is its name for everybody who does not see it. */
export function iconButton(
	document: Document,
	name: IconName,
	label: string,
	onPress: () => void,
): HTMLButtonElement {
	const button = element(document, 'button', 'icon-button', icon(document, name));
	button.type = 'button';
	button.title = label;
	button.setAttribute('aria-label', label);
	button.addEventListener('click', onPress);
	return button;
}

export function textButton(
	document: Document,
	className: string,
	label: string,
	onPress: () => void,
): HTMLButtonElement {
	const button = element(document, 'button', className, label);
	button.type = 'button';
	button.addEventListener('click', onPress);
	return button;
}
