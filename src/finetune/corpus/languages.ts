/** The language of a file by its name, as people call it, and how comments are written in it. */

/** How lines of comment begin, and between which marks blocks of it stand. */
interface CommentMarks {
	readonly line: readonly string[];
	readonly blocks: readonly (readonly [open: string, close: string])[];
}

const C: CommentMarks = { line: ['//'], blocks: [['/*', '*/']] };
const HASH: CommentMarks = { line: ['#'], blocks: [] };
const MARKUP: CommentMarks = {
	line: [],
	blocks: [
		['<!--', '-->'],
		['/*', '*/'],
	],
};
/** A text that stands alone at the start of a line documents what follows or surrounds it. */
const PYTHON: CommentMarks = {
	line: ['#'],
	blocks: [
		['"""', '"""'],
		["'''", "'''"],
	],
};

interface Language {
	readonly name: string;
	/** Ends of names, lower case, without the dot. */
	readonly endings: string;
	readonly comments: CommentMarks;
}

const LANGUAGES: readonly Language[] = [
	{ name: 'TypeScript', endings: 'ts tsx mts cts', comments: C },
	{ name: 'JavaScript', endings: 'js jsx mjs cjs', comments: C },
	{ name: 'Python', endings: 'py pyi', comments: PYTHON },
	{ name: 'Go', endings: 'go', comments: C },
	{ name: 'Rust', endings: 'rs', comments: C },
	{ name: 'Java', endings: 'java', comments: C },
	{ name: 'Kotlin', endings: 'kt kts', comments: C },
	{ name: 'Scala', endings: 'scala', comments: C },
	{ name: 'C', endings: 'c h', comments: C },
	{ name: 'C++', endings: 'cc cpp cxx hpp hh', comments: C },
	{ name: 'C#', endings: 'cs', comments: C },
	{ name: 'Ruby', endings: 'rb', comments: { line: ['#'], blocks: [['=begin', '=end']] } },
	{ name: 'PHP', endings: 'php', comments: { line: ['//', '#'], blocks: [['/*', '*/']] } },
	{ name: 'Swift', endings: 'swift', comments: C },
	{ name: 'Objective-C', endings: 'm mm', comments: C },
	{ name: 'Lua', endings: 'lua', comments: { line: ['--'], blocks: [['--[[', ']]']] } },
	{ name: 'Shell', endings: 'sh bash', comments: HASH },
	{ name: 'SQL', endings: 'sql', comments: { line: ['--'], blocks: [['/*', '*/']] } },
	{ name: 'Vue', endings: 'vue', comments: { line: ['//'], blocks: MARKUP.blocks } },
	{ name: 'Svelte', endings: 'svelte', comments: { line: ['//'], blocks: MARKUP.blocks } },
	{ name: 'CSS', endings: 'css scss', comments: C },
	{ name: 'HTML', endings: 'html', comments: MARKUP },
	{ name: 'Dart', endings: 'dart', comments: C },
	{ name: 'Elixir', endings: 'ex exs', comments: HASH },
	{ name: 'Erlang', endings: 'erl', comments: { line: ['%'], blocks: [] } },
	{ name: 'Haskell', endings: 'hs', comments: { line: ['--'], blocks: [['{-', '-}']] } },
	{ name: 'OCaml', endings: 'ml mli', comments: { line: [], blocks: [['(*', '*)']] } },
	{ name: 'Clojure', endings: 'clj', comments: { line: [';'], blocks: [] } },
	{ name: 'Julia', endings: 'jl', comments: { line: ['#'], blocks: [['#=', '=#']] } },
	{ name: 'R', endings: 'r', comments: HASH },
	{ name: 'Perl', endings: 'pl', comments: HASH },
	{ name: 'Zig', endings: 'zig', comments: { line: ['//'], blocks: [] } },
	{ name: 'Protocol Buffers', endings: 'proto', comments: C },
];

const BY_ENDING: ReadonlyMap<string, Language> = new Map(
	LANGUAGES.flatMap((language) => language.endings.split(' ').map((ending) => [ending, language] as const)),
);

/** The end of a file's name, lower case, without the dot; empty where it has none. */
function endingOf(path: string): string {
	const name = path.slice(path.lastIndexOf('/') + 1);
	return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}

/** The end of the file's name where the language is not known, as `.png`; empty where it has none. */
export function languageOf(path: string): string {
	const ending = endingOf(path);
	return BY_ENDING.get(ending)?.name ?? (ending === '' ? '' : `.${ending}`);
}

/**
 * Share of the lines that are not blank which hold comment alone, 0 to 1. Marks within texts of the program are taken
 * for comment at the start of a line only.
 */
export function commentShare(lines: readonly string[], path: string): number {
	const marks = BY_ENDING.get(endingOf(path))?.comments;
	if (marks === undefined) {
		return 0;
	}
	let full = 0;
	let comments = 0;
	let close: string | undefined;
	for (const line of lines) {
		const text = line.trim();
		if (text === '') {
			continue;
		}
		full++;
		if (close !== undefined) {
			comments++;
			close = text.includes(close) ? undefined : close;
			continue;
		}
		const block = marks.blocks.find(([open]) => text.startsWith(open));
		if (block !== undefined) {
			const [open, end] = block;
			const at = text.indexOf(end, open.length);
			close = at < 0 ? end : undefined;
			// Code may follow.
			comments += at < 0 || at + end.length === text.length ? 1 : 0;
		} else if (marks.line.some((mark) => text.startsWith(mark))) {
			comments++;
		}
	}
	return full === 0 ? 0 : comments / full;
}
