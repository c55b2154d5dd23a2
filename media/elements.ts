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

/** What stands above a page: its title, what is said of it, and what can be done. */
export function pageHeader(
	document: Document,
	title: string,
	details: readonly string[],
	actions: readonly HTMLElement[],
): HTMLElement {
	return element(
		document,
		'header',
		'',
		element(
			document,
			'div',
			'words',
			element(document, 'h1', '', title),
			...details.map((detail) => element(document, 'p', 'detail', detail)),
		),
		element(document, 'div', 'actions', ...actions),
	);
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
