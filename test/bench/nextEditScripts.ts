/** Repeated edits over real code: what is edited by which rule, and what may be proposed then. */
import { transformSync } from 'esbuild';
import type { SourceFile } from './nextEditFiles';

/** In the text as it is when the edit's turn comes. */
export interface ScriptedEdit {
	readonly offset: number;
	readonly removed: string;
	readonly inserted: string;
}

export interface EditCase {
	readonly kind: string;
	readonly file: SourceFile;
	readonly edits: readonly ScriptedEdit[];
	/** Whether a text with a proposal taken over is as the rule wants it. Undefined: nothing may be proposed. */
	readonly isRight: ((text: string, edited: string) => boolean) | undefined;
}

export type Maker = (file: SourceFile, pick: (count: number) => number) => EditCase | undefined;

/** A name that stands in no package. */
export const FRESH = 'qzFreshName';

export function applyEdits(text: string, edits: readonly ScriptedEdit[]): string {
	return edits.reduce(
		(now, { offset, removed, inserted }) =>
			now.slice(0, offset) + inserted + now.slice(offset + removed.length),
		text,
	);
}

/** Edits at offsets of the first text, in rising order, become edits one after the other. */
export function inTurn(edits: readonly ScriptedEdit[]): readonly ScriptedEdit[] {
	let shift = 0;
	return edits.map((edit) => {
		const moved = { ...edit, offset: edit.offset + shift };
		shift += edit.inserted.length - edit.removed.length;
		return moved;
	});
}

/** The code without its comments, its own names replaced by short ones; undefined where it is no valid code. */
export function minified(text: string): string | undefined {
	try {
		return transformSync(text, {
			minifyIdentifiers: true,
			minifyWhitespace: true,
			format: 'iife',
			logLevel: 'silent',
		}).code;
	} catch {
		return undefined;
	}
}

export function countWord(text: string, word: string): number {
	return text.split(new RegExp(`(?<![\\w$])${word.replaceAll('$', '\\$')}(?![\\w$])`)).length - 1;
}

/** Offsets of a word. */
export function occurrences(text: string, word: string): readonly number[] {
	return [...text.matchAll(new RegExp(`(?<![\\w$])${word.replaceAll('$', '\\$')}(?![\\w$])`, 'g'))].map(
		(found) => found.index,
	);
}

/** Whether the offset lies on a line that is no comment, and not behind one. */
export function isCode(text: string, offset: number): boolean {
	const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
	return !/^\s*(?:\/?\*|\/\/)/.test(line) && !line.includes('//') && !/\/\*(?!.*\*\/)/.test(line);
}

/** One more use follows the new name of its declaration: nothing dangles more, nothing else changed its name. */
function followsDeclaration(name: string): (text: string, edited: string) => boolean {
	return (text, edited) => {
		const [now, was] = [minified(text), minified(edited)];
		return (
			now !== undefined &&
			was !== undefined &&
			countWord(now, FRESH) === 0 &&
			countWord(now, name) === countWord(was, name) - 1
		);
	};
}

