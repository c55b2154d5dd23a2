/** Links in what a model wrote: never followed by the view itself. */

import { isOpenableLink } from '../src/chat/protocol';

/** Of a press on a link: hands on where it leads, if that is a place that may be opened. */
export function followLink(
	window: Window & typeof globalThis,
	event: MouseEvent,
	open: (url: string) => void,
): void {
	const link = event.target instanceof window.Element ? event.target.closest('a') : null;
	if (link === null) {
		return;
	}
	event.preventDefault();
	const url = link.getAttribute('href');
	if (isOpenableLink(url)) {
		open(url);
	}
}
