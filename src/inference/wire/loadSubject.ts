/** Names what a request loads, alike on both sides: so that a crash is put down to the window whose load it was. */

import type { LoadOptions } from '../model';
import { type AdaptersCall, isAdaptersCall, isLoadCall, methods } from './protocol';

/** Longest name, in characters. */
const MAX_SUBJECT = 4_096;

/** @returns undefined for a request that loads nothing. */
export function loadSubject(method: string, parameters: unknown): string | undefined {
	if (method === methods.load && isLoadCall(parameters)) {
		return modelSubject(parameters.options);
	}
	const isChoice = method === methods.useAdapters || method === methods.useChatAdapters;
	return isChoice && isAdaptersCall(parameters) ? adaptersSubject(parameters) : undefined;
}

export function modelSubject({ path }: Pick<LoadOptions, 'path'>): string {
	return path.slice(0, MAX_SUBJECT);
}

/** @returns undefined where there are none. */
export function adaptersSubject({ base, adapters }: AdaptersCall): string | undefined {
	const paths = adapters.map((adapter) => adapter.path);
	return paths.length === 0 ? undefined : [base, ...paths].join('\n').slice(0, MAX_SUBJECT);
}