/** A declaration with its name changed, and the offsets of its uses, as esbuild binds them. */
export function declaration(
	file: SourceFile,
	pick: (count: number) => number,
	most: number,
): { readonly name: string; readonly edit: ScriptedEdit; readonly uses: readonly number[] } | undefined {
	const { text } = file;
	const declared = [
		...text.matchAll(
			/\b(?:const|let|var|function)\s+([a-zA-Z_$][\w$]{3,})\b|\bfunction\s*\w*\(([a-z]\w{3,})\b/g,
		),
	];
	const original = minified(text);
	for (let tries = 0; tries < 6 && original !== undefined && declared.length > 0; tries++) {
		const found = declared[pick(declared.length)];
		const name = found?.[1] ?? found?.[2] ?? '';
		if (found === undefined || name === '' || !isCode(text, found.index)) {
			continue;
		}
		const edit = { offset: found.index + found[0].length - name.length, removed: name, inserted: FRESH };
		const renamed = applyEdits(text, [edit]);
		const code = minified(renamed);
		const dangling = code === undefined ? 0 : countWord(code, name) - countWord(original, name);
		if (code === undefined || countWord(code, FRESH) > 0 || dangling < 1 || dangling > most) {
			continue;
		}
		const isRight = followsDeclaration(name);
		const uses = occurrences(renamed, name).filter((offset) =>
			isRight(applyEdits(renamed, [{ offset, removed: name, inserted: FRESH }]), renamed),
		);
		if (uses.length >= 1) {
			return { name, edit, uses };
		}
	}
	return undefined;
}

const renameDeclaration: Maker = (file, pick) => {
	const found = declaration(file, pick, 12);
	return found === undefined
		? undefined
		: { kind: 'rename the declaration', file, edits: [found.edit], isRight: followsDeclaration(found.name) };
};

const renameTwo: Maker = (file, pick) => {
	const found = declaration(file, pick, 12);
	const [first] = found?.uses ?? [];
	if (found === undefined || first === undefined || found.uses.length < 2) {
		return undefined;
	}
	const second = { offset: first, removed: found.name, inserted: FRESH };
	return {
		kind: 'rename declaration and a use',
		file,
		edits: [found.edit, second],
		isRight: followsDeclaration(found.name),
	};
};

interface Call {
	readonly offset: number;
	readonly callee: string;
	readonly parts: readonly string[];
	/** Of the closing bracket. */
	readonly close: number;
}

const NO_CALL = /^(?:if|for|while|switch|catch|function|return|typeof|super|require|with)$/;

/** Calls whose arguments are names, members, numbers and plain strings. */
export function plainCalls(text: string): readonly Call[] {
	return [
		...text.matchAll(/(?<![\w$.)\]?])([a-zA-Z_$][\w$]*(?:\.[a-zA-Z_$][\w$]*)*)\(([\w$.'" ,-]*)\)(?!\s*\{)/g),
	]
		.filter((found) => isCode(text, found.index) && !NO_CALL.test(found[1] ?? ''))
		.filter(
			(found) => !/(?:function|new|class)\s+$/.test(text.slice(Math.max(0, found.index - 12), found.index)),
		)
		.map((found) => ({
			offset: found.index,
			callee: found[1] ?? '',
			parts: (found[2] ?? '').trim() === '' ? [] : (found[2] ?? '').split(','),
			close: found.index + found[0].length - 1,
		}))
		.filter(({ parts }) =>
			parts.every((part) => (part.match(/['"]/g)?.length ?? 0) % 2 === 0 && part.trim() !== ''),
		);
}

/** Three or more calls of one function with as many arguments. */
export function callGroup(
	text: string,
	least: number,
	pick: (count: number) => number,
): readonly Call[] | undefined {
	const groups = new Map<string, Call[]>();
	for (const call of plainCalls(text)) {
		if (call.parts.length >= least) {
			const key = `${call.callee}/${call.parts.length}`;
			groups.set(key, [...(groups.get(key) ?? []), call]);
		}
	}
	const large = [...groups.values()].filter((group) => group.length >= 3);
	return large[pick(large.length)];
}

/** What one text has and the other has not: the texts between their common start and end. */
function difference(
	was: string,
	is: string,
): { readonly at: number; readonly removed: string; readonly inserted: string } {
	let at = 0;
	while (at < was.length && was[at] === is[at]) {
		at++;
	}
	let end = 0;
	while (end < Math.min(was.length, is.length) - at && was.at(-1 - end) === is.at(-1 - end)) {
		end++;
	}
	return { at, removed: was.slice(at, was.length - end), inserted: is.slice(at, is.length - end) };
}

/** Texts with each call of a function, plain or not, that has `count` arguments replaced by what `change` makes of it. */
function eachCall(
	text: string,
	callee: string,
	count: number,
	change: (callee: string, parts: readonly string[]) => string,
): readonly string[] {
	return occurrences(text, callee).flatMap((offset) => {
		const open = offset + callee.length;
		const list = text[open] === '(' && isCode(text, offset) ? readList(text, open) : undefined;
		return list === undefined || list.parts.length !== count
			? []
			: [text.slice(0, offset) + change(callee, list.parts) + text.slice(list.end)];
	});
}

/** The arguments from an opening bracket on: by counting brackets, strings passed over. */
function readList(
	text: string,
	open: number,
): { readonly parts: readonly string[]; readonly end: number } | undefined {
	const parts: string[] = [];
	let depth = 0;
	let start = open + 1;
	for (let at = open; at < Math.min(text.length, open + 400); at++) {
		const character = text[at] ?? '';
		if (/['"`]/.test(character)) {
			const end = text.indexOf(character, at + 1);
			if (end === -1) {
				return undefined;
			}
			at = end;
		} else if (/[([{]/.test(character)) {
			depth++;
		} else if (/[)\]}]/.test(character)) {
			depth--;
			if (depth === 0) {
				const last = text.slice(start, at);
				return { parts: parts.length === 0 && last.trim() === '' ? [] : [...parts, last], end: at + 1 };
			}
		} else if (character === ',' && depth === 1) {
			parts.push(text.slice(start, at));
			start = at + 1;
		}
	}
	return undefined;
}

function fromCalls(
	kind: string,
	least: number,
	edit: (call: Call) => ScriptedEdit,
	change: (callee: string, parts: readonly string[]) => string,
): Maker {
	return (file, pick) => {
		const group = callGroup(file.text, least, pick);
		const [one, two] = group ?? [];
		if (one === undefined || two === undefined) {
			return undefined;
		}
		return {
			kind,
			file,
			edits: inTurn([edit(one), edit(two)]),
			isRight: (text, edited) => eachCall(edited, one.callee, one.parts.length, change).includes(text),
		};
	};
}

const addArgument = fromCalls(
	'add an argument at two calls',
	1,
	({ close }) => ({ offset: close, removed: '', inserted: ', extra' }),
	(callee, parts) => `${callee}(${parts.join(',')}, extra)`,
);

const addFirstArgument = fromCalls(
	'add a first argument at two calls',
	1,
	({ offset, callee }) => ({ offset: offset + callee.length + 1, removed: '', inserted: 'extra, ' }),
	(callee, parts) => `${callee}(extra, ${parts.join(',')})`,
);

const dropArgument = fromCalls(
	'remove the last argument at two calls',
	2,
	({ close, parts }) => {
		const removed = `,${parts.at(-1) ?? ''}`;
		return { offset: close - removed.length, removed, inserted: '' };
	},
	(callee, parts) => `${callee}(${parts.slice(0, -1).join(',')})`,
);

const swapArguments = fromCalls(
	'exchange two arguments at two calls',
	2,
	({ offset, callee, parts }) => ({
		offset: offset + callee.length + 1,
		removed: parts.join(','),
		inserted: swapped(parts).join(','),
	}),
	(callee, parts) => `${callee}(${swapped(parts).join(',')})`,
);

/** The first two parts, with the blanks where they were. */
function swapped([one = '', two = '', ...rest]: readonly string[]): readonly string[] {
	const blank = /^\s*/.exec(two)?.[0] ?? '';
	return [two.slice(blank.length), blank + one, ...rest];
}

const wrapCall: Maker = (file, pick) => {
	const group = callGroup(file.text, 1, pick);
	const [one, two] = group ?? [];
	if (one === undefined || two === undefined) {
		return undefined;
	}
	const wrap = ({ offset, close }: Call) => {
		const removed = file.text.slice(offset, close + 1);
		return { offset, removed, inserted: `checked(${removed})` };
	};
	return {
		kind: 'wrap two calls',
		file,
		edits: inTurn([wrap(one), wrap(two)]),
		isRight: (text, edited) =>
			eachCall(
				edited,
				one.callee,
				one.parts.length,
				(callee, parts) => `checked(${callee}(${parts.join(',')}))`,
			).includes(text),
	};
};

const renameMember: Maker = (file, pick) => {
	const { text } = file;
	const names = [
		...new Set([...text.matchAll(/\w\.([a-z]\w{3,})\b(?!\()/g)].map((found) => found[1] ?? '')),
	].filter((name) => membersOf(text, name).length >= 4);
	const name = names[pick(names.length)];
	const [one, two] = name === undefined ? [] : membersOf(text, name);
	if (name === undefined || one === undefined || two === undefined) {
		return undefined;
	}
	return {
		kind: 'rename a member at two places',
		file,
		edits: inTurn([one, two].map((offset) => ({ offset, removed: name, inserted: FRESH }))),
		isRight: (now, edited) =>
			membersOf(edited, name).some(
				(offset) => applyEdits(edited, [{ offset, removed: name, inserted: FRESH }]) === now,
			),
	};
};

function membersOf(text: string, name: string): readonly number[] {
	return occurrences(text, name).filter(
		(offset) => /[\w)\]]\.$/.test(text.slice(offset - 2, offset)) && isCode(text, offset),
	);
}

const changeString: Maker = (file, pick) => {
	const { text } = file;
	const all = [...text.matchAll(/(['"])([a-zA-Z][\w-]{2,})\1/g)].filter((found) => isCode(text, found.index));
	const places = (content: string) =>
		all.filter((found) => found[2] === content).map((found) => found.index + 1);
	const contents = [...new Set(all.map((found) => found[2] ?? ''))].filter(
		(content) => places(content).length >= 3,
	);
	const content = contents[pick(contents.length)];
	const [one, two, ...others] = content === undefined ? [] : places(content);
	if (content === undefined || one === undefined || two === undefined) {
		return undefined;
	}
	const edits = [one, two].map((offset) => ({ offset, removed: content, inserted: 'other-text' }));
	return {
		kind: 'change a string at two places',
		file,
		edits: inTurn(edits),
		isRight: (now) =>
			others.some((offset) => {
				const all = inTurn([...edits, { offset, removed: content, inserted: 'other-text' }]);
				return applyEdits(text, all) === now;
			}),
	};
};

interface Line {
	readonly offset: number;
	readonly text: string;
}

export function linesOf(text: string): readonly Line[] {
	let offset = 0;
	return text.split('\n').map((line) => {
		const found = { offset, text: line };
		offset += line.length + 1;
		return found;
	});
}

/** Runs of four or more lines in a row that match. */
function runs(text: string, pattern: RegExp): readonly (readonly Line[])[] {
	const found: Line[][] = [];
	let run: Line[] = [];
	for (const line of [...linesOf(text), { offset: text.length, text: '' }]) {
		const isAlike = pattern.test(line.text) && (run[0] === undefined || indent(line) === indent(run[0]));
		if (isAlike) {
			run.push(line);
			continue;
		}
		if (run.length >= 4) {
			found.push(run);
		}
		run = pattern.test(line.text) ? [line] : [];
	}
	return found;
}

function indent({ text }: Line): number {
	return text.length - text.trimStart().length;
}

/** In a run of alike lines the first two are edited; each of the others may follow. */
function fromRuns(kind: string, pattern: RegExp, change: (line: string) => string): Maker {
	return (file, pick) => {
		const all = runs(file.text, pattern);
		const run = all[pick(all.length)];
		if (run === undefined) {
			return undefined;
		}
		const edits = run.map((line) => {
			const { at, removed, inserted } = difference(line.text, change(line.text));
			return { offset: line.offset + at, removed, inserted };
		});
		return {
			kind,
			file,
			edits: inTurn(edits.slice(0, 2)),
			isRight: (now) =>
				edits.slice(2).some((edit) => applyEdits(file.text, inTurn([...edits.slice(0, 2), edit])) === now),
		};
	};
}

const wrapValues = fromRuns('wrap a value in two lines of a list', /^\s*[\w$'"-]+: [\w$.'"]+,$/, (line) =>
	line.replace(/: (.*),$/, ': keep($1),'),
);
const appendValues = fromRuns(
	'append to two of some assignments',
	/^\s*(?:(?:var|let|const) )?[\w$.]+ = [\w$.'"]+;$/,
	(line) => line.replace(/;$/, ' || fallback;'),
);
const constRequires = fromRuns(
	'change the keyword of two requires',
	/^(?:var|const) [\w$]+ = require\(.*\);$/,
	(line) => line.replace(/^(?:var|const)/, 'let'),
);
const prefixCases = fromRuns(
	'put a type behind two names of a list',
	/^\s*(?:var|let|const) [\w$]+ = .*;$/,
	(line) => line.replace(/^(\s*\w+ [\w$]+) =/, '$1: Known ='),
);

/** Whole lines that call one function, not side by side. */
function callLines(text: string): ReadonlyMap<string, readonly Line[]> {
	const groups = new Map<string, Line[]>();
	for (const line of linesOf(text)) {
		const callee = /^\s+([a-zA-Z_$][\w$.]*)\([\w$., '"]*\);$/.exec(line.text)?.[1];
		if (callee !== undefined && callee.length > 3 && !NO_CALL.test(callee)) {
			const group = groups.get(callee) ?? [];
			if (
				group.at(-1) === undefined ||
				(group.at(-1)?.offset ?? 0) + (group.at(-1)?.text.length ?? 0) + 1 < line.offset
			) {
				groups.set(callee, [...group, line]);
			}
		}
	}
	return new Map([...groups].filter(([, group]) => group.length >= 3));
}

/** Any line of the text that calls the function, whatever its arguments. */
function anyCallLine(text: string, callee: string): readonly Line[] {
	return linesOf(text).filter(
		(line) => line.text.trimStart().startsWith(`${callee}(`) && line.text.endsWith(');'),
	);
}

const removeLines: Maker = (file, pick) => {
	const groups = [...callLines(file.text)];
	const [callee, lines] = groups[pick(groups.length)] ?? [];
	const [one, two] = lines ?? [];
	if (callee === undefined || one === undefined || two === undefined) {
		return undefined;
	}
	return {
		kind: 'remove two lines that call a function',
		file,
		edits: inTurn([one, two].map(({ offset, text }) => ({ offset, removed: `${text}\n`, inserted: '' }))),
		isRight: (now, edited) =>
			anyCallLine(edited, callee).some(
				({ offset, text }) => edited.slice(0, offset) + edited.slice(offset + text.length + 1) === now,
			),
	};
};

const addLines: Maker = (file, pick) => {
	const groups = [...callLines(file.text)];
	const [callee, lines] = groups[pick(groups.length)] ?? [];
	const [one, two] = lines ?? [];
	if (callee === undefined || one === undefined || two === undefined) {
		return undefined;
	}
	const added = (line: Line) => {
		const offset = line.offset + line.text.length + 1;
		return { offset, removed: '', inserted: `${line.text.slice(0, indent(line))}settled();\n` };
	};
	return {
		kind: 'add a line behind two calls of a function',
		file,
		edits: inTurn([added(one), added(two)]),
		isRight: (now, edited) =>
			anyCallLine(edited, callee).some((line) => applyEdits(edited, [added(line)]) === now),
	};
};

/** A function with plain parameters that the file calls with as many plain arguments. */
function definition(file: SourceFile, pick: (count: number) => number) {
	const { text } = file;
	const found = [...text.matchAll(/\bfunction ([a-zA-Z_$][\w$]{2,})\((\w+(?:, \w+)+)\) ?\{/g)]
		.filter(({ index }) => isCode(text, index))
		.map((one) => ({
			name: one[1] ?? '',
			parameters: (one[2] ?? '').split(', '),
			offset: one.index + one[0].indexOf('(') + 1,
		}))
		.filter(({ name, parameters }) => eachCall(text, name, parameters.length, () => '').length >= 2);
	return found[pick(found.length)];
}

function fromDefinition(kind: string, change: (parts: readonly string[]) => readonly string[]): Maker {
	return (file, pick) => {
		const found = definition(file, pick);
		if (found === undefined) {
			return undefined;
		}
		const { name, parameters, offset } = found;
		const { at, removed, inserted } = difference(parameters.join(', '), change(parameters).join(', '));
		const wanted = (parts: readonly string[]) => change(parts.map((part) => part.trim())).join(', ');
		return {
			kind,
			file,
			edits: [{ offset: offset + at, removed, inserted }],
			isRight: (now, edited) => {
				return eachCall(
					edited,
					name,
					parameters.length,
					(callee, parts) => `${callee}(${wanted(parts)})`,
				).includes(now);
			},
		};
	};
}

const dropParameter = fromDefinition('remove the last parameter of a function', (parts) =>
	parts.slice(0, -1),
);
const swapParameters = fromDefinition(
	'exchange the first two parameters of a function',
	([one = '', two = '', ...rest]) => [two, one, ...rest],
);

const moveModules: Maker = (file, pick) => {
	const { text } = file;
	const all = [...text.matchAll(/(?:require\(|resolve\(|from )['"](\.{1,2}\/)([\w-]+)\/[\w./-]+['"]/g)];
	const folders = [...new Set(all.map((found) => found[2] ?? ''))].filter(
		(folder) => all.filter((found) => found[2] === folder).length >= 3,
	);
	const folder = folders[pick(folders.length)];
	const edits = all
		.filter((found) => found[2] === folder)
		.map((found) => ({
			offset: found.index + found[0].search(/['"]/) + 1 + (found[1] ?? '').length,
			removed: folder ?? '',
			inserted: 'elsewhere',
		}));
	return folder === undefined
		? undefined
		: {
				kind: 'change the folder of two imports',
				file,
				edits: inTurn(edits.slice(0, 2)),
				isRight: (now) =>
					edits.slice(2).some((edit) => applyEdits(text, inTurn([...edits.slice(0, 2), edit])) === now),
			};
};

export const repeated: readonly Maker[] = [
	renameDeclaration,
	renameTwo,
	addArgument,
	addFirstArgument,
	dropArgument,
	swapArguments,
	wrapCall,
	renameMember,
	changeString,
	wrapValues,
	appendValues,
	constRequires,
	prefixCases,
	removeLines,
	addLines,
	dropParameter,
	swapParameters,
	moveModules,
];
