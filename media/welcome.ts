/** What an empty chat says: what can be asked, that it stays on this machine, and where to begin. */

import type { FromChat } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { element, textButton } from './elements';
import { icon } from './icons';

export function welcomeParts(
	document: Document,
	texts: ChatTexts,
	post: (message: FromChat) => void,
): readonly Node[] {
	const items = [texts.emptyAsk, texts.emptyExplain, texts.emptyFix, texts.emptyGenerate];
	return [
		icon(document, 'familiar'),
		element(document, 'h2', '', texts.emptyTitle),
		element(document, 'ul', '', ...items.map((text) => element(document, 'li', '', text))),
		element(document, 'p', 'starter-only', texts.starter),
		element(
			document,
			'div',
			'begin',
			// Whoever has a model of their own needs no other.
			textButton(document, 'primary starter-only', texts.selectModel, () =>
				post({ type: 'remedy', remedy: 'select-model' }),
			),
			textButton(document, 'secondary', texts.getStarted, () => post({ type: 'getStarted' })),
		),
		element(document, 'p', 'local', texts.emptyLocal),
	];
}
