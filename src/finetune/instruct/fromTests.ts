/** Tests and what they test, tied by the names and imports of their files → the tests that a function has. */

import { fenced, fenceLanguage } from './fence';
import { pathOf } from './fromFunctions';
import type { FoundFunction } from './functions';
import type { Pair } from './pair';

/** Tests of one function that are shown. */
const MOST_TESTS = 3;
const MOST_CHARACTERS = 2_000;
/** Files that a test is tied to. */
const MOST_SUBJECTS = 4;

const TEST_FILE =
	/(?:^|\/)(?:test_[^/]+|[^/]+[._-](?:test|tests|spec)|[^/]*[A-Za-z0-9](?:Test|Tests|Spec|IT))\.\w+$/;

export function isTestFile(path: string): boolean {
	return TEST_FILE.test(path);
}

/** Names of what is tested, by the name of its test: `src/a/b.test.ts` → `b`. */
function subjectStem(path: string): string {
	const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
	return base.replace(/^test_|[._-](?:tests?|spec)$|(?:Tests?|Spec|IT)$/g, '');
}

/** What may be tested in a repository: its files that are no tests. */
export interface Subjects {
	/** Relative to the repository, with `/`. */
	readonly paths: readonly string[];
	readonly known: ReadonlySet<string>;
}

export function subjectsAmong(files: readonly string[]): Subjects {
	const paths = files.filter((file) => !isTestFile(file));
	return { paths, known: new Set(paths) };
}

/**
 * The files of the repository that a test file is about, the likeliest first.
 * @param path relative to the repository, with `/`.
 */
export function subjectsOf(
	path: string,
	text: string,
	{ paths: sources, known }: Subjects,
): readonly string[] {
	const stem = subjectStem(path).toLowerCase();
	const extension = path.slice(path.lastIndexOf('.'));
	const imported = importsIn(path, text, known, sources);
	const named = sources.filter((other) => {
		const base = other.slice(other.lastIndexOf('/') + 1);
		return base.endsWith(extension) && base.slice(0, base.lastIndexOf('.')).toLowerCase() === stem;
	});
	const near = named.toSorted((one, other) => shared(path, other) - shared(path, one)).slice(0, 1);
	return [...new Set([...near, ...imported])].slice(0, MOST_SUBJECTS);
}

function importsIn(
	path: string,
	text: string,
	known: ReadonlySet<string>,
	sources: readonly string[],
): readonly string[] {
	const folder = path.split('/').slice(0, -1);
	const relative = [...text.matchAll(/(?:from|require\(|import\(|import)\s*['"](\.[^'"]+)['"]/g)].flatMap(
		([, specifier = '']) => {
			const target = joined(folder, specifier);
			const bare = target.replace(/\.(?:js|mjs|cjs|jsx)$/, '');
			return [
				target,
				...['ts', 'tsx', 'mts', 'js', 'mjs', 'jsx'].flatMap((end) => [
					`${bare}.${end}`,
					`${target}/index.${end}`,
				]),
			].filter((candidate) => known.has(candidate));
		},
	);
	const python = [...text.matchAll(/^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))/gm)].flatMap(
		([, one, other]) => {
			const end = `${(one ?? other ?? '').replace(/^\.+/, '').replaceAll('.', '/')}.py`;
			return end === '.py'
				? []
				: sources.filter((source) => source === end || source.endsWith(`/${end}`)).slice(0, 1);
		},
	);
	return [...relative, ...python];
}

function joined(folder: readonly string[], specifier: string): string {
	const parts = [...folder];
	for (const part of specifier.split('/')) {
		if (part === '..') {
			parts.pop();
		} else if (part !== '.') {
			parts.push(part);
		}
	}
	return parts.join('/');
}

/** Folders that two paths have in common. */
function shared(one: string, other: string): number {
	const folders = new Set(one.split('/').slice(0, -1));
	return other.split('/').filter((part) => folders.has(part)).length;
}

interface TestedFile {
	/** `repository/path`. */
	readonly file: string;
	readonly functions: readonly FoundFunction[];
}

/** One pair for each function that a test names. */
export function pairsOfTests(tests: TestedFile, subject: TestedFile): readonly Pair[] {
	const language = fenceLanguage(subject.file);
	return subject.functions.flatMap((one): Pair[] => {
		const call = new RegExp(`\\b${one.name.replace(/[$!?]/g, '\\$&')}\\b`);
		const found = tests.functions.filter((test) => test.isTest && call.test(test.code)).slice(0, MOST_TESTS);
		const written: string[] = [];
		for (const { code } of found) {
			if ([...written, code].join('\n\n').length <= MOST_CHARACTERS) {
				written.push(code);
			}
		}
		return one.isTest || written.length === 0 || one.name.length < 3
			? []
			: [
					{
						kind: 'tests',
						question: `Write tests for \`${one.name}\` of ${pathOf(subject.file)}, as ${pathOf(tests.file)} has them.\n\n${fenced(language, one.code)}`,
						answer: fenced(fenceLanguage(tests.file), written.join('\n\n')),
						files: [subject.file, tests.file],
					},
				];
	});
}
