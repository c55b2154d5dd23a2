/** Held-out packages as a Git repository of their own, in a folder for temporary files. */
import { execFile } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Repository } from '../../src/finetune/corpus/verdict';
import { root } from '../support/root';

const run = promisify(execFile);

/**
 * Fetches the packages through `holdout.mjs`, which checks their hashes, and commits their sources.
 * @param names several packages become folders of one repository
 * @throws Error with what npm or Git said, or an AbortError
 */
export async function packageRepository(
	names: readonly string[],
	folder: string,
	signal: AbortSignal,
): Promise<Repository> {
	await run(process.execPath, [path.join(root, 'test/bench/holdout.mjs'), folder, ...names], { signal });
	const [only] = names;
	const repository = {
		name: names.join(', '),
		folder: names.length === 1 && only !== undefined ? path.join(folder, only) : folder,
		gitPath: 'git',
	};
	// Nothing of the user's own configuration: no hooks, no signatures, no files that are ignored everywhere.
	const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: os.devNull };
	const git = (...words: readonly string[]) =>
		run(repository.gitPath, words, { cwd: repository.folder, env, signal });
	await git('init', '--quiet');
	await git('add', '--all');
	await git('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'All.');
	return repository;
}
