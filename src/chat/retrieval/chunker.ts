/**
 * Cuts a file into chunks where its indentation, blank lines and brackets say that something begins: the same for all
 * languages, and an order of magnitude cheaper than a tree. A chunk keeps its functions whole where they fit.
 */

import { indentation } from '../../inference/indentation';

/** Lines of a chunk, from 1, both included; neither the first nor the last is blank. */
export interface LineSpan {
	readonly first: number;
	readonly last: number;
}

/** Lines of a chunk: fewer where the file ends or its parts are longer than `MOST` together. */
export const FEWEST = 20;
export const MOST = 60;

/** What a cut costs, by what it tears apart; a line under `FEWEST` costs 1. */
const DEEPER = 6;
const NO_BLANK = 6;
const FROM_COMMENT = 24;
const FROM_HEADER = 16;
const BEFORE_CLOSER = 40;

/** A line that ends or goes on with what stands above it. */
const CLOSER =
	/^\s*(?:[)\]}]|(?:end|else|elif|elsif|except|catch|finally|rescue|ensure|then|do)\b|\{\s*$|\*\/|#(?:else|elif|endif))/;
/** A line that speaks of what stands below it: a comment, an attribute, a decorator, the start of a template. */
const ABOUT_NEXT = /^\s*(?:\/[/*]|\*|#|--|;|%|@|\[[\w:]|"""|'''|<!--|template\s*<)/;

/** Chunks that hold every line with something in it, once, from top to bottom. */
export function chunkLines(lines: readonly string[]): readonly LineSpan[] {
	const costs = costsOfCuts(lines);
	const count = lines.length;
	/** Least cost of the lines up to before the index, and the start of the last chunk there. */
	const best = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
	const start = new Int32Array(count + 1);
	best[0] = 0;
	for (let end = 1; end <= count; end++) {
		for (let from = Math.max(0, end - MOST); from < end; from++) {
			const length = end - from;
			const cost = (best[from] ?? 0) + (costs[from] ?? 0) + Math.max(0, FEWEST - length);
			// Of equals the shorter: one function a chunk.
			if (cost <= (best[end] ?? 0)) {
				best[end] = cost;
				start[end] = from;
			}
		}
	}
	const spans: LineSpan[] = [];
	for (let end = count; end > 0; end = start[end] ?? 0) {
		const span = withoutBlanks(lines, start[end] ?? 0, end);
		if (span !== undefined) {
			spans.push(span);
		}
	}
	return spans.reverse();
}

/** What it costs to begin a chunk at each line. */
function costsOfCuts(lines: readonly string[]): Float64Array {
	const costs = new Float64Array(lines.length + 1);
	/** Indentations that are open, the outermost first. */
	const open: number[] = [];
	let above = '';
	let depthAbove = 0;
	for (const [index, line] of lines.entries()) {
		if (line.trim() === '') {
			// A blank line belongs to what stands above it.
			costs[index] = BEFORE_CLOSER;
			above = '';
			continue;
		}
		const columns = indentation(line);
		while (open.length > 0 && (open.at(-1) ?? 0) > columns) {
			open.pop();
		}
		if (columns > (open.at(-1) ?? 0)) {
			open.push(columns);
		}
		const depth = open.length;
		costs[index] =
			index === 0
				? 0
				: depth * DEEPER +
					(above === '' ? 0 : NO_BLANK) +
					(ABOUT_NEXT.test(above) ? FROM_COMMENT : 0) +
					(depth > depthAbove ? FROM_HEADER : 0) +
					(CLOSER.test(line) ? BEFORE_CLOSER : 0);
		above = line;
		depthAbove = depth;
	}
	return costs;
}

function withoutBlanks(lines: readonly string[], from: number, to: number): LineSpan | undefined {
	let first = from;
	let end = to;
	while (first < end && (lines[first] ?? '').trim() === '') {
		first++;
	}
	while (end > first && (lines[end - 1] ?? '').trim() === '') {
		end--;
	}
	return first === end ? undefined : { first: first + 1, last: end };
}
