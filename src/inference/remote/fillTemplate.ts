/** Fill-in-the-middle prompts as plain text, for servers that only continue a text: which models want which, by their names. */

import { type FillPieces, renderFill, renderLeftToRight } from '../fillFormat';
import { FILL_FAMILIES, type FillFamily } from '../fillTokens';
import type { FillLayout } from '../model';
import { inert } from './inert';

export interface FillTemplate {
	readonly family: string;
	readonly layout: FillLayout<string>;
	/** What the model writes when it has finished, and what it must not write. */
	readonly stops: readonly string[];
}

/** The first that the name matches. */
const NAMES: readonly (readonly [name: RegExp, family: string, prefix: string])[] = [
	[/code-?gemma/i, 'codegemma', '<|fim_prefix|>'],
	[/granite.*code/i, 'granite', '<fim_prefix>'],
	[/granite/i, 'granite', '<|fim_prefix|>'],
	[/qwen.*coder|codeqwen/i, 'qwen', '<|fim_prefix|>'],
	[/starcoder-?2/i, 'starcoder2', '<fim_prefix>'],
	[/starcoder|stable-?code|refact/i, 'starcoder', '<fim_prefix>'],
	[/santacoder/i, 'santacoder', '<fim-prefix>'],
	[/deepseek.*coder/i, 'deepseek', '<｜fim▁begin｜>'],
	[/code-?llama/i, 'codellama', '▁<PRE>'],
	[/seed-?coder/i, 'seed-coder', '<[fim-prefix]>'],
	[/codestral/i, 'codestral', '[PREFIX]'],
	[/codegeex/i, 'glm', '<|code_prefix|>'],
];

/** Undefined where the name says nothing. */
export function templateFor(name: string): FillTemplate | undefined {
	const [, wanted, prefix] = NAMES.find(([pattern]) => pattern.test(name)) ?? [];
	const family = FILL_FAMILIES.find(
		(one) => one.name === wanted && prefix !== undefined && one.prefix.includes(prefix),
	);
	return family === undefined ? undefined : templateOf(family);
}

function templateOf(family: FillFamily): FillTemplate {
	const [prefix = '', suffix = '', middle] = [family.prefix[0], family.suffix[0], family.middle[0]].map(
		(token) => (token === undefined ? undefined : written(token)),
	);
	const { repository, file, order, repositoryEnd, prefixLead, fileHeader, end = [], stops = [] } = family;
	const tokens = [prefix, suffix, middle, repository, file, ...end, ...stops];
	return {
		family: family.name,
		layout: {
			order: order ?? 'prefix-first',
			// The server puts it there.
			begin: undefined,
			prefix: prefix.trimStart(),
			suffix,
			middle,
			repository,
			repositoryEnd: repositoryEnd ?? '',
			file,
			prefixLead: prefixLead ?? '',
			fileHeader: fileHeader ?? 'comment',
		},
		stops: [...new Set([...tokens, '<|endoftext|>'].map((token) => token?.replace(/^▁| /, '') ?? ''))].filter(
			(token) => token !== '',
		),
	};
}

/** SentencePiece writes the space before a word so; inside of DeepSeek's tokens the character stands for itself. */
function written(token: string): string {
	return token.replace(/^▁/, ' ');
}

/** Characters in a piece that stands for a token: no server was asked. */
const PIECE = /[\s\S]{1,3}/gu;
const piecesOf = (text: string): readonly string[] => text.match(PIECE) ?? [];

/** What the model is to continue. @param limit most tokens, as reckoned. */
export function renderTemplate({ layout, stops }: FillTemplate, pieces: FillPieces, limit: number): string {
	return renderFill(layout, inertPieces(pieces, stops), piecesOf, limit).tokens.join('');
}

/** The text before the cursor, and other files as comments before it. */
export function renderBefore(pieces: FillPieces, limit: number): string {
	return renderLeftToRight(undefined, inertPieces(pieces, []), piecesOf, limit).join('');
}

/** Nothing in the user's files passes for a token of the template. */
function inertPieces(pieces: FillPieces, markers: readonly string[]): FillPieces {
	const made = (text: string) => inert(text, markers);
	return {
		repository: pieces.repository === undefined ? undefined : made(pieces.repository),
		path: made(pieces.path),
		files: pieces.files.map(({ path, text }) => ({ path: made(path), text: made(text) })),
		prefix: made(pieces.prefix),
		typed: made(pieces.typed),
		suffix: made(pieces.suffix),
	};
}
