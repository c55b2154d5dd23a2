/** Files of the code that a workspace depends on, those that it names itself first. */

import * as fs from 'node:fs';
import * as path from 'node:path';

/** Folders below one folder that are walked. */
const DEEPEST = 12;
/** Entries of one folder that are looked at. */
const MOST_ENTRIES = 5_000;
/** What is built, tested or described is no place that code is taken from first. */
const PASSED_OVER = /^(?:\..*|test|tests|__tests__|__pycache__|docs?|example|examples)$/;

/** Absolute paths. Links are followed once: package managers keep packages in a store of their own. */
export function* dependencyFiles(folder: string, isWanted: (name: string) => boolean): Generator<string> {
	const seen = new Set<string>();
	const opened = realPath(folder) ?? folder;
	for (const root of rootsOf(folder)) {
		const real = realPath(root);
		if (real !== undefined && !seen.has(real) && !isOwn(path.relative(opened, real))) {
			seen.add(real);
			yield* filesBelow(real, isWanted, DEEPEST);
		}
	}
}

/** Whether a folder is the workspace's own code, to which package managers link as to a package. */
function isOwn(relative: string): boolean {
	return !/(?:^|[\\/])(?:\.\.|node_modules|vendor|site-packages)(?:[\\/]|$)/.test(relative);
}

/** Folders of packages. */
function* rootsOf(folder: string): Generator<string> {
	const modules = path.join(folder, 'node_modules');
	for (const name of namedIn(path.join(folder, 'package.json'))) {
		yield path.join(modules, name);
	}
	for (const { name } of entriesOf(modules)) {
		if (name.startsWith('@')) {
			yield* entriesOf(path.join(modules, name)).map((entry) => path.join(modules, name, entry.name));
		} else if (!name.startsWith('.')) {
			yield path.join(modules, name);
		}
	}
	yield path.join(folder, 'vendor');
	for (const environment of ['.venv', 'venv']) {
		const library = path.join(folder, environment, 'lib');
		// Where Windows has them.
		yield path.join(folder, environment, 'Lib', 'site-packages');
		yield* entriesOf(library).map(({ name }) => path.join(library, name, 'site-packages'));
	}
}

function namedIn(file: string): readonly string[] {
	try {
		const described: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
		const { dependencies, devDependencies }: { dependencies?: unknown; devDependencies?: unknown } =
			Object(described);
		const names = [dependencies, devDependencies].flatMap((list) => Object.keys(Object(list)));
		return names.filter((name) => /^(?:@[\w.-]+\/)?[\w-][\w.-]*$/.test(name));
	} catch {
		return [];
	}
}

function* filesBelow(folder: string, isWanted: (name: string) => boolean, depth: number): Generator<string> {
	const folders: string[] = [];
	for (const entry of entriesOf(folder)) {
		const full = path.join(folder, entry.name);
		if (entry.isFile() && isWanted(entry.name)) {
			yield full;
		} else if (entry.isDirectory() && !PASSED_OVER.test(entry.name) && depth > 0) {
			folders.push(full);
		}
	}
	for (const below of folders) {
		yield* filesBelow(below, isWanted, depth - 1);
	}
}

function entriesOf(folder: string): fs.Dirent[] {
	try {
		return fs.readdirSync(folder, { withFileTypes: true }).slice(0, MOST_ENTRIES);
	} catch {
		return [];
	}
}

function realPath(file: string): string | undefined {
	try {
		return fs.realpathSync(file);
	} catch {
		return undefined;
	}
}
