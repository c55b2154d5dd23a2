/** How many commits a repository has gained since an adapter was trained on it: by the local Git alone. */

import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import { runGit } from '../../inference/git';
import type { DataSummary, RepositoryHead } from './dataSummary';

export interface CommitsSince {
	readonly repository: string;
	/** Commits that are in HEAD and were not at training, and that touch files of a kind that was trained on. */
	readonly commits: number;
}

/** A folder of the workspace. */
interface WorkspaceFolder {
	readonly name: string;
	/** Absolute. */
	readonly folder: string;
}

/** Commits beyond which nobody counts. */
export const MOST_COMMITS = 1_000;
/** Milliseconds for one repository. */
const PATIENCE = 5_000;
/** Kinds of files that Git is asked about. */
const MOST_KINDS = 16;
/** A name for a commit that cannot be an option. */
const COMMIT = /^[0-9a-f]{7,64}$/;

/**
 * @param folders Those open now; a repository that is in none of them is left out, as one that forgot the commit.
 * @throws AbortError when the signal fires.
 */
export async function commitsSince(
	data: DataSummary,
	folders: readonly WorkspaceFolder[],
	gitPath: string,
	signal: AbortSignal,
): Promise<readonly CommitsSince[]> {
	const kinds = data.languages
		.filter(({ ending }) => /^\.[\w+#-]+$/.test(ending))
		.slice(0, MOST_KINDS)
		.map(({ ending }) => `*${ending}`);
	const found: CommitsSince[] = [];
	for (const head of data.heads) {
		const folder = folderOf(head, folders, data.heads.length);
		const commits =
			folder === undefined || !COMMIT.test(head.commit)
				? undefined
				: await countCommits(folder, head.commit, kinds, gitPath, signal);
		if (commits !== undefined) {
			found.push({ repository: head.repository, commits });
		}
	}
	return found;
}

async function countCommits(
	folder: string,
	commit: string,
	kinds: readonly string[],
	gitPath: string,
	signal: AbortSignal,
): Promise<number | undefined> {
	const words = ['rev-list', '--count', `--max-count=${MOST_COMMITS}`, `${commit}..HEAD`, '--', ...kinds];
	const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
	const answer = await runGit(gitPath, folder, words, undefined, patience).catch(() => undefined);
	throwIfAborted(signal);
	const count = Number(answer?.status === 0 ? answer.stdout.trim() || Number.NaN : Number.NaN);
	return Number.isSafeInteger(count) ? count : undefined;
}

/** The folder of that name, or the place below it; the only folder where there is but one repository. */
function folderOf(
	{ repository }: RepositoryHead,
	folders: readonly WorkspaceFolder[],
	repositories: number,
): string | undefined {
	const within = folders.find(({ name }) => repository === name || repository.startsWith(`${name}/`));
	if (within !== undefined) {
		return path.join(within.folder, repository.slice(within.name.length + 1));
	}
	return folders.length === 1 && repositories === 1 ? folders[0]?.folder : undefined;
}
