/** Tools on files: search, read, list symbols, diagnostics. */

import { messageOf } from '../../inference/failure';
import { secretsIn } from '../../inference/secretText';
import type { FileName } from '../context/editor';
import { fileMaterial, MAX_BYTES } from '../context/material';
import type { OutlineSymbol } from '../context/outline';
import { patternOf } from './search';
import { countIn, found, parameters, refused, type Tool, type ToolContext, textIn } from './tool';

/** Symbols and problems of one answer. */
const MOST = 200;

const PATH = {
	type: 'string',
	description: 'Path in the workspace.',
} as const;

export const search: Tool = {
	name: 'search',
	description: 'Finds lines in the files of the workspace by a text or a regular expression.',
	parameters: parameters(
		{
			query: { type: 'string', description: 'What to look for.' },
			isRegex: { type: 'boolean', description: 'Whether the query is a regular expression.' },
			folder: { ...PATH, description: 'Only files below this folder.' },
		},
		['query'],
	),
	run: async (given, context, signal) => {
		const { editor, translate } = context;
		const query = textIn(given, 'query');
		if (query === undefined) {
			return refused(translate('The argument {0} is missing.', 'query'));
		}
		const isPattern = given['isRegex'] === true;
		try {
			patternOf({ query, isPattern });
		} catch (error) {
			return refused(translate('This is no regular expression: {0}', messageOf(error).slice(0, 200)));
		}
		const folder = (textIn(given, 'folder') ?? '').replace(/^(?:\.?\/)+|^\.$|\/+$/g, '');
		const below = folder === '' ? '' : `${folder}/`;
		const { matches, isCut } = await context.search({ query, isPattern, below }, signal);
		const files = [...new Set(matches.map(({ file }) => file))];
		const reasons = await Promise.all(files.map((file) => editor.excludedLocal(file)));
		const lines = matches
			.filter(({ file, text }) => reasons[files.indexOf(file)] === undefined && secretsIn(text).length === 0)
			.map(({ label, line, text }) => `${label}:${line}: ${text}`);
		if (lines.length === 0) {
			return refused(translate('Nothing was found in the files that may be read.'));
		}
		return found([...lines, ...(isCut ? [translate('There is more.')] : [])].join('\n'));
	},
};

export const readFile: Tool = {
	name: 'read_file',
	description: 'Reads a file of the workspace, or some of its lines.',
	parameters: parameters(
		{
			path: PATH,
			firstLine: { type: 'integer', minimum: 1, description: 'From 1.' },
			lastLine: { type: 'integer', minimum: 1, description: 'Included.' },
		},
		['path'],
	),
	run: async (given, context) => {
		const { translate } = context;
		const file = await namedIn(given, context);
		if (typeof file === 'string') {
			return refused(file);
		}
		const firstLine = countIn(given, 'firstLine') ?? 1;
		const lastLine = countIn(given, 'lastLine') ?? Number.MAX_SAFE_INTEGER;
		// Whole: of a key that spans many lines, some of them look like none.
		const read = await fileMaterial(file, context);
		if (read.type === 'refused') {
			return refused(translate('{0} cannot be read: {1}', file.path, read.reason));
		}
		const text = read.attachment.text
			.split('\n')
			.slice(firstLine - 1, lastLine)
			.join('\n');
		if (text.trim() === '') {
			return refused(translate('{0} cannot be read: {1}', file.path, translate('There is nothing in it.')));
		}
		const last = firstLine + text.split('\n').length - 1;
		return found(`${translate('{0}, lines {1} to {2}', file.path, firstLine, last)}\n${text}`);
	},
};

export const listSymbols: Tool = {
	name: 'list_symbols',
	description: 'Lists the symbols of a file, or those of the workspace by a part of their name.',
	parameters: parameters({
		path: PATH,
		name: {
			type: 'string',
			description: 'Without a path: a part of the name.',
		},
	}),
	run: async (given, context, signal) => {
		const { editor, translate } = context;
		const name = textIn(given, 'name');
		if (textIn(given, 'path') === undefined && name !== undefined) {
			const symbols = (await editor.symbols(name, signal)).filter(({ uri }) => !editor.isHidden(uri));
			const reasons = await Promise.all(symbols.map(({ uri }) => editor.excluded(uri)));
			return listed(
				symbols
					.filter((_, index) => reasons[index] === undefined)
					.map(({ path, start, name: of, container }) =>
						`${path}:${start + 1}: ${of} ${container}`.trimEnd(),
					),
				translate('No language extension knows a symbol of this name in the workspace.'),
			);
		}
		const file = await namedIn(given, context);
		if (typeof file === 'string') {
			return refused(file);
		}
		const read = await editor.read(file.uri, MAX_BYTES);
		if (read.type !== 'text') {
			return refused(translate('{0} is no text file of the workspace.', file.path));
		}
		const outline = await editor.outline(file.uri, signal);
		return listed(
			outline.flatMap((symbol) => outlineLines(symbol, '')),
			translate('No language extension knows the symbols of {0}.', file.path),
		);
	},
};

export const diagnostics: Tool = {
	name: 'diagnostics',
	description: 'Lists the errors and warnings of the workspace, or of one file.',
	parameters: parameters({ path: PATH }),
	run: async (given, context) => {
		const { editor, translate } = context;
		const path = textIn(given, 'path');
		const file = path === undefined ? undefined : await namedIn(given, context);
		if (typeof file === 'string') {
			return refused(file);
		}
		const problems = editor.problems().filter(({ uri }) => file === undefined || uri === file.uri);
		const uris = [...new Set(problems.map(({ uri }) => uri))];
		const reasons = await Promise.all(uris.map((uri) => editor.excluded(uri)));
		return listed(
			problems
				.filter(({ uri }) => reasons[uris.indexOf(uri)] === undefined)
				.map(({ path: of, line, severity, message }) => `${of}:${line}: ${severity}: ${message}`),
			translate('No errors or warnings are reported.'),
		);
	},
};

/** The file of the workspace that is named by `path`, or why there is none that may be read. */
export async function namedIn(
	given: Readonly<Record<string, unknown>>,
	{ editor, translate }: ToolContext,
): Promise<FileName | string> {
	const path = textIn(given, 'path');
	if (path === undefined) {
		return translate('The argument {0} is missing.', 'path');
	}
	const file = await editor.find(path.replace(/^(?:\.?\/)+/, ''));
	if (file === undefined) {
		return translate('There is no file {0} in the workspace.', path);
	}
	const why = await editor.excluded(file.uri);
	return why === undefined ? file : translate('{0} cannot be read: {1}', file.path, why);
}

function listed(lines: readonly string[], nothing: string) {
	return lines.length === 0 ? refused(nothing) : found(lines.slice(0, MOST).join('\n'));
}

function outlineLines({ name, range, children = [] }: OutlineSymbol, indent: string): readonly string[] {
	const own = `${indent}${range.start.line + 1}-${range.end.line + 1}: ${name}`;
	return [own, ...children.flatMap((child) => outlineLines(child, `${indent}  `))];
}
