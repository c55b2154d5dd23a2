/** How commands and mentions are written: the composer and the extension read them with the same eyes. */

/** `#name` or `#name:argument`, where it stands in a text. */
export interface Mention {
	/** As written, without punctuation behind it. */
	readonly text: string;
	/** Lower case. */
	readonly name: string;
	/** Without quotes; empty where there is none. */
	readonly argument: string;
	readonly start: number;
	readonly end: number;
}

/** Mentions of one text that are looked at. */
export const MAX_MENTIONS = 24;
/** Longest argument: a path. */
const MOST = 512;

const MENTION = new RegExp(
	`(?<=^|[\\s(,;])#([a-z]{2,20})(?::("[^"\\r\\n]{1,${MOST}}"|[^\\s"]{1,${MOST}}))?(?![\\w#:])`,
	'giu',
);

/** Code in a question is quoted, not meant. */
const QUOTED = /```[\s\S]*?(?:```|$)|`[^`\r\n]*`/g;

/** Punctuation that ends a sentence, not a path. */
const TRAILING = /[.,;:!?)\]}>'*_]+$/;

/** In the order of the text, each once; outside of fenced and quoted code. */
export function mentionsIn(text: string): readonly Mention[] {
	const prose = text.replace(QUOTED, (quoted) => ' '.repeat(quoted.length));
	const found = new Map<string, Mention>();
	for (const { 0: whole, 1: name = '', 2: given = '', index } of prose.matchAll(MENTION)) {
		const isQuoted = given.startsWith('"');
		const written = isQuoted ? whole : whole.replace(TRAILING, '');
		const argument = isQuoted ? given.slice(1, -1) : written.slice(name.length + 2);
		if (!found.has(written)) {
			const end = index + written.length;
			found.set(written, { text: written, name: name.toLowerCase(), argument, start: index, end });
		}
		if (found.size === MAX_MENTIONS) {
			break;
		}
	}
	return [...found.values()];
}

/** How a mention is written; undefined for an argument that no text can hold. */
export function mentionOf(name: string, argument: string): string | undefined {
	if (/["\p{Cc}\p{Zl}\p{Zp}]/u.test(argument) || argument.length > MOST) {
		return undefined;
	}
	const isPlain = !/\s/u.test(argument) && !TRAILING.test(argument);
	return `#${name}:${isPlain ? argument : `"${argument}"`}`;
}

/** The command or mention that is being written. */
export interface Word {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** Ends at the caret; undefined where neither is being written. */
export function wordAt(text: string, caret: number): Word | undefined {
	const before = text.slice(Math.max(0, caret - MOST - 24), caret);
	const found = before.length === caret ? /^\/[\w-]{0,64}$/.exec(before)?.[0] : undefined;
	const word =
		found ?? /(?:^|[\s(,;])(#(?:[a-z]{0,20}|[a-z]{2,20}:(?:"[^"\r\n]*|[^\s"]*)))$/i.exec(before)?.[1];
	return word === undefined ? undefined : { text: word, start: caret - word.length, end: caret };
}

/** A text that begins with a command. */
interface SlashCommand {
	readonly name: string;
	/** What follows, without white space around it. */
	readonly words: string;
}

/** Undefined where the text does not begin with one: `/usr/bin` and `// a comment` do not. */
export function commandIn(text: string): SlashCommand | undefined {
	const match = /^\/([a-z][\w-]{0,63})(?:\s+([\s\S]*))?$/i.exec(text.trimEnd());
	return match === null ? undefined : { name: match[1] ?? '', words: (match[2] ?? '').trim() };
}
