/** What the light bulb hands to a command, as plain JSON, and the check of it. */

import { isRecord } from '../inference/record';
import { type Finding, isFinding, MAX_FINDINGS } from './question';
import { isArrayOf, isCount, isText } from './shapes';

export interface ActionArguments {
	readonly uri: string;
	/** Version of the document when the light bulb was made. */
	readonly version: number;
	readonly startLine: number;
	readonly endLine: number;
	readonly findings: readonly Finding[];
}

export function isActionArguments(value: unknown): value is ActionArguments {
	return (
		isRecord(value) &&
		isText(value['uri']) &&
		isCount(value['version'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['startLine'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['endLine'], Number.MAX_SAFE_INTEGER) &&
		isArrayOf(value['findings'], isFinding, MAX_FINDINGS)
	);
}
