/** The code that Explain, Fix and Generate show to the model: some of it, not too much, and nothing that looks like a secret. */

import { type Excerpt, MAX_EXCERPT } from '../question';
import { secretReason } from './material';
import type { SourceTools } from './source';

/** Lines of a file, counted from 0, both inclusive. */
export interface Shown {
	readonly path: string;
	readonly language: string;
	readonly lines: readonly string[];
	readonly start: number;
	readonly end: number;
	/** Lines below them that the model sees too. */
	readonly below: number;
}

export type Excerpted =
	| { readonly type: 'excerpt'; readonly excerpt: Excerpt; readonly after: string }
	| { readonly type: 'empty' }
	| { readonly type: 'too-long' }
	| { readonly type: 'secret'; readonly reason: string };

export function excerptOf(
	{ path, language, lines, start, end, below }: Shown,
	translate: SourceTools['translate'],
): Excerpted {
	const code = lines.slice(start, end + 1).join('\n');
	if (code.trim() === '') {
		return { type: 'empty' };
	}
	if (code.length > MAX_EXCERPT) {
		return { type: 'too-long' };
	}
	const after = lines
		.slice(end + 1, end + 1 + below)
		.join('\n')
		.slice(0, MAX_EXCERPT);
	// As one text: a key may begin in the one and end in the other.
	const reason = secretReason(`${code}\n${after}`, start + 1, translate);
	return reason === undefined
		? { type: 'excerpt', excerpt: { path: path.slice(-1_000), language, firstLine: start + 1, code }, after }
		: { type: 'secret', reason };
}
