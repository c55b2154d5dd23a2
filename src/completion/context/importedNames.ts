/** The import statements at the head of a file: which module, which names, and where it may lie beside the file. */

import type { Position } from '../cursor';
import { endingOf, isRelated } from './family';

export interface ImportStatement {
	/** As it is written; what it means is remembered by it. */
	readonly text: string;
	readonly module: string;
	/** Empty where all of the module is imported. */
	readonly names: readonly ImportedName[];
}

interface ImportedName {
	/** As its module has it; `default` for what the module calls so. */
	readonly name: string;
	/** As this file has it. */
	readonly local: string;
	readonly position: Position;
}

interface Form {
	readonly ending: string;
	/** Groups `module` and, where there are names, `names`. */
	readonly pattern: RegExp;
	/** Paths relative to the file's folder, likeliest first. */
	readonly files: (module: string) => readonly string[];
}

const none = () => [];

const FORMS: readonly Form[] = [
	{
		ending: 'ts',
		pattern: /^import\s+(?:type\s+)?(?<names>[^'";]+?)\s*from\s*['"](?<module>[^'"\n]+)['"]/gm,
		files: scriptFiles,
	},
	{
		ending: 'ts',
		pattern: /^(?:const|let|var)\s+(?<names>[^=;'"]+?)\s*=\s*require\(\s*['"](?<module>[^'"\n]+)['"]/gm,
		files: scriptFiles,
	},
	{
		ending: 'py',
		pattern: /^from\s+(?<module>[.\w]+)\s+import\s+(?<names>\([^)]*\)|[^\n#]+)/gm,
		files: pythonFiles,
	},
	{ ending: 'py', pattern: /^import\s+(?<module>[.\w]+)/gm, files: pythonFiles },
	{
		ending: 'h',
		pattern: /^\s*#\s*include\s+"(?<module>[^"\n]+)"/gm,
		files: (module) => [module, `../${module}`, `../include/${module}`],
	},
	{ ending: 'java', pattern: /^import\s+(?:static\s+)?(?<module>[\w.]+\.)(?<names>[\w*]+)/gm, files: none },
	{
		ending: 'rs',
		pattern: /^use\s+(?<module>crate::[\w:]*?)(?:::)?(?<names>\{[^}]*\}|\w+)\s*;/gm,
		files: none,
	},
];

/** In their order. */
export function importStatements(head: string, path: string): readonly ImportStatement[] {
	const found: ImportStatement[] = [];
	for (const { ending, pattern } of FORMS) {
		if (!isRelated(path, `a.${ending}`)) {
			continue;
		}
		for (const match of head.matchAll(pattern)) {
			const { module = '', names } = match.groups ?? {};
			const start = match.index + match[0].indexOf(names ?? module);
			found.push({
				text: match[0],
				module,
				names: names === undefined ? [] : namesIn(names, start, head, ending === 'ts'),
			});
		}
	}
	return found;
}

/** Where the module may lie, as paths relative to the file's folder; none where only the editor knows. */
export function moduleFiles(module: string, path: string): readonly string[] {
	return FORMS.find(({ ending }) => isRelated(path, `a.${ending}`))?.files(module) ?? [];
}

/** `{ a, b as c }`, `d`, `* as e`, `(a, b)`: the last one of each entry is the local name. */
function namesIn(clause: string, start: number, head: string, hasDefaults: boolean): readonly ImportedName[] {
	const isInBraces = (index: number) => clause.slice(0, index).includes('{');
	return [...clause.matchAll(/[^,{}()]+/g)].flatMap((match) => {
		const words = match[0].match(/[\p{L}_$][\p{L}\p{N}_$]*/gu)?.filter((word) => word !== 'type') ?? [];
		const [first, last] = [words[0], words.at(-1)];
		if (first === undefined || last === undefined || match[0].includes('*')) {
			return [];
		}
		const index = start + match.index + match[0].lastIndexOf(last);
		const isDefault = hasDefaults && !isInBraces(match.index);
		return [{ name: isDefault ? 'default' : first, local: last, position: positionAt(head, index) }];
	});
}

function positionAt(text: string, index: number): Position {
	const before = text.slice(0, index);
	return { line: before.split('\n').length - 1, character: index - (before.lastIndexOf('\n') + 1) };
}

const SCRIPT_ENDINGS = ['ts', 'tsx', 'd.ts', 'js', 'jsx', 'mjs', 'mts'];

function scriptFiles(module: string): readonly string[] {
	if (!/^\.\.?(?:\/|$)/.test(module)) {
		return [];
	}
	const stem = module.replace(/\.[cm]?jsx?$/, '');
	const named = SCRIPT_ENDINGS.includes(endingOf(module)) || module !== stem ? [module] : [];
	return [
		...(module === stem ? [] : [`${stem}.ts`, `${stem}.tsx`]),
		...named,
		...(named.length > 0 ? [] : SCRIPT_ENDINGS.map((ending) => `${module}.${ending}`)),
		...(named.length > 0 ? [] : [`${module}/index.ts`, `${module}/index.js`]),
	];
}

/** Folders upwards in which a package may lie. */
const MOST_UP = 4;

function pythonFiles(module: string): readonly string[] {
	const dots = /^\.*/.exec(module)?.[0].length ?? 0;
	const path = module.slice(dots).replaceAll('.', '/');
	const ups =
		dots > 0 ? ['../'.repeat(dots - 1)] : Array.from({ length: MOST_UP }, (_, count) => '../'.repeat(count));
	return ups.flatMap((up) =>
		path === '' ? [`${up}__init__.py`] : [`${up}${path}.py`, `${up}${path}/__init__.py`],
	);
}
