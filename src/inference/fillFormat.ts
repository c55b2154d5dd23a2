/** The fill-in-the-middle prompt as tokens: one frozen format for completion, training and evaluation. */

import { keepEnd, keepStart } from './clip';
import type { FillLayout, FillRequest } from './model';

/** Changes whenever the same pieces would give other tokens; datasets and adapters keep it. 2: the typed end and the middle as one text. */
export const PROMPT_FORMAT_VERSION = 2;

/** Share of the prompt that the suffix may take. */
const SUFFIX_SHARE = 1 / 4;
/** Share that the headers of repository and current file may take. */
const HEADER_SHARE = 1 / 4;
/** Characters of a repository's name or of a path that are looked at. */
const LONGEST_NAME = 512;
/** The typed part is never cut below this share; it only gets there when one line is longer than the prompt. */
const TYPED_SHARE = 1 / 2;
/** The prefix loses whole blocks of tokens, so that its start stays put for many keystrokes and stays cached. */
const BLOCK = 128;
/** No text is tokenised beyond this many characters per token of the prompt: tokenising 5 MB takes seconds. */
const CHARACTERS_PER_TOKEN = 8;

/** The plain pieces; see `FillRequest` for their meaning. */
export type FillPieces = Pick<FillRequest, 'repository' | 'path' | 'files' | 'prefix' | 'typed' | 'suffix'>;

/** A prompt as tokens; as pieces of text where somebody is to read it. */
interface RenderedFill<Token = number> {
	readonly tokens: readonly Token[];
	/** Index of the first token of what was typed after the anchor; what is generated follows the last token. */
	readonly typedStart: number;
}

/** Tokens of a text that continues another: special tokens in it are plain text, no space is put before it. */
export type Tokenize<Token = number> = (text: string) => readonly Token[];

/**
 * Header of the repository and of other files, prefix, suffix, and what was typed last, after the middle token.
 * What does not fit is cut: the suffix to a quarter, then the least relevant files, then the prefix from its
 * left in blocks of 128 tokens.
 * @param limit most tokens of the prompt.
 */
export function renderFill<Token>(
	format: FillLayout<Token>,
	pieces: FillPieces,
	tokenize: Tokenize<Token>,
	limit: number,
): RenderedFill<Token> {
	const begin = optional(format.begin);
	const headers = renderHeaders(format, pieces, tokenize);
	// Where even these are too long, the code itself matters more.
	const { repository, path } =
		headers.repository.length + headers.path.length <= limit * HEADER_SHARE
			? headers
			: { repository: [], path: [] };
	const markers = 2 + optional(format.middle).length;
	const room = Math.max(0, limit - begin.length - repository.length - path.length - markers);

	const typed = tokenize(keepEnd(pieces.typed, room * CHARACTERS_PER_TOKEN));
	const typedKept = typed.slice(Math.max(0, typed.length - Math.ceil(room * TYPED_SHARE)));
	const suffixRoom = Math.min(Math.floor(room * SUFFIX_SHARE), room - typedKept.length);
	const suffix = tokenize(keepStart(pieces.suffix, suffixRoom * CHARACTERS_PER_TOKEN)).slice(0, suffixRoom);
	const prefixRoom = room - typedKept.length - suffix.length;
	// Where other files open the prefix, the current one does not stand at its beginning.
	const lead = format.file === undefined && pieces.files.length > 0 ? '' : format.prefixLead;
	const prefix = cutPrefix(
		tokenize(lead + clipPrefix(pieces.prefix, prefixRoom * CHARACTERS_PER_TOKEN)),
		prefixRoom,
	);
	const files = renderFiles(format, pieces, tokenize, prefixRoom - prefix.length);

	// Without a token for files they are part of the prefix, as text.
	const outside = format.file === undefined ? [] : files;
	const inside = format.file === undefined ? files : [];
	const before = [format.prefix, ...inside, ...prefix];
	const after = [format.suffix, ...suffix];
	const body = format.order === 'suffix-first' ? [...after, ...before] : [...before, ...after];
	const asked = [...begin, ...repository, ...outside, ...path, ...body, ...optional(format.middle)];
	return { tokens: [...asked, ...typedKept], typedStart: asked.length };
}

