/**
 * `node scripts/llamaCpp.mjs`: builds llama.cpp's own `llama-server` and `llama-bench` for comparison, from the very
 * source that the installed node-llama-cpp carries (a git bundle), without the network. They lie outside the
 * repository, in ~/.cache/familiar-llama.cpp or the folder that `FAMILIAR_LLAMA_CPP` names. It goes on where it was
 * interrupted. Its last line is JSON: `{"server": PATH, "bench": PATH, "version": VERSION, "commit": COMMIT}`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const TARGETS = ['llama-server', 'llama-bench'];
/**
 * For this machine's processor, so that the programs use the instructions that node-llama-cpp's libraries choose at
 * run time (AVX-512, AMX). No HTTPS, no web page: both would want the network or libraries that are not there.
 */
const OPTIONS = [
	'-DCMAKE_BUILD_TYPE=Release',
	'-DGGML_NATIVE=ON',
	'-DGGML_CCACHE=OFF',
	'-DLLAMA_OPENSSL=OFF',
	'-DLLAMA_BUILD_TESTS=OFF',
	'-DLLAMA_BUILD_EXAMPLES=OFF',
	'-DLLAMA_BUILD_APP=OFF',
	'-DLLAMA_BUILD_UI=OFF',
	'-DLLAMA_USE_PREBUILT_UI=OFF',
	'-DLLAMA_TOOLS_INSTALL=OFF',
];
/** What has to be there, and how Debian calls it. */
const TOOLS = { git: 'git', cmake: 'cmake', 'c++': 'g++' };

const folder = process.env.FAMILIAR_LLAMA_CPP ?? path.join(os.homedir(), '.cache/familiar-llama.cpp');
const source = path.join(folder, 'source');
const build = path.join(folder, 'build');
const carried = path.join(root, 'node_modules/node-llama-cpp/llama');
const bundle = path.join(carried, 'gitRelease.bundle');

try {
	ensureInstalled({ log: console.error });
	console.log(JSON.stringify(programs()));
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

/** Paths and version of the programs, built when they are not there. */
function programs() {
	// `git bundle list-heads`: "<commit> HEAD".
	const commit = output('git', ['bundle', 'list-heads', bundle]).split(' ')[0];
	const release = JSON.parse(
		fs.readFileSync(path.join(carried, 'binariesGithubRelease.json'), 'utf8'),
	).release;
	const stamp = path.join(build, 'familiar-built');
	const wanted = JSON.stringify({ commit, options: OPTIONS });
	if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
		requireTools();
		fetchSource(commit);
		const ninja = has('ninja') ? ['-G', 'Ninja'] : [];
		run('cmake', ['-S', source, '-B', build, ...ninja, ...OPTIONS]);
		const jobs = String(os.availableParallelism());
		run('cmake', ['--build', build, '--config', 'Release', '--parallel', jobs, '--target', ...TARGETS]);
		fs.writeFileSync(stamp, wanted);
	}
	const [server, bench] = TARGETS.map((name) => path.join(build, 'bin', name));
	const version = output(server, ['--version']);
	const [, number, hash] = /^version: (\S+) \(.*commit (\w+)\)/m.exec(version) ?? [];
	if (number === undefined || release !== `v${number.replace('-dev', '')}` || !commit.startsWith(hash)) {
		throw new Error(
			`${server} is not the llama.cpp that node-llama-cpp has (${release}, ${commit.slice(0, 7)}) but: ${version}. Delete ${folder} and try again.`,
		);
	}
	return { server, bench, version: number, commit };
}

/** The source of the commit, beside and then renamed, so that no half of it is left. */
function fetchSource(commit) {
	if (fs.existsSync(source) && output('git', ['-C', source, 'rev-parse', 'HEAD']) === commit) {
		return;
	}
	const unfinished = `${source}.${process.pid}`;
	fs.mkdirSync(folder, { recursive: true });
	run('git', ['clone', '--quiet', bundle, unfinished]);
	mendTileConfiguration(path.join(unfinished, 'ggml/src/ggml-cpu/amx/mmq.cpp'));
	fs.rmSync(source, { recursive: true, force: true });
	fs.rmSync(build, { recursive: true, force: true });
	fs.renameSync(unfinished, source);
}

/**
 * The header of GCC 12 says that `_tile_loadconfig` reads 8 bytes where it reads 64, so that the compiler drops the
 * others and AMX ends in an illegal instruction. A barrier before it keeps them; other compilers do not mind.
 */
function mendTileConfiguration(file) {
	const text = fs.readFileSync(file, 'utf8');
	const call = '_tile_loadconfig(&tc);';
	fs.writeFileSync(file, text.replace(call, `__asm__ volatile("" : : "r"(&tc) : "memory");\n    ${call}`));
}

function requireTools() {
	const missing = Object.keys(TOOLS).filter((program) => !has(program));
	if (missing.length > 0) {
		const packages = missing.map((program) => TOOLS[program]).join(' ');
		throw new Error(
			`llama.cpp cannot be built for comparison: ${missing.join(', ')} not found. On Debian: apt-get install ${packages}`,
		);
	}
}

function has(program) {
	return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs with its output on standard error, for standard output has one line only. */
function run(program, words) {
	const { status, error } = spawnSync(program, words, { stdio: ['ignore', process.stderr, 'inherit'] });
	if (status !== 0) {
		throw new Error(`${program} ${words.slice(0, 3).join(' ')} … failed (${error?.message ?? status}).`);
	}
}

/** What a program says, on whichever stream. */
function output(program, words) {
	const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
	if (status !== 0) {
		throw new Error(`${program} ${words.join(' ')} failed (${error?.message ?? status}): ${stderr}`);
	}
	return `${stdout}${stderr}`.trim();
}
