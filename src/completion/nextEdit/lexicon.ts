/** What opens strings and comments in a language, as far as words in them must be told from words of code. */

export interface Lexicon {
	/** Openers of comments that end with their line. */
	readonly lineComments: readonly string[];
	/** Openers and closers of comments over several lines. */
	readonly blockComments: readonly (readonly [open: string, close: string])[];
	/** Characters that open and close a string on one line. */
	readonly quotes: string;
	/** Openers, which are closers too, of strings over several lines; the longer first. */
	readonly longQuotes: readonly string[];
	/** Whether `/` may open a regular expression, and `${` a piece of code in a template. */
	readonly isScript: boolean;
}

const C: Lexicon = {
	lineComments: ['//'],
	blockComments: [['/*', '*/']],
	quotes: '"\'',
	longQuotes: [],
	isScript: false,
};
const SCRIPT: Lexicon = { ...C, longQuotes: ['`'], isScript: true };
const HASH: Lexicon = { ...C, lineComments: ['#'], blockComments: [] };
const PYTHON: Lexicon = { ...HASH, longQuotes: ['"""', "'''"] };
const DASH: Lexicon = { ...C, lineComments: ['--'] };
const MARKUP: Lexicon = { ...C, lineComments: [], blockComments: [['<!--', '-->']], quotes: '"' };
const PROSE: Lexicon = { ...MARKUP, quotes: '' };

const BY_LANGUAGE: Readonly<Record<string, Lexicon>> = {
	javascript: SCRIPT,
	javascriptreact: SCRIPT,
	typescript: SCRIPT,
	typescriptreact: SCRIPT,
	vue: SCRIPT,
	svelte: SCRIPT,
	python: PYTHON,
	// A lifetime is no string.
	rust: { ...C, quotes: '"' },
	go: { ...C, longQuotes: ['`'] },
	css: { ...C, lineComments: [] },
	php: { ...C, lineComments: ['//', '#'] },
	lua: { ...DASH, blockComments: [['--[[', ']]']] },
	sql: DASH,
	haskell: { ...DASH, blockComments: [['{-', '-}']], quotes: '"' },
	html: MARKUP,
	xml: MARKUP,
	markdown: PROSE,
	plaintext: PROSE,
	latex: { ...PROSE, lineComments: ['%'] },
	...Object.fromEntries(
		[
			...['shellscript', 'ruby', 'perl', 'yaml', 'toml', 'makefile', 'dockerfile', 'r'],
			...['elixir', 'julia', 'coffeescript', 'powershell', 'ini', 'properties'],
		].map((language) => [language, HASH]),
	),
};

/** A language that is not known is read like C. */
export function lexiconOf(languageId: string): Lexicon {
	return BY_LANGUAGE[languageId] ?? C;
}

/** JavaScript and TypeScript in their guises: shorthand properties, arrow functions and declared parameters. */
export function isScript(languageId: string): boolean {
	return lexiconOf(languageId).isScript;
}
