/** Where two texts have the same lines one after the other, whatever their blanks and quotes. */

/** Lines in a row that are no coincidence. */
export const FEWEST = 6;
/** Lines that are compared of one text. */
const MOST = 20_000;
/** Characters of a line that are compared. */
const LONGEST = 400;

interface Line {
	/** From 1. */
	readonly number: number;
	/** Without what formatters change. */
	readonly text: string;
}

/** The same lines, by their numbers in both texts. */
export interface SameLines {
	readonly first: number;
	readonly last: number;
	readonly otherFirst: number;
	readonly otherLast: number;
	/** Lines that count: with a letter or a digit in them. */
	readonly count: number;
}

/** Lines with a letter or a digit in them: brackets alone are in every program. */
export function significantLines(text: string): readonly Line[] {
	const lines: Line[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const plain = line.slice(0, LONGEST).replace(/['`]/g, '"').replace(/\s+/g, '').replace(/[;,]$/, '');
		if (/[\p{L}\p{N}]/u.test(plain)) {
			lines.push({ number: index + 1, text: plain });
			if (lines.length === MOST) {
				break;
			}
		}
	}
	return lines;
}

/** Finds the lines of one text in many others. */
export class LineFinder {
	/** Index of each run of FEWEST lines, by its text. */
	private readonly runs = new Map<string, number>();
	/** Their first lines: most files have none of these. */
	private readonly starts = new Set<string>();

	constructor(private readonly lines: readonly Line[]) {
		for (let index = 0; index + FEWEST <= lines.length; index++) {
			const run = runAt(lines, index);
			if (isTelling(lines.slice(index, index + FEWEST)) && !this.runs.has(run)) {
				this.runs.set(run, index);
				this.starts.add(lines[index]?.text ?? '');
			}
		}
	}

	/** Whether there is anything to look for. */
	get isEmpty(): boolean {
		return this.runs.size === 0;
	}

	/** The longest run of lines that the other text has, too; undefined where none has FEWEST. */
	find(other: readonly Line[]): SameLines | undefined {
		let best: SameLines | undefined;
		for (let index = 0; index + FEWEST <= other.length; index++) {
			const own = this.starts.has(other[index]?.text ?? '') ? this.runs.get(runAt(other, index)) : undefined;
			if (own === undefined) {
				continue;
			}
			let count = FEWEST;
			while (
				this.lines[own + count] !== undefined &&
				this.lines[own + count]?.text === other[index + count]?.text
			) {
				count++;
			}
			if (count > (best?.count ?? 0)) {
				best = {
					first: this.lines[own]?.number ?? 0,
					last: this.lines[own + count - 1]?.number ?? 0,
					otherFirst: other[index]?.number ?? 0,
					otherLast: other[index + count - 1]?.number ?? 0,
					count,
				};
			}
		}
		return best;
	}
}

function runAt(lines: readonly Line[], index: number): string {
	return lines
		.slice(index, index + FEWEST)
		.map(({ text }) => text)
		.join('\n');
}

/** Imports and lists of short names are alike without being taken from anywhere. */
function isTelling(lines: readonly Line[]): boolean {
	const own = lines.filter(
		({ text }) => !/^(?:import|from|export\*|#include|using|package|use)\b/.test(text),
	);
	const characters = own.reduce((sum, { text }) => sum + text.length, 0);
	return (
		own.length >= FEWEST / 2 && characters >= 60 && new Set(own.map(({ text }) => text)).size >= FEWEST / 2
	);
}
