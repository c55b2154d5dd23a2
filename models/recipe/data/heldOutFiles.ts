/** The sources of test/bench/holdout.json, fetched as the benches fetch them, and the names of their packages. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { isRecord } from '../../../src/inference/record';
import { inScratch } from './archives';
import type { HeldOutFile } from './heldOut';
import { withoutLicence } from './judgeFile';
import { compare } from './sources';

const run = promisify(execFile);

/** @param bench absolute path of the repository's test/bench */
export function heldOutNames(bench: string): readonly string[] {
	const value: unknown = JSON.parse(fs.readFileSync(path.join(bench, 'holdout.json'), 'utf8'));
	const packages = isRecord(value) && Array.isArray(value['packages']) ? value['packages'] : [];
	return packages.flatMap((entry: unknown) =>
		isRecord(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
	);
}

/**
 * All of their files, in the order of their names. A package is fetched once; holdout.mjs checks its hash.
 * @param folder absolute; below it lies a folder for each package
 */
export async function fetchHeldOut(
	bench: string,
	folder: string,
	signal: AbortSignal,
): Promise<readonly HeldOutFile[]> {
	const files: HeldOutFile[] = [];
	for (const name of heldOutNames(bench)) {
		const home = path.join(folder, name.replace('/', '+'));
		if (!fs.existsSync(home)) {
			console.log(`held out: ${name}`);
			await inScratch(folder, async (scratch) => {
				await run(process.execPath, [path.join(bench, 'holdout.mjs'), scratch, name], { signal });
				fs.renameSync(path.join(scratch, name), home);
			});
		}
		for (const entry of fs.readdirSync(home, { recursive: true, withFileTypes: true })) {
			if (entry.isFile()) {
				const file = path.join(entry.parentPath, entry.name);
				const text = withoutLicence(fs.readFileSync(file, 'utf8').replace(/\r\n?/g, '\n'));
				files.push({ name: `${name}/${path.relative(home, file)}`, text });
			}
		}
	}
	return files.sort((one, other) => compare(one.name, other.name));
}

/** @throws Error naming the package that is held out and stands on the list all the same */
export function checkNames(names: readonly string[], heldOut: readonly string[]): void {
	const plain = (name: string) => name.replace(/^python3-/, '').toLowerCase();
	const forbidden = new Set(heldOut.map(plain));
	const found = names.find((name) => forbidden.has(plain(name)));
	if (found !== undefined) {
		throw new Error(
			`${found} is held out (test/bench/holdout.json) and may never be learned: take it off models/sources.json.`,
		);
	}
}
