/**
 * `npm run package [-- --target TARGET] [--cpu-only]`: builds the VSIX for every platform that the registry has libraries
 * for, or for one, with what it needs at run time and nothing else, and prints their sizes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { closure, copyPackage, platformPackages } from './closure.mjs';
import { foreignLibrary } from './elf.mjs';
import { ensureInstalled, root } from './install.mjs';
import { bundledPackages, thirdPartyNotices } from './notices.mjs';
import { nativePackages } from './platformPackages.mjs';
import { shareLibraries } from './sharedLibraries.mjs';
import { megabytes, printParts } from './sizes.mjs';

/** What the VSIX is made from: one changed byte in any of them makes a new one. */
const INPUTS = [
	'src',
	'media',
	'models',
	'l10n',
	'scripts',
	'esbuild.mjs',
	'package.json',
	'package-lock.json',
	'package.nls.json',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'.vscodeignore',
];

/** Copied as they are. Those of `media/` that the manifest names come with them. */
const FILES = [
	'package.nls.json',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'l10n',
	'models/starter.gguf',
	'.vscodeignore',
];

/** Bytes of a VSIX, with the starter model and without CUDA: what somebody waits for before the first completion. */
export const LARGEST = 75e6;

/** A target for which no VSIX can be made, and why. */
export class NoPackage extends Error {}

/**
 * @param {object} [options]
 * @param {string} [options.target] As vsce names platforms; default: this one.
 * @param {boolean} [options.cpuOnly] Leaves the GPU's libraries out: a quarter of the size. Default false.
 * @param {boolean} [options.reuse] Keeps a VSIX that was made from the same inputs. Default false.
 * @returns {Promise<string>} Absolute path of the VSIX.
 * @throws NoPackage when there are no libraries for the target; when the build fails, a package is missing, what was
 * staged does not run, or the VSIX is larger than `LARGEST`.
 */
export async function packageExtension({
	target = thisTarget(),
	cpuOnly = false,
	reuse = false,
	log = console.log,
} = {}) {
	if (!(target in platformPackages)) {
		throw new Error(
			`There is no package for ${target}; there are: ${Object.keys(platformPackages).join(', ')}.`,
		);
	}
	const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
	const vsix = path.join(root, `familiar-${target}-${version}${cpuOnly ? '-cpu' : ''}.vsix`);
	const stamp = path.join(root, 'out', `${path.basename(vsix)}.stamp`);
	const inputs = hashInputs();
	if (reuse && fs.existsSync(vsix) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === inputs) {
		log(`package: ${path.basename(vsix)} is up to date`);
		return vsix;
	}
	const natives = nativesFor(target, cpuOnly, log);
	// Outside the checkout: in there, a package that was forgotten would be found in the root's node_modules.
	const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-stage-'));
	try {
		stageAll(stage, natives);
		const { llama } = platformPackages[target];
		shareLibraries(path.join(stage, 'dist/node_modules'), llama.slice(0, cpuOnly ? 1 : undefined));
		if (target === thisTarget()) {
			verify(stage);
			log('package: the staged node-llama-cpp loads the starter model, and koffi loads');
		}
		fs.rmSync(vsix, { force: true });
		run(stage, [
			path.join(root, 'node_modules/@vscode/vsce/vsce'),
			...['package', '--no-dependencies', '--target', target, '--out', vsix],
			...['--allow-missing-repository', '--no-rewrite-relative-links'],
		]);
	} finally {
		fs.rmSync(stage, { recursive: true, force: true });
	}
	fs.mkdirSync(path.dirname(stamp), { recursive: true });
	fs.writeFileSync(stamp, inputs);
	printParts(vsix, log);
	const { size } = fs.statSync(vsix);
	log(`${path.relative(root, vsix)}: ${megabytes(size).trim()}`);
	if (size > LARGEST) {
		throw new Error(
			`${path.basename(vsix)} has ${megabytes(size).trim()}, more than ${megabytes(LARGEST).trim()}.`,
		);
	}
	return vsix;
}

/**
 * Every target's VSIX, and a table of them.
 *
 * @returns {Promise<{ target: string, vsix?: string, reason?: string }[]>} A reason stands where none could be made.
 */
export async function packageAll({ cpuOnly = false, reuse = false, log = console.log } = {}) {
	const rows = [];
	for (const target of Object.keys(platformPackages)) {
		try {
			rows.push({ target, vsix: await packageExtension({ target, cpuOnly, reuse, log }) });
		} catch (error) {
			if (!(error instanceof NoPackage)) {
				throw error;
			}
			rows.push({ target, reason: error.message });
		}
	}
	log('');
	for (const { target, vsix, reason } of rows) {
		log(
			`${target.padEnd(13)} ${vsix === undefined ? `not made: ${reason}` : megabytes(fs.statSync(vsix).size)}`,
		);
	}
	return rows;
}

