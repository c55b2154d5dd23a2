/** TypeScript's own compiler over many small files at once: their syntax trees, and the problems it reports for each. */

import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { SourceFile } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API, type Diagnostic } from 'typescript/unstable/sync';

export interface Problem {
	/** Number after `TS`. */
	readonly code: number;
	/** As VS Code shows it: what it is part of stands below, indented. */
	readonly message: string;
	/** UTF-16 units from the start of the file. */
	readonly start: number;
	readonly end: number;
}

export interface Compiled {
	/** @throws Error for a file that was not given. */
	tree(name: string): SourceFile;
	/** Whether its syntax is right. */
	parses(name: string): boolean;
	/** Errors of syntax alone where there are any, else those of the checker. */
	problems(name: string): readonly Problem[];
}

const FOLDER = '/snippets';

/** A module each, strict, with the libraries of ES2023 and of browsers; nothing else can be imported. */
const OPTIONS = {
	target: 'es2023',
	lib: ['es2023', 'dom', 'dom.iterable'],
	module: 'preserve',
	moduleDetection: 'force',
	jsx: 'preserve',
	strict: true,
	noEmit: true,
	types: [],
} as const;

/**
 * Lets `use` look at the files; the compiler ends with it.
 * @param files name (`a.ts`, without folders) to text; what is JavaScript is best called `.tsx`: in a `.js`, types of comments
 * get into the tree of TypeScript 7.0, in places where no type belongs
 */
export function compiled<T>(files: ReadonlyMap<string, string>, use: (compiled: Compiled) => T): T {
	const config = `${FOLDER}/tsconfig.json`;
	const texts = Object.fromEntries([...files].map(([name, text]) => [`${FOLDER}/${name}`, text]));
	const given = JSON.stringify({ compilerOptions: OPTIONS, files: [...files.keys()] });
	const api = new API({
		tsserverPath: compilerPath(),
		cwd: FOLDER,
		fs: createVirtualFileSystem({ ...texts, [config]: given }),
	});
	try {
		const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
		if (project === undefined) {
			throw new Error('The TypeScript compiler did not open its project.');
		}
		const { program } = project;
		return use({
			tree(name) {
				const tree = program.getSourceFile(`${FOLDER}/${name}`);
				if (tree === undefined) {
					throw new Error(`The TypeScript compiler was not given ${name}.`);
				}
				return tree;
			},
			parses: (name) => program.getSyntacticDiagnostics(`${FOLDER}/${name}`).length === 0,
			problems(name) {
				const file = `${FOLDER}/${name}`;
				const ofSyntax = program.getSyntacticDiagnostics(file);
				return (ofSyntax.length > 0 ? ofSyntax : program.getSemanticDiagnostics(file)).map(problemOf);
			},
		});
	} finally {
		api.close();
	}
}

/** The recipe is bundled, so the package cannot find its own program next to itself. */
function compilerPath(): string {
	const name = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
	const program = process.platform === 'win32' ? 'tsc.exe' : 'tsc';
	return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), 'lib', program);
}

function problemOf(diagnostic: Diagnostic): Problem {
	return {
		code: diagnostic.code,
		message: messageOf(diagnostic, 0),
		start: diagnostic.pos,
		end: diagnostic.end,
	};
}

function messageOf({ text, messageChain = [] }: Diagnostic, depth: number): string {
	const below = messageChain.map((part) => `\n${messageOf(part, depth + 1)}`);
	return `${'  '.repeat(depth)}${text}${below.join('')}`;
}
