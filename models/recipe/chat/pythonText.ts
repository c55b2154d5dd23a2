/** Python by its lines: which of them are blocks, and where a logical line ends, without strings and comments in the way. */

/** A logical line: brackets and strings over several lines belong to it. */
export interface LogicalLine {
	/** Lines of the file, from 0. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** Columns before the text; a tab is as good as four. */
	readonly depth: number;
	/** In one line, without comment; strings as they are written. */
	readonly text: string;
	/** The same, letters of strings as `_`: nothing in it that is no code. */
	readonly masked: string;
}

const TOKEN =
	/(?:[rbfuRBFU]{0,2})("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|#[^\n]*/g;

/** Undefined where brackets do not match: then nothing can be said of the file. */
export function logicalLines(source: string): LogicalLine[] | undefined {
	// As long as the source, so that positions are the same.
	const masked = source.replace(TOKEN, (token, string?: string) =>
		string === undefined ? ' '.repeat(token.length) : token.replace(/[^"'\n]|(?<=.)["'](?=.)/g, '_'),
	);
	const texts = source.split('\n');
	const masks = masked.split('\n');
	const result: LogicalLine[] = [];
	let first = 0;
	let open = 0;
	let inString: string | undefined;
	for (const [index, mask] of masks.entries()) {
		inString = endsInString(texts[index] ?? '', inString);
		open += (mask.match(/[([{]/g) ?? []).length - (mask.match(/[)\]}]/g) ?? []).length;
		if (open < 0) {
			return undefined;
		}
		if (open > 0 || inString !== undefined || mask.endsWith('\\')) {
			continue;
		}
		const head = masks[first] ?? '';
		const line = joined(masks.slice(first, index + 1), texts.slice(first, index + 1));
		if (line.masked !== '') {
			result.push({
				firstLine: first,
				lastLine: index,
				depth: (/^\s*/.exec(head)?.[0] ?? '').replaceAll('\t', '    ').length,
				...line,
			});
		}
		first = index + 1;
	}
	return open === 0 && inString === undefined ? result : undefined;
}

/** One line of several; both texts have the same length. */
function joined(masks: readonly string[], texts: readonly string[]): Pick<LogicalLine, 'masked' | 'text'> {
	let masked = '';
	let text = '';
	for (const [index, mask] of masks.entries()) {
		const start = /^\s*/.exec(mask)?.[0].length ?? 0;
		const end = mask.replace(/\s*\\?$/, '').length;
		if (end <= start) {
			continue;
		}
		const between = masked === '' || /[([{]$/.test(masked) || /^[)\]}]/.test(mask.slice(start)) ? '' : ' ';
		masked += between + mask.slice(start, end);
		text += between + (texts[index] ?? '').slice(start, end);
	}
	return { masked, text };
}

/** The triple quotes that are open behind a line. */
function endsInString(line: string, before: string | undefined): string | undefined {
	let open = before;
	for (const [mark] of line.matchAll(/"""|'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#.*/g)) {
		if (mark === '"""' || mark === "'''") {
			open = open === undefined ? mark : open === mark ? undefined : open;
		}
	}
	return open;
}

/** The lines of the block below a header: those that are deeper. */
export function blockBelow(lines: readonly LogicalLine[], header: number): readonly LogicalLine[] {
	const depth = lines[header]?.depth ?? 0;
	const end = lines.findIndex((line, index) => index > header && line.depth <= depth);
	return lines.slice(header + 1, end < 0 ? lines.length : end);
}

/** Parts between commas that stand in no brackets. */
export function separated(masked: string, text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let index = 0; index <= masked.length; index++) {
		const character = masked[index] ?? ',';
		if ('([{'.includes(character)) {
			depth++;
		} else if (')]}'.includes(character)) {
			depth--;
		} else if (character === ',' && depth === 0) {
			parts.push(text.slice(start, index).trim());
			start = index + 1;
		}
	}
	return parts.filter((part) => part !== '');
}
