/** Checks of plain data that comes from outside: nothing is believed, and nothing may be longer than it has to be. */

/** Longest of any other text: notes, names, reasons, links. */
const MAX_LABEL = 4 * 1024;

export function isText(value: unknown, most: number = MAX_LABEL): value is string {
	return typeof value === 'string' && value.length <= most;
}

export function isCount(value: unknown, most: number): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

export function isOneOf<T extends string>(value: unknown, known: readonly T[]): value is T {
	return known.some((candidate) => candidate === value);
}

export function isArrayOf<T>(
	value: unknown,
	isItem: (item: unknown) => item is T,
	most: number,
): value is readonly T[] {
	return Array.isArray(value) && value.length <= most && value.every(isItem);
}

export function isId(value: unknown): value is string {
	return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

export function isOptionalLabel(value: unknown): value is string | undefined {
	return value === undefined || isText(value);
}
