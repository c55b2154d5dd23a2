/** What the newest commits of a repository added: bounded, without those that no person wrote in one go. */

import { runGit } from '../../inference/git';
import type { Repository } from '../corpus/verdict';
import { type Hunk, hunksOf } from './diff';

export interface Commit {
	readonly hash: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly hunks: readonly Hunk[];
}

export interface History {
	/** The commit that is checked out. */
	readonly head: { readonly commit: string; readonly at: number };
	/** Newest first; those that added nothing to the files asked for are not among them. */
	readonly commits: readonly Commit[];
	/** Commits that were looked at, at most 1,000. */
	readonly count: number;
}

/** Commits that are looked at, and of which the changes are read. */
const MOST_COMMITS = 1_000;
const MOST_READ = 400;
/** Commits asked for at once: 30 MB at most are said of them. */
const BATCH = 40;
/** More is a reformatting, an import or a merge by another name. */
const MOST_FILES = 100;
const MOST_LINES = 5_000;
const BOT = /\[bot\]|\b(?:bot|dependabot|renovate)\b/i;
const REVERT = /^revert\b/i;

/** Nothing of the user's or the repository's configuration changes what is said, or runs a program. */
const PLAIN = [
	'--no-color',
	'--no-ext-diff',
	'--no-textconv',
	'--no-renames',
	'--no-show-signature',
	'--relative',
] as const;

/**
 * Undefined where there is no Git, no repository or no commit.
 * @param paths relative to the repository's folder, with `/`: others are of no interest
 * @throws an AbortError
 */
export async function historyOf(
	repository: Repository,
	paths: ReadonlySet<string>,
	signal: AbortSignal,
): Promise<History | undefined> {
	const git = async (...words: readonly string[]) => {
		try {
			const options = ['-c', 'core.quotePath=false'];
			const { status, stdout } = await runGit(
				repository.gitPath,
				repository.folder,
				[...options, ...words],
				undefined,
				signal,
			);
			return status === 0 ? stdout : undefined;
		} catch (error) {
			if (signal.aborted) {
				throw error;
			}
			return undefined;
		}
	};
	const head = await git('log', '-1', '--no-show-signature', '--format=%H%x00%ct');
	const [commit, seconds] = head?.trim().split('\0') ?? [];
	if (commit === undefined || commit === '' || seconds === undefined) {
		return undefined;
	}
	const format = '--format=%x01%H%x00%P%x00%ct%x00%an%x00%s%x00';
	const listing = await git(
		'log',
		`-${MOST_COMMITS}`,
		'--no-merges',
		...PLAIN,
		'--numstat',
		'-z',
		format,
		'--',
		'.',
	);
	const listed = (listing ?? '').split('\x01').slice(1).map(listedCommit);
	const wanted = listed.filter((one) => isWritten(one) && one.files.some((file) => paths.has(file)));
	const commits: Commit[] = [];
	for (let at = 0; at < Math.min(MOST_READ, wanted.length); at += BATCH) {
		const batch = wanted.slice(at, Math.min(MOST_READ, at + BATCH));
		const shown = await git(
			'show',
			...PLAIN,
			'-U0',
			'--inter-hunk-context=0',
			'--src-prefix=a/',
			'--dst-prefix=b/',
			'--format=%x01%H',
			...batch.map(({ hash }) => hash),
		);
		for (const text of (shown ?? '').split('\x01').slice(1)) {
			const [hash = ''] = text.split('\n', 1);
			const time = batch.find((one) => one.hash === hash)?.at;
			const hunks = hunksOf(text).filter(({ path }) => paths.has(path));
			if (time !== undefined && hunks.length > 0) {
				commits.push({ hash, at: time, hunks });
			}
		}
	}
	return { head: { commit, at: Number(seconds) * 1_000 }, commits, count: listed.length };
}

interface Listed {
	readonly hash: string;
	readonly parents: string;
	readonly at: number;
	readonly author: string;
	readonly subject: string;
	readonly files: readonly string[];
	/** Added and removed. */
	readonly lines: number;
}

function listedCommit(text: string): Listed {
	const [hash = '', parents = '', seconds = '', author = '', subject = '', ...rest] = text.split('\0');
	const entries = rest.flatMap((entry) => {
		const match = /^\s*(\d+|-)\t(\d+|-)\t(.+)$/s.exec(entry);
		return match === null
			? []
			: [{ lines: (Number(match[1]) || 0) + (Number(match[2]) || 0), path: match[3] ?? '' }];
	});
	return {
		hash,
		parents,
		at: Number(seconds) * 1_000,
		author,
		subject,
		files: entries.map(({ path }) => path),
		lines: entries.reduce((sum, { lines }) => sum + lines, 0),
	};
}

/** By a person, at one time; the first commit, or the last one of a shallow clone, holds everything before it. */
function isWritten({ parents, author, subject, files, lines }: Listed): boolean {
	return (
		parents !== '' &&
		!BOT.test(author) &&
		!REVERT.test(subject) &&
		files.length <= MOST_FILES &&
		lines <= MOST_LINES
	);
}