/** @throws NoPackage when the registry has none, or such as run on another processor. */
function nativesFor(target, cpuOnly, log) {
	const found = nativePackages(target, cpuOnly, log);
	if ('missing' in found) {
		throw new NoPackage(`the registry has no ${found.missing.join(' and no ')}`);
	}
	const [system, processor] = target.split('-');
	for (const { from, to } of system === 'linux' ? found.folders : []) {
		// koffi ships what runs with musl, too, which is left out; both are for the same processor.
		const foreign = foreignLibrary(from, processor === 'armhf' ? 'arm' : processor);
		if (foreign !== undefined) {
			const name = to.split(path.sep).slice(1).join('/');
			throw new NoPackage(`${name} has libraries for ${foreign.processor} (${path.basename(foreign.file)})`);
		}
	}
	return found.folders;
}

/** This platform, as vsce names it. */
export function thisTarget() {
	return `${process.platform}-${process.arch === 'arm' ? 'armhf' : process.arch}`;
}

function hashInputs() {
	const hash = createHash('sha256');
	for (const input of INPUTS) {
		const start = path.join(root, input);
		if (!fs.existsSync(start)) {
			continue;
		}
		const inside = fs.statSync(start).isDirectory()
			? fs.readdirSync(start, { recursive: true }).sort()
			: [''];
		for (const name of inside) {
			const file = path.join(start, name);
			// Screenshots are written by the demo and are no part of the VSIX.
			if (fs.statSync(file).isFile() && !file.includes(`media${path.sep}screenshots`)) {
				hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
			}
		}
	}
	return hash.digest('hex');
}

function stageAll(stage, binaries) {
	// Twice: the first build's source maps tell which packages are bundled, the second is the one that is shipped.
	run(root, ['esbuild.mjs']);
	const bundled = bundledPackages(path.join(root, 'dist'));
	run(root, ['esbuild.mjs', '--production']);
	fs.cpSync(path.join(root, 'dist'), path.join(stage, 'dist'), {
		recursive: true,
		filter: (file) => !file.endsWith('.map'),
	});
	const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
	const {
		devDependencies: _developers,
		dependencies: _dependencies,
		scripts: _scripts,
		...shipped
	} = manifest;
	// vsce's own schema knows no `private`; it never publishes from here.
	fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(shipped, undefined, '\t')}\n`);
	const named = JSON.stringify(shipped).matchAll(/"\.?\/?(media\/[^"]+)"/g);
	for (const file of new Set([...FILES, ...[...named].map(([, name]) => name)])) {
		copy(file, stage);
	}
	const folders = [...closure(root, 'node-llama-cpp'), ...closure(root, 'koffi')];
	const copied = folders.map((folder) => ({ from: path.join(root, folder), to: folder }));
	for (const { from, to } of [...copied, ...binaries]) {
		copyPackage(from, path.join(stage, 'dist', to));
	}
	const notices = thirdPartyNotices([
		...bundled,
		...folders,
		...binaries.map(({ from }) => path.relative(root, from)),
	]);
	fs.writeFileSync(path.join(stage, 'THIRD-PARTY-NOTICES.txt'), notices);
}

function copy(file, stage) {
	const from = path.join(root, file);
	if (!fs.existsSync(from)) {
		throw new Error(`${file} belongs into the VSIX and is not there.`);
	}
	fs.cpSync(from, path.join(stage, file), { recursive: true });
}

/** Loads the starter model and koffi with the packages of the stage alone: what was pruned too far fails here, not at the user's. */
function verify(stage) {
	const program = `
		import koffi from 'koffi';
		import { getLlama } from 'node-llama-cpp';
		if (koffi.sizeof('int') !== 4) { throw new Error('koffi does not work'); }
		const llama = await getLlama({ build: 'never', skipDownload: true, gpu: false });
		const model = await llama.loadModel({ modelPath: '../models/starter.gguf' });
		if (model.tokenize('const answer = 42;').length === 0) { throw new Error('no tokens'); }
		process.exit(0);`;
	// A file, not --eval: node-llama-cpp forks with this process's own arguments.
	const file = path.join(stage, 'dist/verify.mjs');
	fs.writeFileSync(file, program);
	execFileSync(process.execPath, [file], {
		cwd: path.dirname(file),
		stdio: ['ignore', 'ignore', 'inherit'],
		env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|LLAMA)/.test(name))),
	});
	fs.rmSync(file);
}

function run(folder, words) {
	execFileSync(process.execPath, words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	try {
		const { values } = parseArgs({
			options: { target: { type: 'string' }, 'cpu-only': { type: 'boolean' }, reuse: { type: 'boolean' } },
		});
		ensureInstalled();
		const { target, reuse, 'cpu-only': cpuOnly } = values;
		await (target === undefined
			? packageAll({ cpuOnly, reuse })
			: packageExtension({ target, cpuOnly, reuse }));
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
