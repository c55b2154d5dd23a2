/** A pack: a package of llama.cpp for a GPU that is too large for every installation, and where it lies when it was fetched. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../record';
import { object, shortString } from '../wire/shapes';
import described from './packs.json';

export interface Pack {
	/** Of the package, without its scope: `linux-x64-cuda`. */
	readonly name: string;
	/** Of node-llama-cpp, which takes no other. */
	readonly version: string;
	/** Of the archive. */
	readonly bytes: number;
	/** Of all its files. */
	readonly unpackedBytes: number;
	/** Of the archive, in hexadecimal. */
	readonly sha256: string;
	/** NVIDIA's own libraries that it needs and does not have, as a linker names them: `libcudart.so.13`. */
	readonly needs: readonly string[];
}

/** All there are, for all platforms. `npm run packs` writes the list. */
export const packs: readonly Pack[] = described;

/** node-llama-cpp's words for a platform. */
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'win', darwin: 'mac' };

/** As the names of packs begin, for example `linux-x64`. */
export function platformName(platform: NodeJS.Platform = process.platform, processor = process.arch): string {
	return `${SYSTEMS[platform] ?? platform}-${processor}`;
}

/** Where the archive is had from: the public registry of npm, whose answer the hash checks. */
export function addressOf({ name, version }: Pack): URL {
	return new URL(`https://registry.npmjs.org/@node-llama-cpp/${name}/-/${name}-${version}.tgz`);
}

/** Absolute path of a pack: as Node looks for packages from a file in the folder of packs. */
export function packagePath(folder: string, name: string): string {
	return path.join(folder, 'node_modules', '@node-llama-cpp', name);
}

const manifest = object<{ readonly version: string }>({ version: shortString });

/** The version of a pack that was fetched, or of a package like it; undefined where there is none. */
export function versionAt(packagePath: string): string | undefined {
	try {
		const value = parseJson(fs.readFileSync(path.join(packagePath, 'package.json'), 'utf8'));
		return manifest(value) ? value.version : undefined;
	} catch {
		return undefined;
	}
}
