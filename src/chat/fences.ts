/** Splits a Markdown answer, also one that is still growing, into text and fenced code blocks, with what was thought before. */

import { thoughtOf } from './thinking';

interface CodeBlock {
	readonly type: 'code';
	/** Position among the code blocks of the answer, from 0. What buttons refer to. */
	readonly index: number;
	/** First word of the info string in lower case; empty without one. */
	readonly language: string;
	/** Lines joined by `\n`, without the fence's own indentation and without a final line break. */
	readonly code: string;
	/** False while the answer has not closed it. */
	readonly closed: boolean;
}

export type Segment =
	| { readonly type: 'text'; readonly text: string }
	/** What the model thought before it answered; plain text. `isOver`: it answers now. */
	| { readonly type: 'thinking'; readonly text: string; readonly isOver: boolean }
	| CodeBlock;

/** Optional list bullet, indentation, fence, info string. A backtick fence has no backtick in its info (CommonMark 4.5). */
const OPENING = /^((?:\s*(?:[-*+]|\d{1,9}[.)])(?=\s))?\s*)(?:(`{3,})([^`]*)|(~{3,})(.*))$/;

interface Fence {
	readonly marker: string;
	readonly info: string;
	/** What stands before the marker: white space, perhaps a list bullet. */
	readonly lead: string;
}

function openingOf(line: string): Fence | undefined {
	const match = OPENING.exec(line);
	if (match === null) {
		return undefined;
	}
	const [, lead = '', backticks, backtickInfo = '', tildes = '', tildeInfo = ''] = match;
	return backticks === undefined
		? { marker: tildes, info: tildeInfo.trim(), lead }
		: { marker: backticks, info: backtickInfo.trim(), lead };
}

function closes(line: string, opening: Fence): boolean {
	const trimmed = line.trim();
	const character = opening.marker.charAt(0);
	return (
		trimmed.length >= opening.marker.length && trimmed === character.repeat(trimmed.length) && trimmed !== ''
	);
}

/** Removes at most `width` leading white space characters. */
function dedent(line: string, width: number): string {
	let cut = 0;
	while (cut < width && (line.charAt(cut) === ' ' || line.charAt(cut) === '\t')) {
		cut++;
	}
	return line.slice(cut);
}

/**
 * The answer in order. Models write Markdown inside a Markdown block with the same fence, which CommonMark ends at
 * the first inner closing; in a block of that language an inner opening with an info string therefore nests.
 */
export function segmentsOf(markdown: string): Segment[] {
	const { thinking = '', answer, isOver } = thoughtOf(markdown);
	const segments: Segment[] = thinking === '' ? [] : [{ type: 'thinking', text: thinking, isOver }];
	const lines = answer.replaceAll('\r\n', '\n').split('\n');
	let text: string[] = [];
	let code: string[] = [];
	let open: Fence | undefined;
	let nested: Fence[] = [];
	let index = 0;

	const endText = () => {
		const joined = text.join('\n');
		if (joined.trim() !== '') {
			segments.push({ type: 'text', text: joined });
		}
		text = [];
	};
	const endCode = (fence: Fence, closed: boolean) => {
		segments.push({
			type: 'code',
			index: index++,
			language: /^[^\s{]*/.exec(fence.info)?.[0].toLowerCase() ?? '',
			code: code.join('\n'),
			closed,
		});
		code = [];
		open = undefined;
		nested = [];
	};

	for (const line of lines) {
		if (open === undefined) {
			const opening = openingOf(line);
			if (opening === undefined) {
				text.push(line);
				continue;
			}
			if (opening.lead.trim() !== '') {
				text.push(opening.lead.trimEnd());
			}
			endText();
			open = opening;
			continue;
		}
		const inner = nested.at(-1);
		if (inner !== undefined && closes(line, inner)) {
			nested.pop();
		} else if (inner === undefined && closes(line, open)) {
			endCode(open, true);
			continue;
		} else if (/^(?:markdown|md)\b/i.test(open.info)) {
			const opening = openingOf(line);
			if (opening !== undefined && opening.info !== '') {
				nested.push(opening);
			}
		}
		code.push(dedent(line, open.lead.length));
	}
	if (open !== undefined) {
		// A fence that is just being written is not a line of the code yet.
		const last = code.at(-1);
		if (last !== undefined && last.trim() !== '' && /^(?:`{1,2}|~{1,2})$/.test(last.trim())) {
			code.pop();
		}
		endCode(open, false);
	} else {
		endText();
	}
	return segments;
}

/** What there is to see of it: a block without code is nothing, whether it is closed or has just been begun. */
export function shownSegmentsOf(markdown: string): Segment[] {
	return segmentsOf(markdown).filter((segment) => segment.type !== 'code' || segment.code.trim() !== '');
}

export function codeBlocksOf(markdown: string): CodeBlock[] {
	return segmentsOf(markdown).filter((segment) => segment.type === 'code');
}

/** A fence that no run of backticks in `text` can close. */
export function fenceAround(text: string): string {
	const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
	return '`'.repeat(Math.max(3, longest + 1));
}
