/**
 * Proves that nothing that is asked for stands in what is learned from: a run of 50 tokens, or a long line, of a middle
 * that is also in a text is an overlap.
 */

/** Tokens in a row: words, numbers and signs. */
const RUN = 50;
/** Characters of a line, and its tokens: shorter ones are written again by anybody. */
const LONG_LINE = 80;
const LONG_LINE_TOKENS = 10;

export class Contamination {
	/** Places in the middles, by what would be an overlap. */
	private readonly runs = new Map<number, number[]>();
	private readonly lines = new Map<string, number[]>();
	private readonly found = new Set<number>();

	/** @param middles what is asked for */
	constructor(middles: readonly string[]) {
		for (const [index, middle] of middles.entries()) {
			for (const run of runsOf(middle)) {
				add(this.runs, run, index);
			}
			for (const line of longLines(middle)) {
				add(this.lines, line, index);
			}
		}
	}

	/** Middles that overlap with a text seen so far, by their index. */
	get overlapping(): ReadonlySet<number> {
		return this.found;
	}

	/** A text that is learned from. */
	see(text: string): void {
		if (this.lines.size > 0) {
			for (const line of longLines(text)) {
				this.mark(this.lines.get(line));
			}
		}
		if (this.runs.size > 0) {
			for (const run of runsOf(text)) {
				this.mark(this.runs.get(run));
			}
		}
	}

	private mark(indices: readonly number[] = []): void {
		for (const index of indices) {
			this.found.add(index);
		}
	}
}

/** The middles that overlap with one of the texts, by their index; empty = clean. */
export function contaminated(texts: Iterable<string>, middles: readonly string[]): ReadonlySet<number> {
	const contamination = new Contamination(middles);
	for (const text of texts) {
		contamination.see(text);
	}
	return contamination.overlapping;
}

function add<Key>(map: Map<Key, number[]>, key: Key, index: number): void {
	const known = map.get(key);
	if (known === undefined) {
		map.set(key, [index]);
	} else if (known.at(-1) !== index) {
		known.push(index);
	}
}

function tokensOf(text: string): readonly string[] {
	return text.match(/\w+|[^\w\s]/g) ?? [];
}

function longLines(text: string): readonly string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line.length >= LONG_LINE && tokensOf(line).length >= LONG_LINE_TOKENS);
}

/** A prime near 2²⁶: products of two numbers below stay exact, and so do two numbers side by side. */
const PRIME = 67_108_859;
/** Two hashes, for one would find a run by chance in millions of tokens. */
const FACTORS = [131_071, 8_191] as const;
/** What the first token of a run was multiplied with when its last one came. */
const LEADING = FACTORS.map((factor) => {
	let power = 1;
	for (let count = 1; count < RUN; count++) {
		power = (power * factor) % PRIME;
	}
	return power;
});

/** A number for each run of tokens, whatever blanks are between them (Rabin and Karp 1987). */
function* runsOf(text: string): Generator<number, void> {
	const hashes = tokensOf(text).map(hashOf);
	const rolling = FACTORS.map(() => 0);
	for (const [index, token] of hashes.entries()) {
		const gone = index >= RUN ? (hashes[index - RUN] ?? 0) : 0;
		for (const [which, factor] of FACTORS.entries()) {
			const kept = (rolling[which] ?? 0) + PRIME - ((gone * (LEADING[which] ?? 0)) % PRIME);
			rolling[which] = ((kept % PRIME) * factor + token) % PRIME;
		}
		if (index >= RUN - 1) {
			yield (rolling[0] ?? 0) * PRIME + (rolling[1] ?? 0);
		}
	}
}

/** FNV-1a, below the prime. */
function hashOf(token: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < token.length; index++) {
		hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
	}
	return (hash >>> 0) % PRIME;
}
