/** Places in files that a pasted error names: frames of stack traces and lines of compilers, as they are commonly written. */

import { MAX_MENTIONS, mentionsIn } from './syntax';

/** A line of a file, as some program names it. */
interface Place {
	/** What was written, enough to be read again. */
	readonly text: string;
	/** With `/`: absolute, or as much of the end of the path as was said. */
	readonly path: string;
	/** From 1. */
	readonly line: number;
}

/** Places of one text that are looked at: the frames at the top say most. */
export const MAX_PLACES = 12;
/** Mentions and places of one text. */
export const MAX_NAMED = MAX_MENTIONS + MAX_PLACES;
/** Characters of a text that are read, and of one of its lines. */
const LONGEST = 64 * 1024;
const LONGEST_LINE = 1_000;

/** A path without blanks that ends in an extension; in an address a drive has a slash in front. */
const PATH = '(?:/?[A-Za-z]:)?[^\\s"\'`()<>\\[\\],;:|*?]{1,300}\\.[A-Za-z]\\w{0,7}';

/** In the order in which they are tried at each line; the groups `path` and `line` are in each. */
const FORMS = [
	// Python.
	/File "(?<path>[^"]{1,300})", line (?<line>\d{1,7})/g,
	// Java, Kotlin, Scala: the folder is the package.
	/\bat (?<package>(?:[\w$]{1,80}\.){1,20})[\w$<>]{1,80}\((?<path>\w{1,80}\.(?:java|kt|scala|groovy)):(?<line>\d{1,7})\)/g,
	// .NET.
	/ in (?<path>[^:]{1,300}(?::[^:]{1,300})?):line (?<line>\d{1,7})/g,
	// TypeScript's and Microsoft's compilers.
	new RegExp(`(?<path>${PATH})\\((?<line>\\d{1,7}),\\d{1,5}\\)`, 'g'),
	// Nearly all others; servers of web pages and bundlers put their own name in front and a version behind.
	new RegExp(
		`(?<![\\w:/.-])(?<server>[a-z-]{2,20}://[^\\s/]{0,80}(?=/))?(?<path>${PATH})(?:\\?[^\\s:]{0,80})?:(?<line>\\d{1,7})(?!\\d)`,
		'g',
	),
];

/** In the order of the text, each once. Most of them are somebody else's: what a path means, its reader has to find out. */
export function placesIn(text: string): readonly Place[] {
	const found = new Map<string, Place>();
	for (const line of text.slice(0, LONGEST).split('\n')) {
		for (const place of placesOf(line.slice(0, LONGEST_LINE))) {
			found.set(`${place.path}:${place.line}`, place);
			if (found.size === MAX_PLACES) {
				return [...found.values()];
			}
		}
	}
	return [...found.values()];
}

/** All that a text names of the workspace: its mentions, and places behind them. */
export function namedIn(text: string): readonly string[] {
	return [...mentionsIn(text), ...placesIn(text)].map((named) => named.text);
}

/** By the first form that finds any: the later ones would find parts of the same. */
function placesOf(line: string): readonly Place[] {
	for (const form of FORMS) {
		const places = [...line.matchAll(form)].flatMap(({ 0: text, groups = {} }) => {
			const { path = '', line: number = '', package: name = '', server } = groups;
			const folder = name.split('.').slice(0, -2).join('/');
			const plain = server === undefined ? path : decoded(path);
			const own = plain.replaceAll('\\', '/').replace(/^\/(?=[A-Za-z]:)/, '');
			const full = `${folder === '' ? '' : `${folder}/`}${own}`;
			return Number(number) > 0 ? { text, path: full, line: Number(number) } : [];
		});
		if (places.length > 0) {
			return places;
		}
	}
	return [];
}

/** The path of an address; as it is where its signs mean something else. */
function decoded(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
