/** Two rows of tokens side by side: what both have, and the holes in which they differ. */

import { isSameToken, type Token } from './tokens';

/** Tokens of a row that are compared; what is longer is cut by the caller. */
export const LONGEST_ROW = 60;

export type Segment =
	| { readonly type: 'token'; readonly one: Token; readonly other: Token }
	| { readonly type: 'hole'; readonly one: readonly Token[]; readonly other: readonly Token[] };

/** The longest common row, and what lies between its tokens. */
export function align(one: readonly Token[], other: readonly Token[]): readonly Segment[] {
	const lengths = commonLengths(one, other);
	const segments: Segment[] = [];
	let [i, j] = [0, 0];
	let [holeI, holeJ] = [0, 0];
	const closeHole = () => {
		if (i > holeI || j > holeJ) {
			segments.push({ type: 'hole', one: one.slice(holeI, i), other: other.slice(holeJ, j) });
		}
	};
	while (i < one.length && j < other.length) {
		const [a, b] = [one[i], other[j]];
		if (a !== undefined && b !== undefined && isSameToken(a, b)) {
			closeHole();
			segments.push({ type: 'token', one: a, other: b });
			i++;
			j++;
			holeI = i;
			holeJ = j;
		} else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) {
			i++;
		} else {
			j++;
		}
	}
	i = one.length;
	j = other.length;
	closeHole();
	return segments;
}

/** Length of the longest common row of what follows each pair of places. */
function commonLengths(one: readonly Token[], other: readonly Token[]): readonly (readonly number[])[] {
	const lengths: number[][] = Array.from({ length: one.length + 1 }, () =>
		new Array<number>(other.length + 1).fill(0),
	);
	for (let i = one.length - 1; i >= 0; i--) {
		const row = lengths[i] ?? [];
		const below = lengths[i + 1] ?? [];
		for (let j = other.length - 1; j >= 0; j--) {
			row[j] = isSameToken(one[i], other[j])
				? (below[j + 1] ?? 0) + 1
				: Math.max(below[j] ?? 0, row[j + 1] ?? 0);
		}
	}
	return lengths;
}

/** What two rows have in common and differ in, and that each token of a row is there again, in the same order. */
export function isSameRow(one: readonly Token[], other: readonly Token[]): boolean {
	return one.length === other.length && one.every((token, index) => isSameToken(token, other[index]));
}
