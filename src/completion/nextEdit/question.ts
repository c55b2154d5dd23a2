/** What the model is asked about a line: the file around it, what was edited, and the line as it is, to be written anew. */

import { CHARACTERS_PER_TOKEN, fillPieces } from '../../inference/fillPieces';
import { leadingBlanks } from '../../inference/indentation';
import type { FillRequest, ModelDescription } from '../../inference/model';
import { isHarmless } from '../context/guard';
import { hunkText } from '../context/hunks';
import { type Cursor, cursorAt, type DocumentFacts } from '../cursor';
import { promptBudget } from '../prompt';
import type { Edit } from './log';
import type { Page } from './page';
import { ownLines, type Pattern } from './pattern';
import { counterpart, type Sibling } from './siblings';

/** Tokens of the current file: what helps stands next to the line. */
const MOST_FILE = 640;
/** Less of the file than this says nothing. */
const LEAST_FILE = 64;
/** Edits that are told of, and characters of those before the last. */
const MOST_EDITS = 3;
const MOST_EARLIER = 800;
/** Tokens of an answer beside what the line and the edit have. */
const SPARE = 12;

export interface EditQuestion {
	readonly request: FillRequest;
	/** Where the text will stand. */
	readonly cursor: Cursor;
	/** The start of the new lines, which stays as it is. */
	readonly head: string;
	/** Line ends after which the text is whole. */
	readonly lines: number;
}

/** What does not change with the line that is asked about. */
interface Asked {
	readonly facts: DocumentFacts;
	readonly page: Page;
	readonly pattern: Pattern;
	/** The latest first. */
	readonly edits: readonly Edit[];
	readonly model: ModelDescription;
	readonly maxTokens: number;
}

/** @returns undefined where nothing may be asked: something secret was edited, or there is no room for it. */
export function questionAt(sibling: Sibling, asked: Asked): EditQuestion | undefined {
	const { facts, page, pattern, model } = asked;
	const changes = changesFor(sibling, asked);
	const head = headOf(sibling, pattern);
	const written = pattern.after.join('\n').length;
	const maxTokens = Math.min(asked.maxTokens, SPARE + Math.ceil((sibling.text.length + written) / 2));
	const told = Math.ceil(changes.length / CHARACTERS_PER_TOKEN);
	const room = Math.min(MOST_FILE, promptBudget(model, maxTokens) - told);
	// Of a line that is too long for a prompt, so is what is told of it.
	if (room < LEAST_FILE || !isHarmless(changes)) {
		return undefined;
	}
	const above = page.text.slice(0, sibling.start).split('\n');
	const lines = page.text.split(/\r?\n/);
	const line = above.length - 1 + sibling.text.split('\n').length - 1;
	const end = cursorAt(
		facts,
		{ lineCount: lines.length, lineAt: (one) => lines[one] ?? '' },
		{ line, character: lines[line]?.length ?? 0 },
	);
	const start = end.before.slice(0, end.before.length - sibling.text.length);
	const cursor = { ...end, before: start + head };
	const pieces = fillPieces({ ...cursor, anchor: start.length }, room);
	return {
		request: {
			...pieces,
			files: [{ path: `${facts.path}.diff`, text: changes }],
			maxPromptTokens: room + told,
			maxTokens,
			leftToRight: false,
			priority: 'background',
		},
		cursor,
		head,
		lines: pattern.after.length - head.split('\n').length + 1,
	};
}

/** The last edits, the latest at the end, and the line as one whose new text has not been written yet. */
function changesFor(sibling: Sibling, { edits, pattern }: Asked): string {
	const earlier: string[] = [];
	for (const edit of edits.slice(1, MOST_EDITS)) {
		const { before, after } = ownLines(edit);
		earlier.unshift(hunkText(before, after));
		if (earlier.join('\n').length > MOST_EARLIER) {
			earlier.shift();
			break;
		}
	}
	return [...earlier, hunkText(pattern.before, pattern.after), hunkText(sibling.text.split('\n'), [])].join(
		'\n',
	);
}

/** The sibling's text up to what stands there where the edit begins; its indentation at least. */
function headOf({ segments, tokens, text }: Sibling, { difference }: Pattern): string {
	const { count } = counterpart(segments, difference.head);
	const last = tokens[count - 1];
	return last === undefined ? leadingBlanks(text) : text.slice(0, last.end);
}
