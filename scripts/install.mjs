/** Installs the project's packages when they are missing or not the ones that the lock file names. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The oldest Node that the bundles are built for (esbuild.mjs, `engines` in package.json). */
const OLDEST_NODE = 20;

/**
 * Runs `npm ci` if it has to. Package install scripts are not run: esbuild's and node-llama-cpp's programs come inside
 * their packages, and nothing here compiles native code.
 *
 * @throws when this Node is too old or npm fails.
 */
export function ensureInstalled({ log = console.log } = {}) {
	if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
		throw new Error(
			`Familiar is built with Node ${OLDEST_NODE} or newer; this is ${process.version}. Get one from https://nodejs.org.`,
		);
	}
	const lock = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
	const wanted = createHash('sha256').update(lock).digest('hex');
	const stamp = path.join(root, 'node_modules/.familiar-install');
	if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
		return;
	}
	const reason = firstDifference(JSON.parse(lock));
	if (reason === undefined) {
		fs.writeFileSync(stamp, wanted);
		return;
	}
	log(`installing packages: ${reason}`);
	const start = Date.now();
	const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
	const result = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
		// Belt and braces: this script would compile or download llama.cpp.
		env: { ...process.env, NODE_LLAMA_CPP_POSTINSTALL: 'skip' },
		shell: process.platform === 'win32',
	});
	if (result.error !== undefined || result.status !== 0) {
		throw new Error(
			`npm ci failed (${result.error?.message ?? `exit code ${result.status}`}); its own message is above.`,
		);
	}
	fs.writeFileSync(stamp, wanted);
	log(`packages installed after ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** The first way in which node_modules differs from the lock file; undefined when every needed package is there. */
function firstDifference({ packages }) {
	if (!fs.existsSync(path.join(root, 'node_modules'))) {
		return 'there is no node_modules';
	}
	for (const [folder, locked] of Object.entries(packages)) {
		// Packages for other platforms are optional and rightly absent.
		if (folder === '' || locked.optional || locked.devOptional || locked.link) {
			continue;
		}
		const manifest = path.join(root, folder, 'package.json');
		if (!fs.existsSync(manifest)) {
			return `${folder} is missing`;
		}
		const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
		if (version !== locked.version) {
			return `${folder} is ${version}, the lock file says ${locked.version}`;
		}
	}
	return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	try {
		ensureInstalled();
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