/** For a model that cannot fill in the middle: files as comments, then the text before the cursor. */
export function renderLeftToRight<Token>(
	begin: Token | undefined,
	pieces: FillPieces,
	tokenize: Tokenize<Token>,
	limit: number,
): Token[] {
	const room = Math.max(0, limit - optional(begin).length);
	const text = clipPrefix(pieces.prefix + pieces.typed, room * CHARACTERS_PER_TOKEN);
	const prefix = cutPrefix(tokenize(text), room);
	const files = renderFiles<Token>(
		{ file: undefined, fileHeader: 'comment' },
		pieces,
		tokenize,
		room - prefix.length,
	);
	return [...optional(begin), ...files, ...prefix];
}

/** The repository's name and the current file's path, for models that have tokens for them. */
function renderHeaders<Token>(format: FillLayout<Token>, pieces: FillPieces, tokenize: Tokenize<Token>) {
	const repository =
		format.repository === undefined || pieces.repository === undefined
			? []
			: [format.repository, ...tokenize(keepStart(pieces.repository, LONGEST_NAME) + format.repositoryEnd)];
	const path =
		format.file === undefined || pieces.path === ''
			? []
			: [format.file, ...tokenize(`${keepEnd(pieces.path, LONGEST_NAME)}\n`)];
	return { repository, path };
}

/** The most relevant files, which stand last, that fit as a whole. */
function renderFiles<Token>(
	format: Pick<FillLayout<Token>, 'file' | 'fileHeader'>,
	pieces: FillPieces,
	tokenize: Tokenize<Token>,
	room: number,
): Token[] {
	let kept: Token[] = [];
	for (const file of [...pieces.files].reverse()) {
		const left = room - kept.length;
		if (file.text.length > left * CHARACTERS_PER_TOKEN) {
			break;
		}
		const text = file.text.endsWith('\n') ? file.text : `${file.text}\n`;
		const tokens =
			format.file === undefined
				? tokenize(headerText(format.fileHeader, file.path) + text)
				: [format.file, ...tokenize(`${file.path}\n${text}`)];
		if (tokens.length > left) {
			break;
		}
		kept = [...tokens, ...kept];
	}
	// The current file's own header follows the others, where it is text too.
	const own =
		kept.length > 0 && format.file === undefined && pieces.path !== ''
			? tokenize(headerText(format.fileHeader, pieces.path))
			: [];
	return kept.length + own.length <= room ? [...kept, ...own] : kept;
}

function headerText(header: FillLayout['fileHeader'], path: string): string {
	if (header === 'plus') {
		return `+++++ ${path}\n`;
	}
	const [open, close] = commentMarks(path);
	return `${open} ${path}${close}\n`;
}

/** What begins and ends a comment on one line, by the path's extension. */
export function commentMarks(path: string): readonly [open: string, close: string] {
	const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
	return MARKS.find(([extensions]) => extensions.includes(extension))?.[1] ?? ['//', ''];
}

const MARKS: readonly (readonly [extensions: readonly string[], marks: readonly [string, string]])[] = [
	[
		[
			'py',
			'pyi',
			'rb',
			'sh',
			'bash',
			'zsh',
			'pl',
			'r',
			'yml',
			'yaml',
			'toml',
			'tf',
			'ex',
			'exs',
			'jl',
			'ps1',
			'nim',
		],
		['#', ''],
	],
	[
		['sql', 'lua', 'hs', 'elm', 'ada', 'vhd'],
		['--', ''],
	],
	[
		['html', 'htm', 'xml', 'svg', 'vue', 'svelte', 'md'],
		['<!--', ' -->'],
	],
	[['css'], ['/*', ' */']],
	[
		['lisp', 'clj', 'cljs', 'el', 'scm', 'asm', 'ini'],
		[';', ''],
	],
	[
		['erl', 'tex'],
		['%', ''],
	],
	[
		['vb', 'bas'],
		["'", ''],
	],
];

/** Cuts whole blocks from the left; only where a block is more than there is room for, to the last token. */
function cutPrefix<Token>(tokens: readonly Token[], room: number): readonly Token[] {
	const excess = tokens.length - room;
	if (excess <= 0) {
		return tokens;
	}
	const cut = Math.ceil(excess / BLOCK) * BLOCK;
	return tokens.slice(cut < tokens.length ? cut : excess);
}

/** Cuts a long prefix in steps of a quarter of the limit, for the same reason. */
function clipPrefix(text: string, limit: number): string {
	if (text.length <= limit) {
		return text;
	}
	const step = Math.max(1, Math.floor(limit / 4));
	return keepEnd(text, text.length - Math.ceil((text.length - limit) / step) * step);
}

function optional<Token>(token: Token | undefined): readonly Token[] {
	return token === undefined ? [] : [token];
}
