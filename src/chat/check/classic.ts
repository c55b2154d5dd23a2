/** Checks with TypeScript up to version 6: its language service, over a disk on which one file was replaced. */

import { createRequire } from 'node:module';
import * as path from 'node:path';
import { type Compiler, lineAt, MAX_MESSAGE, MAX_PROBLEMS, type Problem } from './checking';
import { type ClassicHost, type ClassicService, type ClassicTypeScript, isClassic } from './classicTypes';
import { CLASSIC_LIBRARY } from './compilers';
import type { Overlay } from './overlay';
import { type CheckedProject, projectOf } from './project';

/** `DiagnosticCategory.Error` */
const ERROR = 1;
/** Milliseconds for which a file stays in its project: the texts before and after a change are checked in one go. */
const SAME_PROJECT = 5_000;

/**
 * @returns what reports the errors of a file whose text the overlay has.
 * @throws Error when the library cannot be loaded.
 */
export function classicChecker(
	compiler: Compiler,
	overlay: Overlay,
): (file: string, text: string) => Problem[] {
	const library = path.join(compiler.folder, ...CLASSIC_LIBRARY);
	const ts: unknown = createRequire(library)(library);
	if (!isClassic(ts)) {
		throw new Error(`TypeScript ${compiler.version} has no library that is known`);
	}
	/** The service of the last check: the next one is mostly of the same project, which then need not be read again. */
	let last:
		| { readonly project: CheckedProject; readonly key: string; readonly service: ClassicService }
		| undefined;
	let found: { readonly file: string; readonly project: CheckedProject; readonly until: number } | undefined;
	return (given, text) => {
		const file = given.replaceAll('\\', '/');
		if (found?.file !== file || performance.now() > found.until) {
			const project = projectOf(ts, compiler.version, file);
			found = { file, project, until: performance.now() + SAME_PROJECT };
		}
		const { project } = found;
		const key = JSON.stringify([project, file]);
		if (last?.key !== key) {
			last?.service.dispose();
			last = { project, key, service: ts.createLanguageService(hostOf(ts, project, file, overlay)) };
		}
		const { service } = last;
		return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)]
			.filter(({ category }) => category === ERROR)
			.slice(0, MAX_PROBLEMS)
			.map(({ code, start, messageText }) => ({
				code,
				message: ts.flattenDiagnosticMessageText(messageText, '\n').slice(0, MAX_MESSAGE),
				line: lineAt(text, start ?? 0),
			}));
	};
}

function hostOf(ts: ClassicTypeScript, project: CheckedProject, file: string, overlay: Overlay): ClassicHost {
	const { sys } = ts;
	const read = (name: string) => overlay.textOf(name) ?? sys.readFile(name);
	const { realpath } = sys;
	return {
		getCompilationSettings: () => project.options,
		getScriptFileNames: () => (project.files.includes(file) ? project.files : [...project.files, file]),
		getScriptVersion: (name) => overlay.versionOf(name) ?? 'missing',
		getScriptSnapshot(name) {
			const text = read(name);
			return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
		},
		getCurrentDirectory: () => path.posix.dirname(project.config ?? file),
		getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
		useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
		fileExists: (name) => overlay.textOf(name) !== undefined || sys.fileExists(name),
		readFile: read,
		directoryExists: (name) => sys.directoryExists(name),
		getDirectories: (name) => sys.getDirectories(name),
		readDirectory: (name, ...how) => sys.readDirectory(name, ...how),
		...(realpath === undefined ? {} : { realpath: (name: string) => realpath(name) }),
	};
}
