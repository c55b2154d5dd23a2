/**
 * Fetches the held-out packages of holdout.json through npm and apt, checks their hashes and unpacks their sources.
 *
 *     node test/bench/holdout.mjs FOLDER [NAME...]     sources of all or some packages into FOLDER/NAME
 *     node test/bench/holdout.mjs --describe           writes hashes and counts into holdout.json again
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const list = path.join(path.dirname(fileURLToPath(import.meta.url)), 'holdout.json');

/** Downloads the package's archive into the folder and returns its path. */
function download(entry, folder) {
	const run = (program, ...args) =>
		execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
	const before = new Set(fs.readdirSync(folder));
	if (entry.registry === 'npm') {
		run('npm', 'pack', '--silent', '--ignore-scripts', `${entry.name}@${entry.version}`);
	} else {
		const architecture = entry.architecture === 'all' ? '' : `:${entry.architecture}`;
		run('apt-get', 'download', `${entry.name}${architecture}=${entry.version}`);
	}
	const file = fs.readdirSync(folder).find((name) => !before.has(name));
	if (file === undefined) {
		throw new Error(`${entry.name}@${entry.version}: nothing was downloaded`);
	}
	return path.join(folder, file);
}

function unpack(entry, archive, folder) {
	fs.mkdirSync(folder, { recursive: true });
	if (entry.registry === 'npm') {
		execFileSync('tar', ['xzf', archive, '-C', folder]);
	} else {
		execFileSync('dpkg-deb', ['-x', archive, folder]);
	}
}

/** Paths of the source files below the entry's folder, relative to it. */
function sourceFiles(entry, unpacked) {
	return fs
		.readdirSync(path.join(unpacked, entry.folder), { recursive: true, withFileTypes: true })
		.filter((file) => file.isFile() && entry.extensions.includes(path.extname(file.name)))
		.filter((file) => !/\.d\.ts$|\.min\.js$/.test(file.name))
		.map((file) => path.relative(path.join(unpacked, entry.folder), path.join(file.parentPath, file.name)))
		.sort();
}

const hash = (archive) => createHash('sha256').update(fs.readFileSync(archive)).digest('hex');

const [target, ...names] = process.argv.slice(2);
if (target === undefined) {
	console.error('usage: node test/bench/holdout.mjs FOLDER [NAME...] | --describe');
	process.exit(2);
}
const { about, packages } = JSON.parse(fs.readFileSync(list, 'utf8'));
const unknown = names.filter((name) => !packages.some((entry) => entry.name === name));
if (unknown.length > 0) {
	console.error(`not held out: ${unknown.join(', ')}`);
	process.exit(2);
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-holdout-'));
try {
	const described = [];
	for (const entry of packages) {
		if (names.length > 0 && !names.includes(entry.name)) {
			continue;
		}
		const archive = download(entry, scratch);
		const unpacked = path.join(scratch, 'unpacked', entry.name);
		const sha256 = hash(archive);
		if (target !== '--describe' && sha256 !== entry.sha256) {
			throw new Error(`${entry.name}@${entry.version}: the archive is not the one that holdout.json names`);
		}
		unpack(entry, archive, unpacked);
		const files = sourceFiles(entry, unpacked);
		const bytes = files.reduce(
			(sum, file) => sum + fs.statSync(path.join(unpacked, entry.folder, file)).size,
			0,
		);
		described.push({ ...entry, files: files.length, bytes, sha256 });
		console.log(`${entry.name} ${entry.version}: ${files.length} files, ${bytes} bytes`);
		if (target !== '--describe') {
			for (const file of files) {
				const to = path.join(target, entry.name, file);
				fs.mkdirSync(path.dirname(to), { recursive: true });
				fs.copyFileSync(path.join(unpacked, entry.folder, file), to);
			}
		}
		fs.rmSync(unpacked, { recursive: true });
	}
	if (target === '--describe') {
		fs.writeFileSync(list, `${JSON.stringify({ about, packages: described }, undefined, '\t')}\n`);
	}
} finally {
	fs.rmSync(scratch, { recursive: true });
}
