/** Checks with TypeScript 7 and later, a program that is asked through the API that its package brings. */

import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { API, Diagnostic } from 'typescript/unstable/sync';
import { isRecord } from '../../inference/record';
import { type Compiler, lineAt, MAX_MESSAGE, MAX_PROBLEMS, type Problem } from './checking';
import { NATIVE_API } from './compilers';
import type { Overlay } from './overlay';

interface NativeTypeScript {
	readonly API: typeof API;
}

function isNative(value: unknown): value is NativeTypeScript {
	return isRecord(value) && typeof value['API'] === 'function';
}

/** `DiagnosticCategory.Error` */
const ERROR = 1;

/**
 * @returns what reports the errors of a file whose text the overlay has.
 * @throws Error when the package cannot be loaded or its program does not start.
 */
export async function nativeChecker(
	compiler: Compiler,
	overlay: Overlay,
): Promise<(file: string, text: string) => Problem[]> {
	const loaded: unknown = await import(pathToFileURL(path.join(compiler.folder, ...NATIVE_API)).href);
	if (!isNative(loaded)) {
		throw new Error(`TypeScript ${compiler.version} has no API that is known`);
	}
	const api = new loaded.API({
		cwd: compiler.folder,
		fs: {
			readFile: (name) => overlay.textOf(name),
			fileExists: (name) => (overlay.textOf(name) === undefined ? undefined : true),
		},
	});
	return (given, text) => {
		const file = given.replaceAll('\\', '/');
		// A file that stays open keeps the text with which it was opened.
		api.updateSnapshot({ closeFiles: [file], fileChanges: { invalidateAll: true } }).dispose();
		const snapshot = api.updateSnapshot({ openFiles: [file] });
		try {
			const program = snapshot.getDefaultProjectForFile(file)?.program;
			if (program?.getSourceFile(file) === undefined) {
				throw new Error(`TypeScript ${compiler.version} does not take the file into a project`);
			}
			return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
				.filter((diagnostic) => diagnostic.category === ERROR)
				.slice(0, MAX_PROBLEMS)
				.map((diagnostic) => ({
					code: diagnostic.code,
					message: messageOf(diagnostic, 0).slice(0, MAX_MESSAGE),
					line: lineAt(text, diagnostic.pos),
				}));
		} finally {
			snapshot.dispose();
		}
	};
}

function messageOf({ text, messageChain = [] }: Diagnostic, depth: number): string {
	const below = messageChain.map((part) => `\n${messageOf(part, depth + 1)}`);
	return `${'  '.repeat(depth)}${text}${below.join('')}`;
}
