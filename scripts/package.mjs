/**
 * `npm run package [-- --target TARGET] [--cpu-only]`: builds the VSIX for one platform, with what it needs at run time and
 * nothing else, and prints its size part by part.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { closure, copyPackage, platformPackages } from './closure.mjs';
import { ensureInstalled, root } from './install.mjs';
import { bundledPackages, thirdPartyNotices } from './notices.mjs';
import { listZip } from './zip.mjs';

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

/**
 * @param {object} [options]
 * @param {string} [options.target] As vsce names platforms; default: this one.
 * @param {boolean} [options.cpuOnly] Leaves the GPU's libraries out: a quarter of the size. Default false.
 * @param {boolean} [options.reuse] Keeps a VSIX that was made from the same inputs. Default false.
 * @returns {Promise<string>} Absolute path of the VSIX.
 * @throws when the build fails, a package is missing, or what was staged does not run.
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
	// Outside the checkout: in there, a package that was forgotten would be found in the root's node_modules.
	const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-stage-'));
	try {
		const { llama, koffi } = platformPackages[target];
		stageAll(stage, [
			...llama.slice(0, cpuOnly ? 1 : undefined).map((name) => `node_modules/@node-llama-cpp/${name}`),
			`node_modules/@koromix/${koffi}`,
		]);
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
	report(vsix, log);
	return vsix;
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
	for (const folder of [...folders, ...binaries]) {
		if (!fs.existsSync(path.join(root, folder))) {
			throw new Error(
				`${folder} is not installed: npm leaves packages of other platforms out. ` +
					'Run npm ci with --os and --cpu of the target, or package on that platform.',
			);
		}
		copyPackage(path.join(root, folder), path.join(stage, 'dist', folder));
	}
	const notices = thirdPartyNotices([...bundled, ...folders, ...binaries]);
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

/** Prints how large each part is, as files and packed. */
function report(vsix, log) {
	const parts = new Map();
	for (const { name, size, packed } of listZip(vsix)) {
		const part = partOf(name);
		const sum = parts.get(part) ?? { files: 0, size: 0, packed: 0 };
		parts.set(part, { files: sum.files + 1, size: sum.size + size, packed: sum.packed + packed });
	}
	const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
	const total = { files: 0, size: 0, packed: 0 };
	log(`\n${'part'.padEnd(28)} ${'files'.padStart(6)} ${'raw'.padStart(9)} ${'packed'.padStart(9)}`);
	for (const [part, sum] of [...parts].sort(([, left], [, right]) => right.packed - left.packed)) {
		log(
			`${part.padEnd(28)} ${String(sum.files).padStart(6)} ${megabytes(sum.size)} ${megabytes(sum.packed)}`,
		);
		total.files += sum.files;
		total.size += sum.size;
		total.packed += sum.packed;
	}
	log(
		`${'all'.padEnd(28)} ${String(total.files).padStart(6)} ${megabytes(total.size)} ${megabytes(total.packed)}`,
	);
	if (parts.has('libraries vulkan')) {
		// ggml loads its processor backends from the folder of the addon, so each of the two packages needs its own.
		log('the libraries for the processor are in both packages: each addon looks for them beside itself');
	}
	log(`${path.relative(root, vsix)}: ${megabytes(fs.statSync(vsix).size).trim()}`);
}

function partOf(name) {
	const library = /@node-llama-cpp\/[a-z]+-[a-z0-9]+(?:-([a-z]+))?\//.exec(name);
	if (library !== null) {
		return `libraries ${library[1] ?? 'processor'}`;
	}
	if (name.includes('dist/node_modules/node-llama-cpp/')) {
		return 'node-llama-cpp';
	}
	if (/dist\/node_modules\/(koffi|@koromix)\//.test(name)) {
		return 'koffi';
	}
	if (name.includes('dist/node_modules/')) {
		return 'its packages';
	}
	return name.includes('models/')
		? 'starter model'
		: name.includes('dist/')
			? 'our code'
			: 'texts and pictures';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	try {
		const { values } = parseArgs({
			options: { target: { type: 'string' }, 'cpu-only': { type: 'boolean' }, reuse: { type: 'boolean' } },
		});
		ensureInstalled();
		await packageExtension({ target: values.target, cpuOnly: values['cpu-only'], reuse: values.reuse });
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
