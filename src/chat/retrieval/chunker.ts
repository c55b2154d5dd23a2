/**
 * Cuts a file into chunks where the least is torn apart: what each cut costs is told by the file's syntax tree or, without
 * one, by its indentation. A chunk keeps its functions whole where they fit.
 */

import { costsByIndentation } from './indentationCosts';

/** Lines of a chunk, from 1, both included; neither the first nor the last is blank. */
export interface LineSpan {
	readonly first: number;
	readonly last: number;
}

/** Lines of a chunk: fewer where the file ends or its parts are longer than `MOST` together. A line under `FEWEST` costs 1. */
export const FEWEST = 20;
export const MOST = 60;

/**
 * Chunks that hold every line with something in it, once, from top to bottom.
 * @param costs what it costs to begin a chunk at each line; 0 at a place where nothing is torn apart
 */
export function chunkLines(
	lines: readonly string[],
	costs: Float64Array = costsByIndentation(lines),
): readonly LineSpan[] {
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
