/** The code that Explain, Fix and Generate show to the model: some of it, not too much, and nothing that looks like a secret. */

import { type Excerpt, type Finding, MAX_EXCERPT } from '../question';
import { secretReason } from './material';
import type { SourceTools } from './source';

/** Lines of a file, counted from 0, both inclusive. */
interface Shown {
	readonly path: string;
	readonly language: string;
	readonly lines: readonly string[];
	readonly start: number;
	readonly end: number;
	/** Lines above and below them that the model sees too. */
	readonly above: number;
	readonly below: number;
}

export type Excerpted =
	| { readonly type: 'excerpt'; readonly excerpt: Excerpt; readonly before: string; readonly after: string }
	| { readonly type: 'empty' }
	| { readonly type: 'too-long' }
	| { readonly type: 'secret'; readonly reason: string };

export function excerptOf(
	{ path, language, lines, start, end, above, below }: Shown,
	translate: SourceTools['translate'],
): Excerpted {
	const code = lines.slice(start, end + 1).join('\n');
	if (code.trim() === '') {
		return { type: 'empty' };
	}
	if (code.length > MAX_EXCERPT) {
		return { type: 'too-long' };
	}
	const first = Math.max(0, start - above);
	const before = lines.slice(first, start).join('\n').slice(-MAX_EXCERPT);
	const after = lines
		.slice(end + 1, end + 1 + below)
		.join('\n')
		.slice(0, MAX_EXCERPT);
	// As one text: a key may begin in the one and end in the other.
	const shown = [...(first < start ? [before] : []), code, after].join('\n');
	const reason = secretReason(shown, first + 1, translate);
	return reason === undefined
		? {
				type: 'excerpt',
				excerpt: { path: path.slice(-1_000), language, firstLine: start + 1, code },
				before,
				after,
			}
		: { type: 'secret', reason };
}

/** Why the model is not shown the code, as a user can read it. */
export function withheldText(
	found: Exclude<Excerpted, { readonly type: 'excerpt' }>,
	path: string,
	translate: SourceTools['translate'],
): string {
	switch (found.type) {
		case 'secret':
			return translate('Familiar does not read {0}. {1}', path, found.reason);
		case 'empty':
			return translate('There is no code here.');
		case 'too-long':
			return translate('The code is too long. Select a part of it.');
	}
}

/** What the user's turn shows of a command on the code. */
export function commandTitle(
	action: string,
	excerpt: Excerpt,
	findings: readonly Finding[],
	translate: SourceTools['translate'],
): string {
	const last = excerpt.firstLine + excerpt.code.split('\n').length - 1;
	const place = translate('{0} {1}, lines {2} to {3}', action, excerpt.path, excerpt.firstLine, last);
	return [place, ...findings.map((finding) => finding.message)].join('\n');
}
