/** Reads traces/packages/visits.json: somebody types lines again in files of packages that are installed here. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { list, number, object, string } from '../../src/inference/wire/shapes';
import { root } from '../support/root';
import type { Edit, Trace } from './typist';

interface Visit {
	readonly file: string;
	/** UTF-16 units of the file. */
	readonly from: number;
	readonly to: number;
	readonly strokes: string;
}

interface Visits {
	readonly files: readonly { readonly path: string; readonly sha256: string }[];
	readonly visits: readonly Visit[];
}

const isVisits = object<Visits>({
	files: list(object<Visits['files'][number]>({ path: string, sha256: string })),
	visits: list(object<Visit>({ file: string, from: number, to: number, strokes: string })),
});

const FILE = path.join(root, 'test/bench/traces/packages/visits.json');

/** One trace for each visit, in their order; the time of an edit is counted from the arrival. @throws TypeError */
export function readVisits(): readonly Trace[] {
	const content: unknown = JSON.parse(fs.readFileSync(FILE, 'utf8'));
	if (!isVisits(content)) {
		throw new TypeError(`${FILE} is no list of visits`);
	}
	const texts = new Map(content.files.map((file) => [file.path, textOf(file)]));
	return content.visits.map((visit, index) => {
		const text = texts.get(visit.file) ?? '';
		const missing = content.visits.slice(index + 1).filter(({ file }) => file === visit.file);
		const typed = text.slice(visit.from, visit.to);
		return {
			name: `${visit.file}:${text.slice(0, visit.from).split('\n').length}`,
			path: visit.file,
			languageId: 'javascript',
			before: without(text, 0, visit.from, missing),
			typed,
			after: without(text, visit.to, text.length, missing),
			edits: editsOf(visit.strokes, typed),
		};
	});
}

/** @throws TypeError where another version is installed than the one that was visited. */
function textOf({ path: file, sha256 }: Visits['files'][number]): string {
	const bytes = fs.readFileSync(path.join(root, file));
	if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
		throw new TypeError(
			`${file} is another version than the one that the trace was made for: node test/bench/traces/packages.mjs`,
		);
	}
	return bytes.toString('utf8');
}

/** A part of the text without what is typed at later visits. */
function without(text: string, from: number, to: number, missing: readonly Visit[]): string {
	const inside = missing
		.filter((visit) => visit.from >= from && visit.to <= to)
		.sort((one, other) => one.from - other.from);
	let kept = '';
	let start = from;
	for (const visit of inside) {
		kept += text.slice(start, visit.from);
		start = visit.to;
	}
	return kept + text.slice(start, to);
}

/** See `about` in the file. @throws TypeError for a stroke that is none. */
export function editsOf(strokes: string, typed: string): readonly Edit[] {
	let at = 0;
	let next = 0;
	return strokes.split(' ').map((stroke): Edit => {
		const [, gap, kind, what = ''] = /^(\d+)([+!=>-])(.+)$/.exec(stroke) ?? [];
		const [, digits, close = ''] = /^(\d+)(.*)$/.exec(what) ?? [];
		at += Number(gap);
		const count = Number(digits);
		switch (kind) {
			case '+':
			case '=':
			case '>': {
				const insert = typed.slice(next, next + count);
				next += count;
				if (kind === '+') {
					return { at, insert, ...(close === '' ? {} : { close: decodeURIComponent(close) }) };
				}
				return { at, over: count, ...(kind === '>' ? { moves: true } : {}) };
			}
			case '!':
				return { at, insert: what };
			case '-':
				return { at, delete: count };
			default:
				throw new TypeError(`${stroke} is no stroke`);
		}
	});
}
