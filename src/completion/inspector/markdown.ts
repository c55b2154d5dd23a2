/** Foreign text in Markdown as nothing but text, whatever backticks are in it. */

/** The longest run of backticks in a text. */
function longestRun(text: string): number {
	return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** In one line; line ends become arrows. */
export function inline(text: string): string {
	const line = text.replace(/\r?\n|\r/g, '↵');
	const ticks = '`'.repeat(longestRun(line) + 1);
	// CommonMark takes one blank away from either side, where both have one.
	const needsBlanks = /^`|`$|^ .* $/.test(line) || line === '';
	return needsBlanks ? `${ticks} ${line} ${ticks}` : `${ticks}${line}${ticks}`;
}

/** A block below its heading. */
export function fenced(heading: string, text: string): string {
	const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
	return `${heading}:\n\n${fence}\n${text}\n${fence}`;
}
