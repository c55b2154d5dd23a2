/** Which files and options a file is checked with: those of the project that holds it, as the editor's own service does it. */

import * as path from 'node:path';
import type { ClassicTypeScript } from './classicTypes';

export interface CheckedProject {
	/** Absolute path of its tsconfig.json or jsconfig.json; undefined where no project holds the file. */
	readonly config: string | undefined;
	readonly options: object;
	/** The files that it starts from. */
	readonly files: readonly string[];
}

/** Projects that a project without files of its own may refer to. */
const MOST_REFERENCES = 100;

/** Files of a project from which all of it is read; of larger ones, the file itself and what declares globals. */
const MOST_FILES = 3_000;

/** As the editor's own service takes files without a project: it is strict about null and lenient about the rest. */
function implicitOptions(version: string): object {
	const hasBundler = Number.parseInt(version, 10) >= 5;
	return {
		allowJs: true,
		allowNonTsExtensions: true,
		jsx: 1,
		// ESNext.
		module: 99,
		moduleResolution: hasBundler ? 100 : 2,
		noEmit: true,
		resolveJsonModule: true,
		strictFunctionTypes: true,
		strictNullChecks: true,
		// ESNext too.
		target: 99,
	};
}

export function projectOf(ts: ClassicTypeScript, version: string, file: string): CheckedProject {
	for (const name of ['tsconfig.json', 'jsconfig.json']) {
		let folder = path.posix.dirname(file);
		for (;;) {
			const config = ts.findConfigFile(folder, (candidate) => ts.sys.fileExists(candidate), name);
			if (config === undefined) {
				break;
			}
			const holder = holderOf(ts, config, file, new Set());
			if (holder !== undefined) {
				return holder;
			}
			const above = path.posix.dirname(path.posix.dirname(config));
			if (above === path.posix.dirname(config)) {
				break;
			}
			folder = above;
		}
	}
	return { config: undefined, options: implicitOptions(version), files: [file] };
}

/** The project itself, or the one that it refers to, that holds the file. */
function holderOf(
	ts: ClassicTypeScript,
	config: string,
	file: string,
	seen: Set<string>,
): CheckedProject | undefined {
	if (seen.has(config) || seen.size >= MOST_REFERENCES) {
		return undefined;
	}
	seen.add(config);
	const parsed = ts.parseJsonConfigFileContent(
		ts.readConfigFile(config, (name) => ts.sys.readFile(name)).config ?? {},
		ts.sys,
		path.posix.dirname(config),
		undefined,
		config,
	);
	if (parsed.fileNames.includes(file)) {
		return { config, options: { ...parsed.options, noEmit: true }, files: startsOf(parsed.fileNames, file) };
	}
	for (const reference of parsed.projectReferences ?? []) {
		const named = reference.path.replaceAll('\\', '/');
		const other = named.endsWith('.json') ? named : `${named}/tsconfig.json`;
		const holder = ts.sys.fileExists(other) ? holderOf(ts, other, file, seen) : undefined;
		if (holder !== undefined) {
			return holder;
		}
	}
	return undefined;
}

function startsOf(files: readonly string[], file: string): readonly string[] {
	return files.length <= MOST_FILES
		? files
		: [file, ...files.filter((one) => one !== file && /\.d\.[cm]?ts$/.test(one))];
}
