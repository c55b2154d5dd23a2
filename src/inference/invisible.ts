/** Characters that a reader cannot see but a compiler or a model can: finds, shows and removes them. */

/** Sequences that need an invisible character to look right; they are left alone. */
const LEGITIMATE = [
	// The three flags that Unicode recommends for interchange: a black flag, five tags, the cancel tag (UTS 51).
	'\\u{1F3F4}(?:\\u{E0067}\\u{E0062}(?:\\u{E0065}\\u{E006E}\\u{E0067}|\\u{E0073}\\u{E0063}\\u{E0074}|\\u{E0077}\\u{E006C}\\u{E0073})\\u{E007F})',
	// Emoji joined into one picture, and emoji or digits with a presentation selector.
	'(?<=\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?)\\u200D(?=\\p{Extended_Pictographic})',
	'(?<=[\\p{Extended_Pictographic}0-9#*])[\\uFE0E\\uFE0F]',
	// Joiners shape letters in these scripts.
	`(?<=[${[
		'Arabic',
		'Syriac',
		'Mongolian',
		'Devanagari',
		'Bengali',
		'Gurmukhi',
		'Gujarati',
		'Oriya',
		'Tamil',
		'Telugu',
		'Kannada',
		'Malayalam',
		'Sinhala',
		'Khmer',
		'Myanmar',
	]
		.map((script) => `\\p{Script=${script}}`)
		.join('')}])[\\u200C\\u200D]`,
].join('|');

/**
 * Soft hyphen, grapheme joiner, zero-width characters and marks, bidirectional controls (CVE-2021-42574, "Trojan
 * Source"), fillers, variation selectors and interlinear annotation.
 */
const BASIC =
	'\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF9-\\uFFFB';

/** Tag characters, used to hide prompts, and further variation selectors. */
const SUPPLEMENTARY = '\\u{E0000}-\\u{E007F}\\u{E0100}-\\u{E01EF}';

const SEARCH = new RegExp(`(${LEGITIMATE})|[${BASIC}${SUPPLEMENTARY}]`, 'gu');

/** Most text has none of these; this keeps the slower search away from it. */
const CANDIDATE = new RegExp(`[${BASIC}\\uDB40]`);

function replaceInvisible(text: string, replacement: (character: string) => string): string {
	if (!CANDIDATE.test(text)) {
		return text;
	}
	return text.replace(SEARCH, (found: string, legitimate: string | undefined) =>
		legitimate === undefined ? replacement(found) : found,
	);
}

/** Whether the text has a character that a reader cannot see. */
export function hasInvisible(text: string): boolean {
	return stripInvisible(text) !== text;
}

/** The text with every invisible character written out, for example `[U+202E]`. */
export function showInvisible(text: string): string {
	return replaceInvisible(
		text,
		(character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
	);
}

/** The text without them. Emoji, and joiners in scripts that need them, stay. */
export function stripInvisible(text: string): string {
	return replaceInvisible(text, () => '');
}
