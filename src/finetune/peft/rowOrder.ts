/** The order of q's and k's rows: Hugging Face keeps a head's two halves apart, llama.cpp rotates neighbours. */

/**
 * Rows in the order of the GGUF: the two halves of each head take turns, as
 * `reshape(heads, 2, half, columns).swapaxes(1, 2)` does in llama.cpp's conversion. `rows` and `heads` divide.
 * @param values `rows` rows, row by row.
 */
export function toNeighbours(values: Float32Array, rows: number, heads: number): Float32Array {
	return reorder(values, rows, heads, (from, to) => [from, to]);
}

/** Undoes `toNeighbours`. */
export function toHalves(values: Float32Array, rows: number, heads: number): Float32Array {
	return reorder(values, rows, heads, (from, to) => [to, from]);
}

function reorder(
	values: Float32Array,
	rows: number,
	heads: number,
	direction: (inHalves: number, asNeighbours: number) => readonly [from: number, to: number],
): Float32Array {
	const columns = values.length / rows;
	const headRows = rows / heads;
	const half = headRows / 2;
	const ordered = new Float32Array(values.length);
	for (let row = 0; row < rows; row++) {
		const inHead = row % headRows;
		const neighbour = row - inHead + (inHead % half) * 2 + Math.floor(inHead / half);
		const [from, to] = direction(row, neighbour);
		ordered.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
	}
	return ordered;
}

/** Of `rows` rows with `columns` numbers each. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
	const turned = new Float32Array(values.length);
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			turned[column * rows + row] = values[row * columns + column] ?? 0;
		}
	}
	return turned;
}
