/** An archive's files of code: those that lie in it, and the sources that its source maps carry. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { LARGEST_FILE } from '../../../src/finetune/corpus/judge';
import { isRecord } from '../../../src/inference/record';
import type { Language } from '../document';
import { compare, type Registry } from './sources';

const run = promisify(execFile);

/** Bytes: larger maps belong to bundles. */
const LARGEST_MAP = 8 * 1024 * 1024;

const EXTENSIONS: ReadonlyMap<string, Language> = new Map([
	...['.ts', '.tsx', '.mts', '.cts'].map((extension) => [extension, 'typescript'] as const),
	...['.js', '.jsx', '.mjs', '.cjs'].map((extension) => [extension, 'javascript'] as const),
	['.py', 'python'],
]);

export interface CodeFile {
	/** Within the package, with `/`. */
	readonly path: string;
	readonly language: Language;
	readonly bytes: Uint8Array;
}

/** @param into an empty folder: npm's packages lie in one folder there, Debian's as on the disk */
export async function unpack(
	registry: Registry,
	archive: string,
	into: string,
	signal: AbortSignal,
): Promise<void> {
	await (registry === 'npm'
		? run('tar', ['-xzf', archive, '-C', into, '--no-same-owner', '--no-same-permissions'], { signal })
		: run('dpkg-deb', ['-x', archive, into], { signal }));
}

/** The folder that paths within the package begin at. */
export function rootOf(registry: Registry, unpacked: string): string {
	if (registry === 'debian') {
		return path.join(unpacked, 'usr/lib/python3/dist-packages');
	}
	// Called `package` nearly always.
	const [folder = 'package'] = fs.readdirSync(unpacked);
	return path.join(unpacked, folder);
}

/** In the order of their paths. What a map carries and the archive holds as well is there once. */
export function codeFiles(root: string): readonly CodeFile[] {
	const files = new Map<string, CodeFile>();
	const paths = fs.existsSync(root) ? plainFiles(root) : [];
	for (const file of paths) {
		const language = languageOf(file);
		if (language !== undefined) {
			files.set(file, { path: file, language, bytes: readAtMost(path.join(root, file)) });
		}
	}
	for (const map of paths.filter((file) => /\.[cm]?js\.map$/.test(file))) {
		for (const source of mappedSources(map, path.join(root, map))) {
			if (!files.has(source.path)) {
				files.set(source.path, source);
			}
		}
	}
	return [...files.values()].sort((one, other) => compare(one.path, other.path));
}

/** Undefined for what is no code that the starter learns; type declarations count as TypeScript here. */
export function languageOf(file: string): Language | undefined {
	return EXTENSIONS.get(path.posix.extname(file));
}

/** Relative, with `/`, sorted; no links. */
function plainFiles(root: string): readonly string[] {
	return fs
		.readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((file) => file.isFile())
		.map((file) => path.relative(root, path.join(file.parentPath, file.name)).replaceAll(path.sep, '/'))
		.sort(compare);
}

/** One byte more than a file may have shows that it has too many. */
function readAtMost(file: string): Uint8Array {
	return fs.readFileSync(file).subarray(0, LARGEST_FILE + 1);
}

/** What the map was made from, where it carries the texts; nothing where the map is none. */
function mappedSources(map: string, file: string): readonly CodeFile[] {
	if (fs.statSync(file).size > LARGEST_MAP) {
		return [];
	}
	let value: unknown;
	try {
		value = JSON.parse(fs.readFileSync(file, 'utf8'));
	} catch {
		return [];
	}
	if (!isRecord(value) || !Array.isArray(value['sources']) || !Array.isArray(value['sourcesContent'])) {
		return [];
	}
	const names: readonly unknown[] = value['sources'];
	const texts: readonly unknown[] = value['sourcesContent'];
	const root = typeof value['sourceRoot'] === 'string' ? value['sourceRoot'] : '';
	return names.flatMap((name, index) => {
		const text = texts[index];
		if (typeof name !== 'string' || typeof text !== 'string') {
			return [];
		}
		const source = sourcePath(map, root, name);
		const language = languageOf(source);
		return language === undefined ? [] : [{ path: source, language, bytes: Buffer.from(text) }];
	});
}

/** Where Bazel builds: the name says on which machine, and changes with every version. */
const BAZEL = /^[\w-]+-(?:fastbuild|opt|dbg)[\w-]*\/bin\//;

/** `../../src/a.ts` of `dist/esm/a.js.map` is `src/a.ts`; what lies above the package begins at its root. */
function sourcePath(map: string, root: string, name: string): string {
	const plain = `${root === '' || name.includes('://') ? '' : `${root}/`}${name}`.replace(/[?#].*$/, '');
	const bundled = /^\w[\w-]*:\/\/[^/]*\/(.*)$/.exec(plain)?.[1];
	const joined = path.posix.normalize(
		bundled ?? (plain.startsWith('/') ? plain.slice(1) : path.posix.join(path.posix.dirname(map), plain)),
	);
	return joined.replace(/^(?:\.\.\/)+/, '').replace(BAZEL, '');
}
