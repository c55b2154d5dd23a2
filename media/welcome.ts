/** What an empty chat says: what can be asked, and that it stays on this machine. */

import type { ChatTexts } from '../src/chat/textKeys';
import { element } from './elements';
import { icon } from './icons';

export function welcomeParts(document: Document, texts: ChatTexts): readonly Node[] {
	const items = [texts.emptyAsk, texts.emptyExplain, texts.emptyFix, texts.emptyGenerate];
	return [
		icon(document, 'familiar'),
		element(document, 'h2', '', texts.emptyTitle),
		element(document, 'ul', '', ...items.map((text) => element(document, 'li', '', text))),
		element(document, 'p', 'local', texts.emptyLocal),
	];
}
