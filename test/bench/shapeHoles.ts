/** Holes in real files whose right extent is known from lines and indentation alone, not from any rule that is judged. */
import { indentation } from '../../src/inference/indentation';

export interface ShapeHole {
	readonly kind: 'tail' | 'header' | 'body' | 'statement' | 'finished';
	readonly before: string;
	readonly after: string;
	/** What was taken out; empty where nothing is to be written. */
	readonly wanted: string;
	/** What stood behind the cursor in the file, from its end on: what a model that knows the file would write. */
	readonly written: string;
}

/** Longer pieces are no suggestion; see `MOST_LINES`. */
const MOST_LINES = 12;
/** Characters behind the hole that the model that knows the file goes on with. */
const FURTHER = 600;

function isBlank(line: string | undefined): boolean {
	return line === undefined || line.trim() === '';
}

/** Lines from `start` on that are indented further than `column`; blank ones between them count. */
function deeper(lines: readonly string[], start: number, column: number): number {
	let end = start;
	for (let next = start; next < lines.length; next++) {
		const line = lines[next] ?? '';
		if (!isBlank(line)) {
			if (indentation(line) <= column) {
				break;
			}
			end = next + 1;
		}
	}
	return end;
}

const CLOSING = /^\s*(?:[)\]}]+[;,]?|end)$/;
/** Lines in which a statement is finished and cannot go on. */
const FINISHED = /;$|^\}$/;
const OPENS_IN_RUBY = /\{$|\bdo(?: \|[^|]*\|)?$|^\s*(?:def|class|module|if|unless)\b[^;]*$/;
const NO_CODE = /^\s*(?:\/\/|\/?\*|#|--|"""|''')/;

/** One hole at a line, where the line allows one of this kind. */
export function holeAt(
	lines: readonly string[],
	line: number,
	kind: ShapeHole['kind'],
	languageId: string,
	random: () => number,
): ShapeHole | undefined {
	const text = lines[line] ?? '';
	const column = indentation(text);
	const body = deeper(lines, line + 1, column);
	const opens = languageId === 'ruby' ? OPENS_IN_RUBY : /[{:]$/;
	// Suggestions end at a blank line, whatever their shape.
	const isParagraph = !lines.slice(line + 1, body).some(isBlank);
	const hasBody = body > line + 1 && body - line <= MOST_LINES && isParagraph && opens.test(text);
	const hole = (row: number, at: number, endRow: number, endAt: number): ShapeHole => {
		const before = [...lines.slice(0, row), (lines[row] ?? '').slice(0, at)].join('\n');
		const rest = [(lines[row] ?? '').slice(at), ...lines.slice(row + 1)].join('\n');
		const after = [(lines[endRow] ?? '').slice(endAt), ...lines.slice(endRow + 1)].join('\n');
		const wanted = rest.slice(0, rest.length - after.length);
		return { kind, before, after, wanted, written: rest.slice(0, wanted.length + FURTHER) };
	};
	const end = (row: number) => (lines[row] ?? '').length;
	switch (kind) {
		case 'tail': {
			const starts = [...text.matchAll(/(?<=\S\s?)\b\w|(?<=[\w)])\s?[=.,([{:+*/<>&|-]/g)].map(
				({ index }) => index,
			);
			const at = starts[Math.floor(random() * starts.length)];
			return at === undefined || at <= column / 4 ? undefined : hole(line, at, line, text.length);
		}
		case 'header':
			return hasBody && !NO_CODE.test(text) ? hole(line, text.length, body - 1, end(body - 1)) : undefined;
		case 'body': {
			const first = lines[line + 1] ?? '';
			return hasBody && !NO_CODE.test(text) && !isBlank(first)
				? hole(line + 1, first.length - first.trimStart().length, body - 1, end(body - 1))
				: undefined;
		}
		case 'statement': {
			const at = text.length - text.trimStart().length;
			if (isBlank(text) || NO_CODE.test(text) || CLOSING.test(text) || column === 0) {
				return undefined;
			}
			const last =
				CLOSING.test(lines[body] ?? '') && indentation(lines[body] ?? '') === column ? body : body - 1;
			return last - line < MOST_LINES && isParagraph ? hole(line, at, last, end(last)) : undefined;
		}
		default:
			return FINISHED.test(text) && !NO_CODE.test(text) && !/\bfor\b/.test(text)
				? hole(line, text.length, line, text.length)
				: undefined;
	}
}
