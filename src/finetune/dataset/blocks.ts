/** Blocks of a text by indentation and brackets: what a reader would call the body of something. */

import type { Lines } from './lines';

/** A part of a text that is written as one. */
export interface Span {
	readonly start: number;
	/** Index behind the last character. */
	readonly end: number;
}

/** Bytes of a block that is worth asking for: less is a line, more is a page. */
const FEWEST_BYTES = 50;
const MOST_BYTES = 1_000;

/** The line opens something, so that a cursor at its end asks for the whole block. */
const OPENS =
	/(?:[{[(:]|=>|\b(?:do|then|begin|else|try|ensure|repeat|of|where))\s*$|^\s*(?:def|class|module|(?:local\s+)?function)\b.*[\w)]\s*$/;
/** The line does nothing but close. */
const CLOSES = /^\s*(?:[)\]}][)\]};,]*|end\b[);,]*)\s*$/;

/**
 * The ways in which the block below a line may be asked for: from the line's end, with or without what closes it
 * (editors close brackets by themselves), and from the first line of its body, where the editor has indented.
 * Empty where no block of fitting size begins.
 * @param most characters of a block
 */
export function blocksBelow(lines: Lines, line: number, most: number): readonly Span[] {
	const body = bodyBelow(lines, line, most);
	if (body === undefined) {
		return [];
	}
	const spans: Span[] = [{ start: lines.content(body.first), end: lines.end(body.last) }];
	if (OPENS.test(lines.text.slice(lines.start(line), lines.end(line)))) {
		spans.push({ start: lines.end(line), end: lines.end(body.last) });
		const closer = body.last + 1;
		if (
			closer < lines.count &&
			lines.indentation(closer) === lines.indentation(line) &&
			CLOSES.test(lines.text.slice(lines.start(closer), lines.end(closer)))
		) {
			spans.push({ start: lines.end(line), end: lines.end(closer) });
		}
	}
	return spans.filter((span) => {
		const bytes = Buffer.byteLength(lines.text.slice(span.start, span.end));
		return bytes >= FEWEST_BYTES && bytes <= MOST_BYTES && span.end - span.start <= most;
	});
}

/** The lines below that are indented deeper, without blank ones at their end. */
function bodyBelow(
	lines: Lines,
	line: number,
	most: number,
): { readonly first: number; readonly last: number } | undefined {
	if (lines.isBlank(line)) {
		return undefined;
	}
	const own = lines.indentation(line);
	let first: number | undefined;
	let last = line;
	for (let next = line + 1; next < lines.count; next++) {
		if (lines.isBlank(next)) {
			continue;
		}
		if (lines.indentation(next) <= own) {
			break;
		}
		if (lines.end(next) - lines.end(line) > Math.min(most, MOST_BYTES)) {
			return undefined;
		}
		first ??= next;
		last = next;
	}
	return first === undefined ? undefined : { first, last };
}
