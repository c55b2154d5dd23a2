/** The code above and below the cursor, for what is to be written there. */

import { keepEnd, keepStart } from '../../inference/clip';
import { type Excerpt, MAX_EXCERPT } from '../question';
import { secretReason } from './material';
import type { SourceTools } from './source';

/** Lines above and below the cursor that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;

type CursorPlace =
	| { readonly type: 'place'; readonly excerpt: Excerpt; readonly after: string }
	| { readonly type: 'refused'; readonly label: string; readonly reason: string };

/** Without an open editor both are empty. */
export async function cursorPlace({ editor, translate }: SourceTools): Promise<CursorPlace> {
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
	const code = keepEnd(above, MAX_EXCERPT);
	const after = keepStart(below, MAX_EXCERPT);
	const firstLine = start + 1 + above.split('\n').length - code.split('\n').length;
	const secret = secretReason(`${code}\n${after}`, firstLine, translate);
	if (secret !== undefined) {
		return { type: 'refused', label: active.path, reason: secret };
	}
	const { path, language } = active;
	return { type: 'place', excerpt: { path, language, firstLine, code }, after };
}
