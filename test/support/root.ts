/** Where the checkout is, for tests that run from out/. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(folder: string): string {
	const manifest = path.join(folder, 'package.json');
	if (fs.existsSync(manifest) && /"name":\s*"familiar"/.test(fs.readFileSync(manifest, 'utf8'))) {
		return folder;
	}
	const parent = path.dirname(folder);
	if (parent === folder) {
		throw new Error('No package.json of familiar above the tests');
	}
	return findRoot(parent);
}

/** Absolute path of the checkout. */
export const root = findRoot(path.dirname(fileURLToPath(import.meta.url)));
