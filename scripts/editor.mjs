/** Finds a desktop VS Code: one that is given, installed, or downloaded where there is a display to show it on. */
import { execFileSync } from 'node:child_process';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';

/**
 * `VSCODE_EXECUTABLE` names one; `WEB_HOST=1` says that none is wanted.
 *
 * @param {{ installed: boolean, log?: (line: string) => void }} options installed: whether the `code` command will do;
 *   it starts the user's own VS Code, which is right for `npm start` and wrong for tests.
 * @returns {Promise<{ path: string, origin: string } | undefined>} undefined: use the web host.
 */
export async function findDesktop({ installed, log = console.log }) {
	if (process.env.VSCODE_EXECUTABLE) {
		return { path: process.env.VSCODE_EXECUTABLE, origin: 'VSCODE_EXECUTABLE' };
	}
	if (process.env.WEB_HOST) {
		return undefined;
	}
	const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
	if (process.platform === 'linux' && !display) {
		return undefined;
	}
	const command = installed ? which('code') : undefined;
	if (command !== undefined) {
		return { path: command, origin: 'installed' };
	}
	try {
		return { path: await downloadAndUnzipVSCode({ version: 'stable' }), origin: 'downloaded' };
	} catch (error) {
		log(`desktop VS Code cannot be downloaded: ${error.message}`);
		return undefined;
	}
}

function which(command) {
	try {
		const locate = process.platform === 'win32' ? 'where' : 'which';
		const found = execFileSync(locate, [command], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
		// Windows lists the shell script for other systems first.
		const lines = found.split(/\r?\n/).filter(Boolean);
		return lines.find((line) => /\.(cmd|exe)$/i.test(line)) ?? lines[0];
	} catch {
		return undefined;
	}
}
