/** Values in what a server answers, which may be anything. */

import { isRecord } from '../record';

/** What stands at the end of a path of names and indexes; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
	let current = value;
	for (const step of path) {
		if (typeof step === 'number') {
			current = Array.isArray(current) ? current[step] : undefined;
		} else {
			current = isRecord(current) ? current[step] : undefined;
		}
	}
	return current;
}

/** Empty where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
	const found = at(value, ...path);
	return typeof found === 'string' ? found : '';
}

/** Undefined where there is no finite number. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
	const found = at(value, ...path);
	return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** Empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
	const found = at(value, ...path);
	return Array.isArray(found) ? found : [];
}
