/** The native packages of each platform: from the checkout where they are installed, else fetched with npm and checked against the lock file. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { platformPackages, readManifest } from './closure.mjs';
import { root } from './install.mjs';

/**
 * @param {string} target As vsce names platforms.
 * @param {boolean} cpuOnly Leaves the package for the GPU out.
 * @returns {{ folders: { from: string, to: string }[] } | { missing: string[] }} Absolute paths to copy from and paths below
 * the VSIX's dist, the processor's first; or the packages of which the registry has no such version.
 * @throws when npm fails for another reason, or a package has another content than the lock file says.
 */
export function nativePackages(target, cpuOnly, log = console.log) {
	const { packages: locked } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
	const { llama, koffi } = platformPackages[target];
	const names = [
		...llama.slice(0, cpuOnly ? 1 : undefined).map((name) => `@node-llama-cpp/${name}`),
		`@koromix/${koffi}`,
	];
	const wanted = names.map((name) => {
		const lock = locked[`node_modules/${name}`];
		if (lock === undefined) {
			throw new Error(
				`${name} is not in package-lock.json: has its version been raised without npm install?`,
			);
		}
		return { name, lock, installed: path.join(root, 'node_modules', name) };
	});
	const absent = wanted.filter(({ lock, installed }) => versionOf(installed) !== lock.version);
	const missing = absent.filter(({ name, lock }) => !isInRegistry(name, lock.version));
	if (missing.length > 0) {
		return { missing: missing.map(({ name, lock }) => `${name} ${lock.version}`) };
	}
	const fetched = absent.length === 0 ? undefined : fetchAll(target, absent, log);
	return {
		folders: wanted.map(({ name, installed }) => ({
			from: absent.some((one) => one.name === name) ? path.join(fetched, 'node_modules', name) : installed,
			to: path.join('node_modules', name),
		})),
	};
}

/** Undefined where it is not installed. */
function versionOf(folder) {
	return fs.existsSync(path.join(folder, 'package.json')) ? readManifest(folder).version : undefined;
}

/** @throws when the registry cannot be asked: that is another thing than having nothing. */
function isInRegistry(name, version) {
	const { status, stdout, stderr } = npm(root, ['view', `${name}@${version}`, 'dist.integrity', '--json']);
	if (status === 0) {
		return stdout.trim() !== '';
	}
	if (/E404/.test(stdout + stderr)) {
		return false;
	}
	throw new Error(`npm could not ask the registry for ${name} ${version}: ${lastLine(stderr)}`);
}

/** Installs packages of another platform into a folder below out/. npm itself checks them against the integrity given. */
function fetchAll(target, wanted, log) {
	const folder = path.join(root, 'out/packages', target);
	const isThere = wanted.every(
		({ name, lock }) => versionOf(path.join(folder, 'node_modules', name)) === lock.version,
	);
	if (isThere) {
		return folder;
	}
	const dependencies = Object.fromEntries(wanted.map(({ name, lock }) => [name, lock.version]));
	const manifest = { name: 'familiar-native', version: '0.0.0', private: true, dependencies };
	const packages = Object.fromEntries(
		wanted.map(({ name, lock }) => {
			const { version, integrity } = lock;
			return [`node_modules/${name}`, { version, ...(integrity && { integrity }) }];
		}),
	);
	const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
	fs.writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
	log(`package: fetching ${Object.keys(dependencies).join(', ')}`);
	// By force, since they are for other machines than this one; their integrity is checked all the same.
	const words = ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const { status, stderr } = npm(folder, words);
	if (status !== 0) {
		fs.rmSync(folder, { recursive: true, force: true });
		throw new Error(`npm could not fetch the packages for ${target}: ${lastLine(stderr)}`);
	}
	return folder;
}

function npm(folder, words) {
	const isWindows = process.platform === 'win32';
	const result = spawnSync(isWindows ? 'npm.cmd' : 'npm', words, {
		cwd: folder,
		encoding: 'utf8',
		shell: isWindows,
	});
	if (result.error !== undefined) {
		throw new Error(`npm cannot be run: ${result.error.message}`);
	}
	return result;
}

function lastLine(text) {
	const lines = text
		.split('\n')
		.filter((line) => /npm error/.test(line) && !/complete log|logs-max/.test(line));
	return lines.slice(0, 3).join(' ') || text.slice(-300);
}
