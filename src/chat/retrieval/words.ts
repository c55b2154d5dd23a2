/** The words of code and of questions about it, as numbers: what the index counts and what a search looks for. */

/** Characters of a part of a name; longer ones are data. */
const LONGEST_PART = 40;
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

const UNDERSCORE = 95;
const DOLLAR = 36;

type Kind = 'none' | 'lower' | 'upper' | 'digit' | 'joint';

/**
 * Calls `take` for every part of every name, in lower case and without the endings of plurals: `getUserById2` gives
 * `get`, `user`, `by`, `id`, `2`, and `getuserbyid2` besides, so that `get_user_by_id_2` is the same word as well as
 * the same parts. Words as 32 bits of FNV-1a: two words of a repository share a number once in ten thousand times.
 */
export function eachWord(text: string, take: (word: number) => void): void {
	const name = new NameReader(take);
	let before: Kind = 'none';
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		const kind = kindOf(code);
		if (kind === 'none') {
			if (before !== 'none') {
				name.end();
			}
		} else if (kind === 'joint') {
			name.endPart();
		} else {
			const isHump =
				(kind === 'upper' && before === 'lower') ||
				// `HTMLElement`: the last capital belongs to what follows.
				(kind === 'upper' && before === 'upper' && kindOf(text.charCodeAt(index + 1)) === 'lower') ||
				(kind === 'digit') !== (before === 'digit');
			if (isHump) {
				name.endPart();
			}
			name.add(lowerCase(code));
		}
		before = kind;
	}
	name.end();
}

/** Words and how often each stands in the text. */
export function countWords(text: string): Map<number, number> {
	const counts = new Map<number, number>();
	eachWord(text, (word) => counts.set(word, (counts.get(word) ?? 0) + 1));
	return counts;
}

/** Gathers the characters of one name. */
class NameReader {
	private readonly part: number[] = [];
	private parts = 0;
	private whole = OFFSET;
	private wholeLength = 0;

	constructor(private readonly take: (word: number) => void) {}

	add(code: number): void {
		this.part.push(code);
		this.whole = Math.imul(this.whole ^ code, PRIME);
		this.wholeLength++;
	}

	endPart(): void {
		const { length } = this.part;
		if (length === 0) {
			return;
		}
		if (length <= LONGEST_PART) {
			const kept = lengthOfStem(this.part);
			let hash = OFFSET;
			for (let index = 0; index < kept; index++) {
				hash = Math.imul(hash ^ (this.part[index] ?? 0), PRIME);
			}
			this.take(hash >>> 0);
		}
		this.parts++;
		this.part.length = 0;
	}

	end(): void {
		this.endPart();
		if (this.parts > 1 && this.wholeLength <= 2 * LONGEST_PART) {
			this.take(this.whole >>> 0);
		}
		this.parts = 0;
		this.whole = OFFSET;
		this.wholeLength = 0;
	}
}

const S = 115;
const U = 117;

/** Without the `s` of a plural or of the third person; `status` and `class` keep theirs. Words of four letters and more. */
function lengthOfStem(part: readonly number[]): number {
	const { length } = part;
	const before = part[length - 2];
	return length > 3 && part[length - 1] === S && before !== S && before !== U ? length - 1 : length;
}

function kindOf(code: number): Kind {
	if (code >= 97 && code <= 122) {
		return 'lower';
	}
	if (code >= 65 && code <= 90) {
		return 'upper';
	}
	if (code >= 48 && code <= 57) {
		return 'digit';
	}
	if (code === UNDERSCORE || code === DOLLAR) {
		return 'joint';
	}
	// Letters beyond ASCII have no humps here.
	return code > 127 && /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(code)) ? 'lower' : 'none';
}

function lowerCase(code: number): number {
	if (code >= 65 && code <= 90) {
		return code + 32;
	}
	return code > 127 ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : code;
}
