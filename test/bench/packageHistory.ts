/**
 * A history for code that comes from a registry: successive published versions of a package as the commits of a
 * repository, each with the date of its publication. `npm run bench:adapt -- --history 12 PACKAGE` asks for it.
 */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Repository } from '../../src/finetune/corpus/verdict';
import { root } from '../support/root';
import { commitAll, startRepository } from './gitFolder';

const run = promisify(execFile);

/** What of a package is its source. */
interface Sources {
	/** Within the archive, with `/`. */
	readonly folder: string;
	readonly extensions: readonly string[];
	/** The newest version that is taken; undefined for the last one that was published. */
	readonly newest: string | undefined;
}

interface Version {
	readonly version: string;
	/** As ISO 8601 has it. */
	readonly date: string;
}

/** Versions of which only the last counts would be no history. */
const FEWEST = 2;

/**
 * Fetches the last `count` versions through npm, by name, from whatever registry npm is told of; those of trial are
 * left out.
 * @param folder of the repository: it is made
 * @throws Error with what npm or Git said, or an AbortError
 */
export async function packageHistory(
	name: string,
	count: number,
	folder: string,
	signal: AbortSignal,
): Promise<Repository> {
	const sources = sourcesOf(name);
	const times: unknown = JSON.parse((await run('npm', ['view', name, 'time', '--json'], { signal })).stdout);
	const versions = publishedUntil(times, sources.newest).slice(-count);
	if (versions.length < FEWEST) {
		throw new Error(`${name} has ${versions.length} published versions: no history can be made of them.`);
	}
	const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-versions-'));
	fs.mkdirSync(folder, { recursive: true });
	try {
		await startRepository(folder, signal);
		for (const { version, date } of versions) {
			const words = ['pack', '--silent', '--ignore-scripts', `${name}@${version}`];
			const { stdout } = await run('npm', words, { cwd: scratch, signal });
			const archive = stdout.trim().split('\n').at(-1) ?? '';
			const unpacked = path.join(scratch, 'unpacked');
			fs.mkdirSync(unpacked);
			await run('tar', ['xzf', path.join(scratch, archive), '-C', unpacked], { signal });
			replaceTree(path.join(unpacked, sources.folder), folder, sources.extensions);
			fs.rmSync(unpacked, { recursive: true });
			fs.rmSync(path.join(scratch, archive));
			await commitAll(folder, `Version ${version}.`, signal, date);
		}
	} finally {
		fs.rmSync(scratch, { recursive: true, force: true });
	}
	return { name, folder, gitPath: 'git' };
}

/** As the list of held-out packages has it; of others all code of the archive. */
function sourcesOf(name: string): Sources {
	const list: {
		readonly packages: readonly {
			readonly name: string;
			readonly version: string;
			readonly registry: string;
			readonly folder: string;
			readonly extensions: readonly string[];
		}[];
	} = JSON.parse(fs.readFileSync(path.join(root, 'test/bench/holdout.json'), 'utf8'));
	const known = list.packages.find((entry) => entry.name === name && entry.registry === 'npm');
	return known === undefined
		? { folder: 'package', extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs'], newest: undefined }
		: { folder: known.folder, extensions: known.extensions, newest: known.version };
}

/** Between two versions at least, in milliseconds: a mirror may have fetched them in any order. */
const APART = 60_000;

/**
 * In the order of their numbers, each with a date behind that of the one before.
 * @param times version → date, as `npm view NAME time` tells them
 */
export function publishedUntil(times: unknown, newest: string | undefined): readonly Version[] {
	const all = Object.entries(typeof times === 'object' && times !== null ? times : {})
		.flatMap(([version, date]: [string, unknown]) => {
			const at = typeof date === 'string' && /^\d+\.\d+\.\d+$/.test(version) ? Date.parse(date) : Number.NaN;
			return Number.isNaN(at) ? [] : [{ version, at }];
		})
		.sort((one, other) => compared(one.version, other.version));
	const last = newest === undefined ? -1 : all.findIndex(({ version }) => version === newest);
	let before = 0;
	return (last === -1 ? all : all.slice(0, last + 1)).map(({ version, at }) => {
		before = Math.max(at, before + APART);
		return { version, date: new Date(before).toISOString() };
	});
}

function compared(one: string, other: string): number {
	const [first, second] = [one, other].map((version) => version.split('.').map(Number));
	const index = [0, 1, 2].find((part) => first?.[part] !== second?.[part]) ?? 0;
	return (first?.[index] ?? 0) - (second?.[index] ?? 0);
}

/** All but `.git` goes; the sources of the version come. */
export function replaceTree(from: string, to: string, extensions: readonly string[]): void {
	for (const name of fs.readdirSync(to).filter((name) => name !== '.git')) {
		fs.rmSync(path.join(to, name), { recursive: true });
	}
	// A version may have kept its sources elsewhere, or for itself.
	const names = fs.existsSync(from) ? fs.readdirSync(from, { recursive: true, encoding: 'utf8' }) : [];
	for (const name of names) {
		const isSource = extensions.includes(path.extname(name)) && !/\.d\.ts$|\.min\.js$/.test(name);
		if (isSource && fs.statSync(path.join(from, name)).isFile()) {
			fs.mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
			fs.copyFileSync(path.join(from, name), path.join(to, name));
		}
	}
}
