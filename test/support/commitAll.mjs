/** A folder as a Git repository with one commit, whatever the machine's own configuration says. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** @param {string} folder Absolute. */
export function commitAll(folder) {
	const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: os.devNull };
	for (const words of [
		['init', '--quiet'],
		['add', '--all'],
		['-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '-m', 'All.'],
	]) {
		execFileSync('git', words, { cwd: folder, env });
	}
}
