/** Names what a request loads, alike on both sides: so that a crash is put down to the window whose load it was. */

import { isAdaptersCall, isLoadCall, methods } from './protocol';

/** Longest name, in characters. */
const MAX_SUBJECT = 4_096;

/** @returns undefined for a request that loads nothing. */
export function loadSubject(method: string, parameters: unknown): string | undefined {
	if (method === methods.load && isLoadCall(parameters)) {
		return parameters.options.path.slice(0, MAX_SUBJECT);
	}
	if (method === methods.useAdapters && isAdaptersCall(parameters) && parameters.adapters.length > 0) {
		const paths = parameters.adapters.map((adapter) => adapter.path);
		return [parameters.base, ...paths].join('\n').slice(0, MAX_SUBJECT);
	}
	return undefined;
}
