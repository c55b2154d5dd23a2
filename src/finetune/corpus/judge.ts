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

/** Bytes, both included. */
interface Sizes {
	readonly least: number;
	readonly most: number;
}

/** What a repository's files may have; `LARGEST_FILE` is for the corpus of the starter model. */
export const REPOSITORY_SIZES: Sizes = { least: 200, most: 500_000 };

/**
 * What the path and the size alone decide; undefined where the text has to be read.
 * @param sizes Default: anything up to `LARGEST_FILE`.
 */
export function judgeName(
	path: string,
	bytes: number,
	sizes: Sizes = { least: 1, most: LARGEST_FILE },
): Out | undefined {
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (isSecretFile(path)) {
		return out('secret', `files named ${name} hold secrets`, {
			value: name,
			threshold: 'no file that holds secrets by its name',
		});
	}
	const vendored = vendoredFolder(path);
	if (vendored !== undefined) {
		return out('vendored', `in ${vendored}`, {
			value: vendored,
			threshold: 'no folder of foreign or built code',
		});
	}
	if (!isCodeFile(path)) {
		return out('type', /\.[^./]+$/.exec(path)?.[0] ?? 'no extension', {
			threshold: 'a known language',
		});
	}
	const made = machineMadeByName(path);
	if (made !== undefined) {
		return out(made.kind, made.figure, made);
	}
	if (bytes === 0) {
		return out('empty', '0 bytes', { threshold: `at least ${sizes.least} bytes` });
	}
	if (bytes > sizes.most) {
		return out('size', `${bytes} of at most ${sizes.most} bytes`, {
			value: `${bytes} bytes`,
			threshold: `at most ${sizes.most} bytes`,
		});
	}
	return bytes < sizes.least
		? out('size', `${bytes} of at least ${sizes.least} bytes`, {
				value: `${bytes} bytes`,
				threshold: `at least ${sizes.least} bytes`,
			})
		: undefined;
}

/** The text of a file's bytes as the editor shows it, or why they are no text. */
export function decode(bytes: Uint8Array): { readonly type: 'text'; readonly text: string } | Out {
	const decoded = decodeText(bytes);
	return decoded.type === 'text'
		? decoded
		: out(decoded.type, decoded.figure, { threshold: decoded.type === 'binary' ? 'no NUL' : 'UTF-8' });
}

/**
 * What the text decides; undefined where nothing speaks against it.
 * @param path tells which lines may be longer. Default: none may.
 */
export function judgeText(text: string, path = ''): Out | undefined {
	const lines = text.split('\n');
	const made = machineMadeByText(text, lines, path);
	if (made !== undefined) {
		return out(made.kind, made.figure, made);
	}
	const full = lines.filter((line) => line.trim() !== '').length;
	return full < FEWEST_LINES
		? out('empty', `${full} of at least ${FEWEST_LINES} lines that are not blank`, {
				value: `${full} lines`,
				threshold: `at least ${FEWEST_LINES} lines that are not blank`,
			})
		: undefined;
}
