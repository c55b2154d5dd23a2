/** The code around the places that a pasted error names, where these are in the workspace. */

import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MAX_EXCERPT } from '../question';
import type { FileName } from './editor';
import { fileMaterial, type Lines } from './material';
import { placesIn } from './places';
import type { Found, SourceTools } from './source';

/** Lines above and below a place. */
const AROUND = 8;
/** Pieces of code of one error. */
const MOST = 6;
/** Folders of code that is not the workspace's own. */
const FOREIGN = /(?:^|\/)(?:node_modules|site-packages|dist-packages|\.cargo|\.rustup)\//;

interface Piece extends Lines {
	readonly file: FileName;
}

/** Nothing is said of places that are elsewhere, excluded or gone: nobody asked for them by name. */
export async function traced(
	text: string,
	tools: SourceTools,
	signal: AbortSignal,
): Promise<readonly Found[]> {
	const pieces: Piece[] = [];
	for (const { path, line } of placesIn(text)) {
		const file = FOREIGN.test(path) ? undefined : await fileOf(path, tools, signal);
		if (file === undefined) {
			continue;
		}
		const start = Math.max(0, line - 1 - AROUND);
		const end = line - 1 + AROUND;
		const near = pieces.filter(
			(piece) => piece.file.uri === file.uri && start <= piece.end + 1 && end >= piece.start - 1,
		);
		const [first, ...joined] = near;
		if (first !== undefined) {
			pieces[pieces.indexOf(first)] = {
				file,
				start: Math.min(start, ...near.map((piece) => piece.start)),
				end: Math.max(end, ...near.map((piece) => piece.end)),
			};
			for (const piece of joined) {
				pieces.splice(pieces.indexOf(piece), 1);
			}
		} else if (pieces.length < MOST) {
			pieces.push({ file, start, end });
		}
	}
	const found = await Promise.all(pieces.map((piece) => fileMaterial(piece.file, tools, piece)));
	return found.filter(({ type }) => type === 'attached');
}

/** A file of the workspace by an absolute path, by its own, or by the end of it where only one file ends so. */
async function fileOf(
	path: string,
	{ editor }: SourceTools,
	signal: AbortSignal,
): Promise<FileName | undefined> {
	if (/^(?:\/|[A-Za-z]:\/)/.test(path)) {
		const known = editor.named(pathToFileURL(path, { windows: !path.startsWith('/') }).toString());
		if (known !== undefined) {
			return known;
		}
	}
	const end = path.replace(/^(?:\.{0,2}\/)+/, '');
	const own = await editor.find(end);
	if (own !== undefined) {
		return own;
	}
	const files = await editor.files(signal);
	const [first, second] = files.filter((file) => file.path === end || file.path.endsWith(`/${end}`));
	if (first === undefined && end.endsWith('.kt')) {
		return kotlinFile(end, files, editor);
	}
	return second === undefined ? first : undefined;
}

/**
 * A file whose folders leave out what all packages of its project begin with, as Kotlin's style guide advises: it says
 * itself which package it is of.
 */
async function kotlinFile(
	end: string,
	files: readonly FileName[],
	editor: SourceTools['editor'],
): Promise<FileName | undefined> {
	const { dir, base } = posix.parse(end);
	const name = dir.replaceAll('/', '.');
	for (const file of files.filter(({ path }) => posix.basename(path) === base).slice(0, MOST)) {
		const reason = await editor.excluded(file.uri);
		const read = reason === undefined ? await editor.read(file.uri, MAX_EXCERPT) : undefined;
		if (read?.type === 'text' && /^package\s+([\w.]+)/m.exec(read.text)?.[1] === name) {
			return file;
		}
	}
	return undefined;
}
