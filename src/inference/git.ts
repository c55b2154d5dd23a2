/** Runs the local Git without letting the repository choose what is run. */

import { execFile } from 'node:child_process';
import * as os from 'node:os';

/** Bytes that Git may print: 100,000 paths with their attributes fit. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

const OF_A_REPOSITORY: readonly string[] = [
	'GIT_DIR',
	'GIT_WORK_TREE',
	'GIT_INDEX_FILE',
	'GIT_COMMON_DIR',
	'GIT_OBJECT_DIRECTORY',
	'GIT_NAMESPACE',
	'GIT_PREFIX',
];

export interface GitResult {
	/** 0 is success; some subcommands answer "no" with 1. */
	readonly status: number;
	readonly stdout: string;
	/** Why it failed, where it did. */
	readonly stderr: string;
}

/**
 * @param folder absolute; Git works there
 * @param input what it reads; undefined for nothing
 * @throws Error where Git could not be started or said too much; AbortError when the signal fires
 */
export function runGit(
	gitPath: string,
	folder: string,
	words: readonly string[],
	input: string | undefined,
	signal: AbortSignal,
): Promise<GitResult> {
	return new Promise((resolve, reject) => {
		const child = execFile(
			gitPath,
			// No program that the repository's own configuration names.
			['-C', folder, '-c', 'core.fsmonitor=false', ...words],
			// Not in the repository: Windows would look there first for a program called git.
			{
				cwd: os.homedir(),
				env: environment(),
				maxBuffer: LARGEST_ANSWER,
				signal,
				windowsHide: true,
			},
			(error, stdout, stderr) => {
				if (error === null) {
					resolve({ status: 0, stdout, stderr });
				} else if (typeof error.code === 'number') {
					resolve({ status: error.code, stdout, stderr });
				} else {
					reject(error);
				}
			},
		);
		// A Git that ends early says why itself; that it did not read on is no news.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
	});
}

/**
 * Nothing is fetched: a partial clone would get what it lacks from its server. And an editor that Git itself opened would hand on
 * which repository that was for.
 */
function environment(): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(([name]) => !OF_A_REPOSITORY.includes(name.toUpperCase()));
	return {
		...Object.fromEntries(own),
		GIT_ALLOW_PROTOCOL: '',
		GIT_NO_LAZY_FETCH: '1',
		GIT_TERMINAL_PROMPT: '0',
	};
}

/** The program that VS Code's `git.path` names: a string, or a list of which the first is tried. */
export function gitProgram(configured: unknown): string {
	const first: unknown = Array.isArray(configured) ? configured[0] : configured;
	return typeof first === 'string' && first !== '' ? first : 'git';
}
