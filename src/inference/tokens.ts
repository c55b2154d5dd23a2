/** Counts tokens before, or without, asking the model: for budgets and first cuts, never for what must fit exactly. */

/** A tokenizer's tables, loaded. */
export interface TokenTables {
	/** Tokens of a text that is short and has no long runs; special tokens in it count as plain text. */
	count(text: string): number;
}

interface TokenCounter {
	/** Makes counting exact for cl100k; until it resolves, and if it rejects, counts are estimates. Idempotent. */
	load(): Promise<void>;
	/** Tokens of the text. Takes milliseconds for any text whatsoever. */
	estimateTokens(text: string): number;
	/**
	 * The longest part of whole lines that has at most `budget` tokens, from the start or the end of the text. Where
	 * not even one line fits, as much of that line as does.
	 */
	trimToTokens(text: string, budget: number, keep: 'start' | 'end'): string;
}

/** UTF-8 bytes in a token: a cautious mean over source code, where cl100k has 3.3 to 4.5. */
const BYTES_PER_TOKEN = 3.5;
/** Longer texts, in UTF-16 units, are only estimated: counting them would take more than some 30 ms. */
const LONGEST_COUNTED = 256 << 10;
/** Longest piece that is given to the tokenizer, in UTF-16 units. */
const LONGEST_PIECE = 2_000;
/**
 * Longest run of letters, of blanks or of signs within a piece. The tokenizer takes such a run as one and needs time
 * by the square of its length: 200,000 blanks take 35 s.
 */
const LONGEST_RUN = 200;
/** A run of that many characters that the tokenizer may take as one. */
const RUN = /\p{L}{200}|\s{200}|[^\s\p{L}\p{N}]{200}/u;
/** UTF-16 units that a token can be expected to cover at most; only bounds how much of a huge text is looked at. */
const MOST_UNITS_PER_TOKEN = 16;
/** Lines whose counts are remembered, twice over. */
const REMEMBERED_LINES = 4_096;

/** Loads cl100k, 1 MB of source: about 0.2 s, so it is never done while the extension starts. */
export async function loadTokenTables(): Promise<TokenTables> {
	const { countTokens } = await import('gpt-tokenizer/encoding/cl100k_base');
	// Without this, text that spells a special token throws.
	const asText = { disallowedSpecial: new Set<string>() };
	return { count: (text) => countTokens(text, asText) };
}

/** `load` gives the tables; default cl100k. */
export function createTokenCounter(load: () => Promise<TokenTables> = loadTokenTables): TokenCounter {
	let loading: Promise<void> | undefined;
	let tables: TokenTables | undefined;
	let recent = new Map<string, number>();
	let older = new Map<string, number>();

	/** Tokens of a few lines; a fraction until the tables are loaded, so that sums do not round up. */
	function countLines(text: string): number {
		if (tables === undefined) {
			return Buffer.byteLength(text) / BYTES_PER_TOKEN;
		}
		const known = recent.get(text) ?? older.get(text);
		if (known !== undefined) {
			return known;
		}
		let tokens = 0;
		for (const piece of safePieces(text)) {
			tokens += tables.count(piece);
		}
		if (text.length <= LONGEST_RUN) {
			if (recent.size >= REMEMBERED_LINES) {
				older = recent;
				recent = new Map();
			}
			recent.set(text, tokens);
		}
		return tokens;
	}

	function estimateTokens(text: string): number {
		if (text.length > LONGEST_COUNTED) {
			return Math.ceil(estimateBytes(text) / BYTES_PER_TOKEN);
		}
		let tokens = 0;
		for (const lines of splitLines(text)) {
			tokens += countLines(lines);
		}
		return Math.ceil(tokens);
	}

	function trimToTokens(text: string, budget: number, keep: 'start' | 'end'): string {
		if (budget <= 0) {
			return '';
		}
		const units = Math.min(LONGEST_COUNTED, budget * MOST_UNITS_PER_TOKEN);
		const near = takeUnits(text, units, keep);
		const parts = splitLines(near);
		if (keep === 'end') {
			parts.reverse();
		}
		let tokens = 0;
		let length = 0;
		for (const lines of parts) {
			tokens += countLines(lines);
			if (tokens > budget) {
				break;
			}
			length += lines.length;
		}
		return length > 0 ? takeUnits(near, length, keep) : trimLine(parts[0] ?? '', budget, keep);
	}

	/** By halving: more characters never have fewer tokens, give or take one. */
	function trimLine(line: string, budget: number, keep: 'start' | 'end'): string {
		let fits = 0;
		let tooLong = line.length + 1;
		while (tooLong - fits > 1) {
			const middle = (fits + tooLong) >> 1;
			if (countLines(takeUnits(line, middle, keep)) <= budget) {
				fits = middle;
			} else {
				tooLong = middle;
			}
		}
		return takeUnits(line, fits, keep);
	}

	return {
		load: () => {
			loading ??= load().then((loaded) => {
				tables = loaded;
				recent.clear();
				older.clear();
			});
			return loading;
		},
		estimateTokens,
		trimToTokens,
	};
}

/** UTF-8 bytes of a huge text, by its beginning. */
function estimateBytes(text: string): number {
	const sample = text.slice(0, 65_536);
	return text.length * (Buffer.byteLength(sample) / sample.length);
}

/** So many UTF-16 units from one end, less one where that would cut a surrogate pair. */
function takeUnits(text: string, units: number, keep: 'start' | 'end'): string {
	if (units >= text.length) {
		return text;
	}
	const cut = keep === 'start' ? units : text.length - units;
	const isInsidePair =
		/[\ud800-\udbff]/.test(text.charAt(cut - 1)) && /[\udc00-\udfff]/.test(text.charAt(cut));
	if (keep === 'start') {
		return text.slice(0, isInsidePair ? cut - 1 : cut);
	}
	return text.slice(isInsidePair ? cut + 1 : cut);
}

/**
 * Splits before every line that is not blank. cl100k never has a token across such a place, so that counts add up;
 * line ends themselves join what stands before them.
 */
function splitLines(text: string): string[] {
	const parts: string[] = [];
	let start = 0;
	let next = text.indexOf('\n') + 1;
	while (next > 0 && next < text.length) {
		const end = text.indexOf('\n', next);
		const line = end < 0 ? text.slice(next) : text.slice(next, end);
		if (/\S/.test(line)) {
			parts.push(text.slice(start, next));
			start = next;
		}
		next = end + 1;
	}
	parts.push(text.slice(start));
	return parts;
}

/** Cuts where the tokenizer would be slow, at the price of a token or so at each cut. */
function safePieces(text: string): readonly string[] {
	if (text.length < LONGEST_RUN || (text.length <= LONGEST_PIECE && !RUN.test(text))) {
		return [text];
	}
	const pieces: string[] = [];
	for (let rest = text; rest !== ''; ) {
		const window = takeUnits(rest, LONGEST_PIECE, 'start');
		const run = RUN.exec(window);
		const piece = run === null ? window : window.slice(0, run.index + run[0].length);
		pieces.push(piece);
		rest = rest.slice(piece.length);
	}
	return pieces;
}
