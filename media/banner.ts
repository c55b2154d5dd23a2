/** The lines above the input that say how the model is: loading, failed with what helps, or only the starter. */

import type { ChatStatus, FromChat } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { element, textButton } from './elements';
import { icon } from './icons';

function fill(text: string, value: string): string {
	return text.replace('{0}', () => value);
}

function progressBanner(document: Document, status: ChatStatus, texts: ChatTexts): HTMLElement {
	const percent = Math.round(status.progress * 100);
	const label =
		status.state === 'loading'
			? `${fill(texts.modelLoading, status.name)} ${percent} %`
			: texts.modelStarting;
	const bar = element(document, 'progress', '');
	bar.setAttribute('aria-label', label);
	if (status.state === 'loading') {
		bar.max = 100;
		bar.value = percent;
	}
	return element(document, 'div', 'banner', element(document, 'span', '', label), bar);
}

/** The banner for a status, or undefined while there is nothing to say. */
export function bannerFor(
	document: Document,
	status: ChatStatus,
	texts: ChatTexts,
	post: (message: FromChat) => void,
): HTMLElement | undefined {
	if (status.state === 'starting' || status.state === 'loading') {
		return progressBanner(document, status, texts);
	}
	if (status.problem !== undefined) {
		const line = element(
			document,
			'div',
			'note-line failed',
			icon(document, 'error'),
			element(document, 'span', 'note', status.problem),
		);
		const buttons = status.remedies.map((remedy, index) =>
			textButton(document, index === 0 ? 'primary' : 'secondary', texts[`remedy.${remedy}`], () =>
				post({ type: 'remedy', remedy }),
			),
		);
		const banner = element(document, 'div', 'banner', line);
		if (buttons.length > 0) {
			banner.append(element(document, 'div', 'remedies', ...buttons));
		}
		banner.setAttribute('role', 'alert');
		return banner;
	}
	if (status.isStarter && status.state === 'ready') {
		const link = textButton(document, 'link', texts.selectModel, () =>
			post({ type: 'remedy', remedy: 'select-model' }),
		);
		return element(
			document,
			'div',
			'banner starter',
			element(
				document,
				'div',
				'note-line',
				icon(document, 'info'),
				element(document, 'span', 'note', `${texts.starter} `, link),
			),
		);
	}
	return undefined;
}
