/** The code around the places that a pasted error names, where these are in the workspace. */

import { pathToFileURL } from 'node:url';
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
		const near = pieces.findIndex(
			(piece) => piece.file.uri === file.uri && start <= piece.end + 1 && end >= piece.start - 1,
		);
		const { [near]: other } = pieces;
		if (other !== undefined) {
			pieces[near] = { file, start: Math.min(start, other.start), end: Math.max(end, other.end) };
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
		const known = editor.named(pathToFileURL(path).toString());
		if (known !== undefined) {
			return known;
		}
	}
	const end = path.replace(/^(?:\.{0,2}\/)+/, '');
	const own = await editor.find(end);
	if (own !== undefined) {
		return own;
	}
	const [first, second] = (await editor.files(signal)).filter(
		(file) => file.path === end || file.path.endsWith(`/${end}`),
	);
	return second === undefined ? first : undefined;
}
