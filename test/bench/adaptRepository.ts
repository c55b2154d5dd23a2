/** Held-out packages as a Git repository of their own, in a folder for temporary files. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Repository } from '../../src/finetune/corpus/verdict';
import { root } from '../support/root';
import { commitAll, startRepository } from './gitFolder';

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
	await startRepository(repository.folder, signal);
	await commitAll(repository.folder, 'All.', signal);
	return repository;
}
