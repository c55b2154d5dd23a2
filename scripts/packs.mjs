/**
 * `npm run packs`: describes the packages for CUDA, which are fetched on request, in src/inference/acceleration/packs.json:
 * size and hashes of the very files that the registry has, checked against the lock file.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { root } from './install.mjs';

/** Absolute path of what this script writes. */
export const packsFile = path.join(root, 'src/inference/acceleration/packs.json');

const CUDA = /^node_modules\/@node-llama-cpp\/((linux|win)-(x64|arm64)-cuda(-ext)?)$/;

/** NVIDIA's own libraries, which the packages need and do not have, by the names that a linker looks for. */
const RUNTIME = /(?:lib)?(?:cudart|cublas)(?:\.so\.\d+|64_\d+\.dll)/g;

/**
 * The packages of the lock file that the registry has.
 *
 * @returns {{ name: string, version: string, integrity: string }[]} Sorted by name.
 */
export function lockedPacks() {
	const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
	return Object.entries(packages)
		.flatMap(([folder, { version, integrity }]) => {
			const name = CUDA.exec(folder)?.[1];
			return name === undefined || integrity === undefined ? [] : [{ name, version, integrity }];
		})
		.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** @throws when npm fails, or a file is another than the lock file says. */
function describe({ name, version, integrity }) {
	const folder = path.join(root, 'out/packages');
	const file = path.join(folder, `node-llama-cpp-${name}-${version}.tgz`);
	fs.mkdirSync(folder, { recursive: true });
	if (!fs.existsSync(file) || integrityOf(file) !== integrity) {
		execFileSync('npm', ['pack', `@node-llama-cpp/${name}@${version}`, '--pack-destination', folder], {
			cwd: folder,
			stdio: ['ignore', 'ignore', 'inherit'],
			shell: process.platform === 'win32',
		});
	}
	if (integrityOf(file) !== integrity) {
		throw new Error(`${file} has another content than package-lock.json says.`);
	}
	const packed = fs.readFileSync(file);
	const files = filesOf(zlib.gunzipSync(packed));
	const backend = files.find((one) => /ggml-cuda\.(so|dll)$/.test(one.name));
	const needs = [...new Set(backend?.content.toString('latin1').match(RUNTIME) ?? [])].sort();
	return {
		name,
		version,
		bytes: packed.length,
		unpackedBytes: files.reduce((sum, { content }) => sum + content.length, 0),
		sha256: createHash('sha256').update(packed).digest('hex'),
		needs,
	};
}

function integrityOf(file) {
	return `sha512-${createHash('sha512').update(fs.readFileSync(file)).digest('base64')}`;
}

/** Of an archive that is known to be what it should be. */
function filesOf(archive) {
	const files = [];
	for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
		const name = archive.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
		const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8);
		files.push({ name, content: archive.subarray(at + 512, at + 512 + size) });
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const packs = lockedPacks().map(describe);
	fs.writeFileSync(packsFile, `${JSON.stringify(packs, undefined, '\t')}\n`);
	console.log(`${path.relative(root, packsFile)}: ${packs.map(({ name }) => name).join(', ')}`);
}
