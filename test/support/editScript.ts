/** Edits by hand as marks in a text: `«old→new»` is made, in the order of the text, `⟪old→new⟫` should be proposed next. */

import { findNextEdit, type NextEdit } from '../../src/completion/nextEdit/find';
import { EditLog } from '../../src/completion/nextEdit/log';

const MARK = /([«⟪])([^→]*)→([^»⟫]*)[»⟫]/g;

export interface EditScript {
	readonly before: string;
	/** Offsets in the text as it is when their turn comes. */
	readonly edits: readonly { readonly offset: number; readonly removed: string; readonly inserted: string }[];
	/** The text once all edits were made. */
	readonly after: string;
	/** The text once the proposal was accepted; the same as `after` where none is due. */
	readonly accepted: string;
}

export function readScript(marked: string): EditScript {
	const render = (choose: (kind: string, was: string, is: string) => string) =>
		marked.replace(MARK, (_mark, kind: string, was: string, is: string) => choose(kind, was, is));
	const edits: { offset: number; removed: string; inserted: string }[] = [];
	let shift = 0;
	for (const mark of marked.matchAll(MARK)) {
		const [text, kind, removed = '', inserted = ''] = mark;
		if (kind === '«') {
			edits.push({ offset: mark.index + shift, removed, inserted });
			shift += inserted.length - text.length;
		} else {
			shift += removed.length - text.length;
		}
	}
	return {
		before: render((_kind, was) => was),
		edits,
		after: render((kind, was, is) => (kind === '«' ? is : was)),
		accepted: render((_kind, _was, is) => is),
	};
}

/** Makes an edit key by key: what goes is selected, what comes is typed. */
export function typeInto(log: EditLog, { offset, removed, inserted }: EditScript['edits'][number]): void {
	const [first = '', ...rest] = inserted;
	log.type([{ offset, length: removed.length, text: first }]);
	let at = offset + first.length;
	for (const character of rest) {
		log.type([{ offset: at, length: 0, text: character }]);
		at += character.length;
	}
}

/** What is proposed once the edits of a script were typed, and the text with it. */
export async function played(
	script: EditScript,
	languageId: string,
): Promise<{ readonly next: NextEdit | undefined; readonly text: string; readonly log: EditLog }> {
	const log = new EditLog(script.before);
	for (const edit of script.edits) {
		typeInto(log, edit);
	}
	const next = await findNextEdit(
		{ text: log.text, languageId, edits: log.edits },
		new AbortController().signal,
	);
	const text =
		next === undefined ? log.text : log.text.slice(0, next.start) + next.text + log.text.slice(next.end);
	return { next, text, log };
}
