/** Code as the measures read it: without comments, without strings, and the names in it. */

/** Languages whose comments begin with `#`, by the end of a file's name; all others have those of C. */
const HASH = /\.(?:py|pyi|rb|sh|bash|zsh|ya?ml|toml|r|pl|pm|exs?|jl|ps1|cmake|mk|nix|tcl|gd|coffee)$/i;
/** `--`. */
const DASHES = /\.(?:lua|sql|hs|elm|ada|adb|ads|vhdl?)$/i;

/** Words that every program of one of the grammars has: they are no names. */
const KEYWORDS = new Set(
	`as abstract and any assert async auto await base begin bool boolean break byte case catch char checked class const
	constexpr constructor continue crate debugger declare decltype def default defer del delegate delete do double dyn echo
	elif else elsif elseif end ensure enum event except explicit export extends extern fallthrough false final finally
	fixed float fn for foreach friend from func function get global go goto if impl implements import in include
	inline instanceof int interface internal into is isset keyof lambda let lock long loop macro match mod module move
	mut mutable namespace native never new next nil noexcept none nonlocal not null number object of operator or out
	override package params pass print private protected protocol pub public raise range readonly redo ref register
	require rescue retry return self sealed select set short signed sizeof static strictfp string struct super switch
	symbol synchronized template then this throw throws trait transient true try type typedef typename typeof
	undefined union unless unsafe unsigned unset until use using val var virtual void volatile when where while with
	xor yield None True False Self`.split(/\s+/),
);

interface Marks {
	readonly line: string;
	/** Where it has blocks. */
	readonly block: boolean;
}

function marksOf(path: string): Marks {
	if (HASH.test(path)) {
		return { line: '#', block: false };
	}
	return DASHES.test(path) ? { line: '--', block: false } : { line: '//', block: true };
}

/** Lines without comments and blanks at their ends; those that are empty then are left out (CrossCodeEval). */
export function bareLines(text: string, path: string): readonly string[] {
	return stripped(text, marksOf(path), true)
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
}

/** Names outside of strings and comments, each once; keywords are none (CrossCodeEval). */
export function identifiers(text: string, path: string): ReadonlySet<string> {
	const names = stripped(text, marksOf(path), false).match(/[A-Za-z_$][\w$]*/g) ?? [];
	return new Set(names.filter((name) => !KEYWORDS.has(name)));
}

/** Without comments, and without what strings hold where they are not kept. */
function stripped(text: string, { line, block }: Marks, keepsStrings: boolean): string {
	let out = '';
	for (let at = 0; at < text.length; ) {
		const character = text[at] ?? '';
		if (text.startsWith(line, at)) {
			at = endOf(text, '\n', at);
		} else if (block && text.startsWith('/*', at)) {
			at = endOf(text, '*/', at + 2) + 2;
		} else if (character === '"' || character === "'" || character === '`') {
			const end = stringEnd(text, at, character);
			out += keepsStrings ? text.slice(at, end) : ' ';
			at = end;
		} else {
			out += character;
			at++;
		}
	}
	return out;
}

function endOf(text: string, mark: string, from: number): number {
	const found = text.indexOf(mark, from);
	return found === -1 ? text.length : found;
}

/** Behind its last quote; of one that does not end on its line, behind the first: it may be an apostrophe. */
function stringEnd(text: string, start: number, quote: string): number {
	for (let at = start + 1; at < text.length; at++) {
		const character = text[at];
		if (character === quote) {
			return at + 1;
		}
		if (character === '\\') {
			at++;
		} else if (character === '\n' && quote !== '`') {
			return start + 1;
		}
	}
	return start + 1;
}
