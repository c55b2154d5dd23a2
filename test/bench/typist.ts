/** Types a recorded trace into a plain document and gives the cursor after each edit. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Cursor, cursorAt, type Lines } from '../../src/completion/cursor';
import { isRecord } from '../../src/inference/record';
import { root } from '../support/root';

/** One keystroke and what the editor adds to it; see traces/make.mjs. */
export interface Edit {
	/** Milliseconds since the start of the trace. */
	readonly at: number;
	/** Characters taken away before the cursor; 0 by default. */
	readonly delete?: number;
	/** Text put before the cursor. */
	readonly insert?: string;
	/** Text that the editor puts after the cursor by itself. */
	readonly close?: string;
	/** Characters after the cursor that it moves over. */
	readonly over?: number;
	/** A mere move of the cursor: an editor does not ask after it. */
	readonly moves?: boolean;
}

export interface Trace {
	readonly name: string;
	readonly path: string;
	readonly languageId: string;
	readonly before: string;
	/** What stands between `before` and `after` in the end. */
	readonly typed: string;
	readonly after: string;
	readonly edits: readonly Edit[];
}

const FOLDER = path.join(root, 'test/bench/traces');

/** All traces, sorted by name. Throws a TypeError naming the file that is not one. */
export function readTraces(): readonly Trace[] {
	return fs
		.readdirSync(FOLDER)
		.filter((file) => file.endsWith('.json'))
		.sort()
		.map((file) => {
			const trace: unknown = JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
			if (!isTrace(trace)) {
				throw new TypeError(`${file} is not a typing trace`);
			}
			return trace;
		});
}

/** A document of which only the text on both sides of the cursor is kept. */
export class TypedDocument {
	private version = 1;

	constructor(
		private readonly trace: Trace,
		private before = trace.before,
		private after = trace.after,
	) {}

	get text(): string {
		return this.before + this.after;
	}

	apply(edit: Edit): void {
		this.version++;
		const kept = this.before.slice(0, this.before.length - (edit.delete ?? 0));
		const over = this.after.slice(0, edit.over ?? 0);
		this.before = kept + over + (edit.insert ?? '');
		this.after = (edit.close ?? '') + this.after.slice(over.length);
	}

	/** Read as the extension reads it. */
	cursor(): Cursor {
		const lines = this.before.split('\n');
		return cursorAt(
			{
				uri: `bench:///${this.trace.path}`,
				path: this.trace.path,
				fullPath: `/bench/${this.trace.path}`,
				repository: 'bench',
				languageId: this.trace.languageId,
				scheme: 'file',
				isWritable: true,
				eol: '\n',
				version: this.version,
			},
			linesOf(this.text),
			{ line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
		);
	}
}

function linesOf(text: string): Lines {
	const lines = text.split('\n');
	return { lineCount: lines.length, lineAt: (line) => lines[line] ?? '' };
}

function isEdit(value: unknown): value is Edit {
	return (
		isRecord(value) &&
		typeof value['at'] === 'number' &&
		['delete', 'over'].every((key) => ['undefined', 'number'].includes(typeof value[key])) &&
		['insert', 'close'].every((key) => ['undefined', 'string'].includes(typeof value[key])) &&
		['undefined', 'boolean'].includes(typeof value['moves'])
	);
}

function isTrace(value: unknown): value is Trace {
	return (
		isRecord(value) &&
		['name', 'path', 'languageId', 'before', 'typed', 'after'].every(
			(key) => typeof value[key] === 'string',
		) &&
		Array.isArray(value['edits']) &&
		value['edits'].every(isEdit)
	);
}
