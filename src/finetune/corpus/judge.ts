/** Decides by name, size and text whether a file is worth learning from; secrets and copies are looked for elsewhere. */

import {
	isCodeFile,
	machineMadeByName,
	machineMadeByText,
	vendoredFolder,
} from '../../inference/machineMade';
import { decodeText } from '../../inference/plainFile';
import { isSecretFile } from '../../inference/secretFiles';
import { type Out, out } from './verdict';

/** Bytes: larger files are data or generated in nearly every repository. */
export const LARGEST_FILE = 256 * 1024;
/** Lines with something in them: less is no code to learn from. */
const FEWEST_LINES = 5;

/** What the path and the size alone decide; undefined where the text has to be read. */
export function judgeName(path: string, bytes: number): Out | undefined {
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (isSecretFile(path)) {
		return out('secret', `files named ${name} hold secrets`);
	}
	const vendored = vendoredFolder(path);
	if (vendored !== undefined) {
		return out('vendored', `in ${vendored}`);
	}
	if (!isCodeFile(path)) {
		return out('type', /\.[^./]+$/.exec(path)?.[0] ?? 'no extension');
	}
	const made = machineMadeByName(path);
	if (made !== undefined) {
		return out(made.kind, made.figure);
	}
	if (bytes === 0) {
		return out('empty', '0 bytes');
	}
	if (bytes > LARGEST_FILE) {
		return out('size', `${bytes} of at most ${LARGEST_FILE} bytes`);
	}
	return undefined;
}

/** The text of a file's bytes as the editor shows it, or why they are no text. */
export function decode(bytes: Uint8Array): { readonly type: 'text'; readonly text: string } | Out {
	const decoded = decodeText(bytes);
	return decoded.type === 'text' ? decoded : out(decoded.type, decoded.figure);
}

/** What the text decides; undefined where nothing speaks against it. */
export function judgeText(text: string): Out | undefined {
	const lines = text.split('\n');
	const made = machineMadeByText(text, lines);
	if (made !== undefined) {
		return out(made.kind, made.figure);
	}
	const full = lines.filter((line) => line.trim() !== '').length;
	return full < FEWEST_LINES
		? out('empty', `${full} of at least ${FEWEST_LINES} lines that are not blank`)
		: undefined;
}
