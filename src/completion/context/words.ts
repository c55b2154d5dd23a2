/** The words of code as numbers, and how much two sets of them have in common. */

/** Words that stand in every file: they say nothing of what it is about. */
const COMMON = new Set(
	hashes(
		'abstract and as async await bool boolean break case catch char class const continue def default do double elif else end enum export extends false final finally fn float for from func function if impl implements import in include int interface is let long match mod module mut namespace new nil none not null number of or package pass private protected pub public readonly return self static str string struct super switch this throw throws trait true try type typeof undefined use using val var void while with yield',
	),
);

/** Identifiers and words of a line in their order, but for those that stand in every file. */
export function wordsOf(line: string): readonly number[] {
	return hashes(line).filter((word) => !COMMON.has(word));
}

/** Share of the words of two sets that are in both (Jaccard), 0 to 1. */
export function likeness(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
	const [few, many] = one.size < other.size ? [one, other] : [other, one];
	let both = 0;
	for (const word of few) {
		both += many.has(word) ? 1 : 0;
	}
	return few.size === 0 ? 0 : both / (one.size + other.size - both);
}

/** FNV-1a, 32 bits, of every run of two or more letters, digits and underscores. */
function hashes(text: string): number[] {
	const found: number[] = [];
	let hash = 0x811c9dc5;
	let length = 0;
	for (let index = 0; index <= text.length; index++) {
		const code = index < text.length ? text.charCodeAt(index) : 0;
		if (isWordCharacter(code)) {
			hash = Math.imul(hash ^ code, 0x01000193);
			length++;
			continue;
		}
		if (length > 1) {
			found.push(hash);
		}
		hash = 0x811c9dc5;
		length = 0;
	}
	return found;
}

/** `$` too, and everything beyond ASCII: letters mostly. */
function isWordCharacter(code: number): boolean {
	return (
		(code >= 97 && code <= 122) ||
		(code >= 65 && code <= 90) ||
		(code >= 48 && code <= 57) ||
		code === 95 ||
		code === 36 ||
		code > 127
	);
}
