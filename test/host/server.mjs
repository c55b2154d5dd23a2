/** Starts VS Code's server on 127.0.0.1 and installs extensions into it. */
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureHost, vscodeRoot } from './ensure.mjs';

const main = path.join(vscodeRoot, 'out/server-main.js');

/** Milliseconds until a server that has not said its port counts as failed; 200 are usual. */
const START_LIMIT = 60_000;

/** Milliseconds a server has to end by itself. */
const STOP_LIMIT = 3_000;

/** Longest temporary folder in which VS Code's sockets still fit the 107 bytes that Linux allows for a socket's path. */
const SOCKET_FOLDER_LIMIT = 50;

/** User settings under which nothing pops up by itself and nothing asks the network. */
export const quietSettings = {
	// As on the desktop; in a browser VS Code saves by itself after a second.
	'files.autoSave': 'off',
	'workbench.startupEditor': 'none',
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoUpdate': false,
	'extensions.autoCheckUpdates': false,
	'extensions.ignoreRecommendations': true,
	'workbench.enableExperiments': false,
	'npm.autoDetect': 'off',
	'git.openRepositoryInParentFolders': 'never',
	'files.hotExit': 'off',
	'editor.accessibilitySupport': 'off',
	'typescript.disableAutomaticTypeAcquisition': true,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'chat.disableAIFeatures': true,
	// Restricted Mode without the question: a workspace stays untrusted until somebody trusts it.
	'security.workspace.trust.startupPrompt': 'never',
};

/**
 * Writes settings, unless the folder has some already. To VS Code this server is another machine: what a user sets for each
 * machine by itself is read from the machine's own file.
 */
export function writeSettings(userDataDir, settings = {}) {
	const all = { ...quietSettings, ...settings };
	const ofMachine = machineSettings();
	for (const [name, isIts] of [
		['User', (key) => !ofMachine.has(key)],
		['Machine', (key) => ofMachine.has(key)],
	]) {
		const file = path.join(userDataDir, name, 'settings.json');
		if (!fs.existsSync(file)) {
			const own = Object.entries(all).filter(([key]) => isIts(key));
			fs.mkdirSync(path.dirname(file), { recursive: true });
			fs.writeFileSync(file, JSON.stringify(Object.fromEntries(own), undefined, '\t'));
		}
	}
}

/** Keys of the extension's settings that VS Code takes from the machine that it runs on. */
function machineSettings() {
	const { contributes } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
	const all = contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
	return new Set(all.filter(([, { scope }]) => scope === 'machine').map(([key]) => key));
}

/**
 * Starts a server and waits until it listens.
 *
 * @param {object} options
 * @param {string} options.userDataDir Settings, state, sockets and server.log live in it.
 * @param {string} [options.extensionsDir] Where extensions are installed; default: a folder of userDataDir.
 * @param {Record<string, string | undefined>} [options.env] Added to the environment of server and extension host.
 * @param {boolean} [options.trust] True (default) trusts every folder; false leaves them in Restricted Mode.
 * @param {boolean} [options.autoShutdown] True (default) ends the server soon after its last browser is gone, so that
 *   a killed test leaves no orphan; false serves until stop().
 * @param {string[]} [options.serverArgs] More arguments for server-main.js.
 * @returns {Promise<{ port: number, process: import('node:child_process').ChildProcess, log: string, stop(): Promise<void> }>}
 * @throws with the end of the server's output if it does not listen.
 */
export async function startServer({
	userDataDir,
	extensionsDir = path.join(userDataDir, 'extensions'),
	env = {},
	trust = true,
	autoShutdown = true,
	serverArgs = [],
}) {
	const { node } = ensureHost();
	const log = path.join(userDataDir, 'server.log');
	const child = spawn(
		node,
		[
			main,
			...[
				'--host',
				'127.0.0.1',
				'--port',
				'0',
				'--without-connection-token',
				'--accept-server-license-terms',
			],
			...['--server-data-dir', path.join(userDataDir, 'server'), '--user-data-dir', userDataDir],
			...['--extensions-dir', extensionsDir, '--telemetry-level', 'off'],
			...['--disable-update-check', '--disable-getting-started-override'],
			...(trust ? ['--disable-workspace-trust'] : []),
			...(autoShutdown
				? [
						'--enable-remote-auto-shutdown',
						'--remote-auto-shutdown-without-delay',
						'--reconnection-grace-time',
						'20',
					]
				: []),
			...serverArgs,
		],
		{
			stdio: ['ignore', 'pipe', 'pipe'],
			// A process group of its own: stop() takes the extension host and its children with it.
			detached: true,
			env: { ...process.env, ...socketFolder(userDataDir), ...env },
		},
	);
	const kill = (signal) => {
		try {
			process.kill(-child.pid, signal);
		} catch {
			// The group is gone already.
		}
	};
	const killNow = () => kill('SIGKILL');
	process.on('exit', killNow);
	try {
		const port = await listening(child, fs.createWriteStream(log));
		return { port, process: child, log, stop };
	} catch (error) {
		killNow();
		throw error;
	}

	async function stop() {
		process.off('exit', killNow);
		if (child.exitCode === null && child.signalCode === null) {
			const gone = new Promise((resolve) => child.once('exit', resolve));
			kill('SIGTERM');
			const timer = setTimeout(killNow, STOP_LIMIT);
			await gone;
			clearTimeout(timer);
		}
		killNow();
	}
}

/** VS Code leaves unix sockets in TMPDIR: in the user data folder, where that is short enough. */
function socketFolder(userDataDir) {
	const folder = path.join(userDataDir, 't');
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	return folder.length < SOCKET_FOLDER_LIMIT ? { TMPDIR: folder, XDG_RUNTIME_DIR: folder } : {};
}

function listening(child, log) {
	return new Promise((resolve, reject) => {
		let output = '';
		const fail = (reason) => reject(new Error(`VS Code's server ${reason}\n${output.slice(-2000)}`));
		const timer = setTimeout(() => fail(`did not listen within ${START_LIMIT} ms`), START_LIMIT);
		const read = (data) => {
			log.write(data);
			output = (output + data).slice(-10_000);
			const found = /Extension host agent listening on (\d+)/.exec(output);
			if (found !== null) {
				clearTimeout(timer);
				resolve(Number(found[1]));
			}
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('error', (error) => fail(`could not start: ${error.message}`));
		child.once('exit', (code) => {
			clearTimeout(timer);
			log.end();
			fail(`ended with ${code}`);
		});
	});
}

/**
 * Installs a VSIX as `code --install-extension` does.
 *
 * @param {{ vsix: string, userDataDir: string, extensionsDir: string }} options
 * @throws with the installer's output when it refuses the file.
 */
export async function installExtension({ vsix, userDataDir, extensionsDir }) {
	const { node } = ensureHost();
	const { stdout, stderr } = await promisify(execFile)(node, [
		main,
		...['--install-extension', path.resolve(vsix), '--force', '--accept-server-license-terms'],
		...['--extensions-dir', extensionsDir, '--server-data-dir', path.join(userDataDir, 'server')],
		...['--user-data-dir', userDataDir, '--telemetry-level', 'off'],
	]);
	if (!/successfully installed/.test(stdout)) {
		throw new Error(`VS Code did not install ${vsix}:\n${stdout}\n${stderr}`);
	}
}
