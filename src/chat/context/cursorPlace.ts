/** The code above and below the cursor, for what is to be written there. */

import { keepEnd, keepStart } from '../../inference/clip';
import { type Excerpt, MAX_EXCERPT } from '../question';
import type { SourceTools } from './source';

/** Lines above and below the cursor that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;

export type CursorPlace =
	| { readonly type: 'place'; readonly excerpt: Excerpt; readonly after: string }
	| { readonly type: 'refused'; readonly label: string; readonly reason: string };

/** Without an open editor both are empty. */
export async function cursorPlace({ editor }: SourceTools): Promise<CursorPlace> {
	const active = editor.active();
	if (active === undefined) {
		return { type: 'place', excerpt: { path: '', language: '', firstLine: 1, code: '' }, after: '' };
	}
	const why = await editor.excluded(active.uri);
	if (why !== undefined) {
		return { type: 'refused', label: active.path, reason: why };
	}
	const start = Math.max(0, active.end + 1 - LINES_ABOVE);
	const above = active.lines.slice(start, active.end + 1).join('\n');
	const below = active.lines.slice(active.end + 1, active.end + 1 + LINES_BELOW).join('\n');
	return {
		type: 'place',
		excerpt: {
			path: active.path,
			language: active.language,
			firstLine: start + 1,
			code: keepEnd(above, MAX_EXCERPT),
		},
		after: keepStart(below, MAX_EXCERPT),
	};
}
