/** Commits in a folder, for benches that make repositories of their own. */
import { execFile } from 'node:child_process';
import * as os from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @throws Error with what Git said, or an AbortError */
export async function startRepository(folder: string, signal: AbortSignal): Promise<void> {
	await git(folder, ['init', '--quiet'], {}, signal);
}

/**
 * All that lies in the folder.
 * @param date as ISO 8601 has it; default: now
 * @throws as `startRepository`
 */
export async function commitAll(
	folder: string,
	message: string,
	signal: AbortSignal,
	date?: string,
): Promise<void> {
	const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
	await git(folder, ['add', '--all'], {}, signal);
	const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
	await git(folder, [...author, 'commit', '--quiet', '--allow-empty', '-m', message], dates, signal);
}

async function git(
	folder: string,
	words: readonly string[],
	variables: NodeJS.ProcessEnv,
	signal: AbortSignal,
): Promise<void> {
	// Nothing of the user's own configuration: no hooks, no signatures, no files that are ignored everywhere.
	const own = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: os.devNull };
	await run('git', words, { cwd: folder, env: { ...process.env, ...own, ...variables }, signal });
}
