/** The files of a local repository as Git tracks them, read with a limit. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { throwIfAborted } from '../inference/cancel';
import { judge, judgeName, type Verdict } from './corpus';

/** Bytes that `git ls-files` may print: 100,000 paths fit. */
const LARGEST_LISTING = 32 * 1024 * 1024;

/** Files between two reports of progress: each is a message to the window. */
const REPORT_EVERY = 100;

/** Git is missing, or the folder is no repository. */
export class RepositoryError extends Error {
	override readonly name = 'RepositoryError';
}

/**
 * Paths that Git tracks below `folder`, relative to it, with `/`.
 * @param gitPath the `git` program
 * @throws RepositoryError naming the folder, the reason and the remedy
 */
export function trackedFiles(gitPath: string, folder: string, signal: AbortSignal): Promise<string[]> {
	return new Promise((resolve, reject) => {
		execFile(
			gitPath,
			['-C', folder, 'ls-files', '-z', '--cached'],
			// Not in the repository: Windows would look there first for a program called git.
			{ cwd: os.homedir(), maxBuffer: LARGEST_LISTING, signal, windowsHide: true },
			(error, stdout, stderr) => {
				if (error === null) {
					resolve(stdout.split('\0').filter((name) => name !== ''));
				} else if (signal.aborted) {
					reject(error);
				} else {
					const reason = stderr.trim() === '' ? error.message : stderr.trim();
					reject(
						new RepositoryError(
							`Git cannot list the files of ${folder}: ${reason}. Open a folder that is a Git repository, or set git.path.`,
						),
					);
				}
			},
		);
	});
}

/** One verdict a tracked file. Symbolic links are not followed: they may lead out of the repository. */
export async function auditRepository(
	gitPath: string,
	folder: string,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<{ readonly path: string; readonly verdict: Verdict }[]> {
	const files = await trackedFiles(gitPath, folder, signal);
	const verdicts: { path: string; verdict: Verdict }[] = [];
	for (const [index, file] of files.entries()) {
		throwIfAborted(signal);
		verdicts.push({ path: file, verdict: await judgeFile(folder, file) });
		if ((index + 1) % REPORT_EVERY === 0 || index + 1 === files.length) {
			onProgress(index + 1, files.length);
		}
	}
	return verdicts;
}

async function judgeFile(folder: string, file: string): Promise<Verdict> {
	const absolute = path.join(folder, file);
	const status = await fs.lstat(absolute).catch(() => undefined);
	if (status === undefined || !status.isFile()) {
		return {
			type: 'out',
			stage: 'unreadable',
			figure: status === undefined ? 'missing' : 'not a plain file',
		};
	}
	const byName = judgeName(file, status.size);
	if (byName !== undefined) {
		return byName;
	}
	const text = await fs.readFile(absolute, 'utf8').catch(() => undefined);
	return judge({ path: file, bytes: status.size, text });
}
