/** A function that a model may call: it reads the workspace, and nothing else. */

import type { JsonSchema, ToolOffer } from '../../inference/model';
import type { SourceTools } from '../context/source';
import type { SearchOrder, SearchResult } from './search';

/** What came of a call: what was found, or one sentence that says why there is nothing. For the model, and for the user to see. */
export interface Outcome {
	readonly type: 'found' | 'refused';
	readonly text: string;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface ToolContext extends SourceTools {
	/** Looks for a text in all files that may be read. */
	readonly search: (order: Omit<SearchOrder, 'scope'>, signal: AbortSignal) => Promise<SearchResult>;
}

export interface Tool extends ToolOffer {
	/** @throws AbortError; other errors become a refusal. */
	run(given: Arguments, context: ToolContext, signal: AbortSignal): Promise<Outcome>;
}

export function found(text: string): Outcome {
	return { type: 'found', text };
}

export function refused(text: string): Outcome {
	return { type: 'refused', text };
}

/** The schema of an object with these properties. No more is said than must be: a model reads it before each answer. */
export function parameters(
	properties: Readonly<Record<string, JsonSchema>>,
	required: readonly string[] = [],
): JsonSchema {
	return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** A text that was given; undefined where it is missing, blank or no text. */
export function textIn(given: Arguments, name: string): string | undefined {
	const value = given[name];
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A whole number from 1 that was given; undefined where it is missing or none. */
export function countIn(given: Arguments, name: string): number | undefined {
	const value = given[name];
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}
