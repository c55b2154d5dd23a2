/** Tokens with what stands in a string as one: its words are its own, however many there are. */

import type { Token } from './tokens';

export interface Part {
	readonly kind: Token['kind'] | 'text';
	/** The words and signs of it. */
	readonly words: readonly string[];
}

export function partsOf(tokens: readonly Token[]): readonly Part[] {
	const parts: Part[] = [];
	let end = -1;
	for (const { kind, zone, text, start, end: until } of tokens) {
		const isText = zone === 'string' && kind !== 'quote' && kind !== 'line';
		const last = parts.at(-1);
		// What was left out between two does not bring them together.
		if (isText && last?.kind === 'text' && start - end <= 1) {
			parts[parts.length - 1] = { kind: 'text', words: [...last.words, text] };
		} else {
			parts.push({ kind: isText ? 'text' : kind, words: [text] });
		}
		end = until;
	}
	return parts;
}
