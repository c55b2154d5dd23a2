/** What was edited in one document since it was first seen, as hunks: lines as they were, and where they are now. */

import type { Lines } from '../cursor';

/** One change: the text between two positions became another. Positions are those before the change. */
export interface TextEdit {
	readonly startLine: number;
	readonly startCharacter: number;
	readonly endLine: number;
	readonly endCharacter: number;
	readonly text: string;
}

export interface Hunk {
	/** First line, as the document is now. */
	readonly start: number;
	/** Lines that it has now. */
	readonly count: number;
	/** The lines before any edit. */
	readonly old: readonly string[];
	/** When it was touched last, by the clock. */
	readonly at: number;
}

/** Keeps a copy of the lines: the editor tells what was written, not what stood there before. */
export class Hunks {
	private lines: string[];
	private all: readonly Hunk[] = [];

	/** `lines`: as they are before the first edit. */
	constructor(lines: Lines) {
		this.lines = linesOf(lines);
	}

	/** From top to bottom; those that were undone are not among them. */
	get current(): readonly Hunk[] {
		return this.all.filter(
			({ start, count, old }) => old.join('\n') !== this.lines.slice(start, start + count).join('\n'),
		);
	}

	lineAt(line: number): string {
		return this.lines[line] ?? '';
	}

	get lineCount(): number {
		return this.lines.length;
	}

	apply(edit: TextEdit, at: number): void {
		const { startLine: start, endLine } = edit;
		const end = endLine + 1;
		const head = this.lineAt(start).slice(0, edit.startCharacter);
		const tail = this.lineAt(endLine).slice(edit.endCharacter);
		const written = `${head}${edit.text}${tail}`.split(/\r\n|\r|\n/);
		const delta = written.length - (end - start);
		const touched = this.all.filter((hunk) => hunk.start <= end && hunk.start + hunk.count >= start);
		const from = Math.min(start, ...touched.map((hunk) => hunk.start));
		const to = Math.max(end, ...touched.map((hunk) => hunk.start + hunk.count));
		const hunk = { start: from, count: to - from + delta, old: this.before(from, to, touched), at };
		this.all = [
			...this.all.filter((other) => other.start + other.count < start),
			hunk,
			...this.all
				.filter((other) => other.start > end)
				.map((other) => ({ ...other, start: other.start + delta })),
		];
		this.lines = [...this.lines.slice(0, start), ...written, ...this.lines.slice(end)];
	}

	/** Keeps only the hunks that a rule wants. */
	keep(isWanted: (hunk: Hunk) => boolean): void {
		this.all = this.all.filter(isWanted);
	}

	/** What stood in the lines `from` to `to` before any edit. */
	private before(from: number, to: number, hunks: readonly Hunk[]): readonly string[] {
		const old: string[] = [];
		let line = from;
		for (const hunk of hunks) {
			old.push(...this.lines.slice(line, hunk.start), ...hunk.old);
			line = hunk.start + hunk.count;
		}
		return [...old, ...this.lines.slice(line, to)];
	}
}

/** Lines as a hunk of a diff; those around it stay as they are. */
export function hunkText(
	old: readonly string[],
	written: readonly string[],
	above: readonly string[] = [],
	below: readonly string[] = [],
): string {
	return [
		...above.map((line) => ` ${line}`),
		...old.map((line) => `-${line}`),
		...written.map((line) => `+${line}`),
		...below.map((line) => ` ${line}`),
	].join('\n');
}

function linesOf(lines: Lines): string[] {
	return Array.from({ length: lines.lineCount }, (_, line) => lines.lineAt(line));
}
