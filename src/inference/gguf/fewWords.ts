/** What a file says, in messages: a key or a value can have a megabyte. */
import { keepStart } from '../clip';

/** Most UTF-16 units of one key or value of the file in a message, and of all that is said of it. */
const LONGEST_EXCERPT = 200;
const LONGEST_DETAIL = 800;

/** Shortens what stands in quotes, and the whole. */
export function inFewWords(detail: string): string {
	const excerpted = detail.replace(
		/"([^"]*)"/g,
		(_, excerpt: string) => `"${clipped(excerpt, LONGEST_EXCERPT)}"`,
	);
	return clipped(excerpted, LONGEST_DETAIL);
}

function clipped(text: string, length: number): string {
	return text.length > length ? `${keepStart(text, length)}…` : text;
}
