/** What the editor and the checking process say to each other, and the checks of it on both sides. */

import { isRecord } from '../../inference/record';
import { isArrayOf, isCount, isOneOf, isText } from '../shapes';

/** A TypeScript on this machine. `classic`: up to 6, a library in JavaScript. `native`: from 7 on, a program with an API. */
export interface Compiler {
	readonly kind: 'classic' | 'native';
	/** Absolute path of the package. */
	readonly folder: string;
	readonly version: string;
}

/** An error that the compiler reports in the file. */
export interface Problem {
	/** The number after `TS`. */
	readonly code: number;
	/** As VS Code shows it: what it is part of stands below, indented. */
	readonly message: string;
	/** From 0. */
	readonly line: number;
}

/** A file as an editor holds it, which may differ from the one on disk. */
export interface OpenFile {
	/** Absolute path. */
	readonly file: string;
	readonly text: string;
}

export interface CheckRequest {
	readonly id: number;
	/** To be tried in this order: one that does not load leaves the check to the next. */
	readonly compilers: readonly Compiler[];
	/** Absolute path; the file need not exist. */
	readonly file: string;
	readonly before: string;
	readonly after: string;
	/** The other files that are open and not saved. */
	readonly open: readonly OpenFile[];
}

export type CheckReply =
	| {
			readonly id: number;
			readonly type: 'checked';
			/** Version of the TypeScript that checked. */
			readonly version: string;
			readonly before: readonly Problem[];
			readonly after: readonly Problem[];
	  }
	| { readonly id: number; readonly type: 'failed'; readonly reason: string };

/** Characters of a file that is still checked: larger ones are generated, and nobody waits for them. */
export const MAX_CHECKED = 1024 * 1024;
/** Problems of one text that are still told; a file with more is not one to count in. */
export const MAX_PROBLEMS = 500;
/** Characters of a message that are kept. */
export const MAX_MESSAGE = 1_000;
/** Unsaved files that a check takes along. */
export const MAX_OPEN = 50;

const MAX_PATH = 32 * 1024;
const MAX_COMPILERS = 64;

function isCompiler(value: unknown): value is Compiler {
	return (
		isRecord(value) &&
		isOneOf(value['kind'], ['classic', 'native']) &&
		isText(value['folder'], MAX_PATH) &&
		isText(value['version'])
	);
}

function isOpenFile(value: unknown): value is OpenFile {
	return isRecord(value) && isText(value['file'], MAX_PATH) && isText(value['text'], MAX_CHECKED);
}

export function isCheckRequest(value: unknown): value is CheckRequest {
	return (
		isRecord(value) &&
		isCount(value['id'], Number.MAX_SAFE_INTEGER) &&
		isArrayOf(value['compilers'], isCompiler, MAX_COMPILERS) &&
		isText(value['file'], MAX_PATH) &&
		isText(value['before'], MAX_CHECKED) &&
		isText(value['after'], MAX_CHECKED) &&
		isArrayOf(value['open'], isOpenFile, MAX_OPEN)
	);
}

function isProblem(value: unknown): value is Problem {
	return (
		isRecord(value) &&
		isCount(value['code'], Number.MAX_SAFE_INTEGER) &&
		isText(value['message'], MAX_MESSAGE) &&
		isCount(value['line'], Number.MAX_SAFE_INTEGER)
	);
}

/** The workspace's own code runs in the process: what comes from it is looked at. */
export function isCheckReply(value: unknown): value is CheckReply {
	if (!isRecord(value) || !isCount(value['id'], Number.MAX_SAFE_INTEGER)) {
		return false;
	}
	return value['type'] === 'checked'
		? isText(value['version']) &&
				isArrayOf(value['before'], isProblem, MAX_PROBLEMS) &&
				isArrayOf(value['after'], isProblem, MAX_PROBLEMS)
		: value['type'] === 'failed' && isText(value['reason']);
}

/** The line of an offset, from 0. */
export function lineAt(text: string, offset: number): number {
	let line = 0;
	for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
		line++;
	}
	return line;
}
