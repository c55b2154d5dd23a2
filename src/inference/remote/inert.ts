/** Text that is sent as text, and that a server would read as the marks of a prompt: turns, ends, holes. */

/** How the vocabularies of the field write them; a model's own come besides. */
const MARKS =
	/<[|｜](?=[^<>|｜\s]{1,40}[|｜]>)|<(?=(?:start|end)_of_turn>)|\[(?=\/?INST\])|<(?=\/?s>)(?=<\/?s>\s*\[)/g;

/**
 * A space behind the first character of each mark: people and models read it as before, and no vocabulary knows it. The
 * local model needs none of this, for its text never becomes such a token.
 */
export function inert(text: string, marks: readonly string[] = []): string {
	let made = text.replace(MARKS, (start) => `${start} `);
	for (const mark of marks) {
		if (mark.length > 1 && made.includes(mark)) {
			made = made.replaceAll(mark, `${mark.charAt(0)} ${mark.slice(1)}`);
		}
	}
	return made;
}
