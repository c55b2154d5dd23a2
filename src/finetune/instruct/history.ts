/** The commits of a repository from which something can be learned, and what each changed. */

import { throwIfAborted } from '../../inference/cancel';
import { runGit } from '../../inference/git';
import type { Repository } from '../corpus/verdict';

export interface Commit {
	readonly hash: string;
	readonly subject: string;
	/** What follows the subject; mostly empty. */
	readonly body: string;
	/** Files that it changed and that may be learned from, relative to the repository's folder, with `/`. */
	readonly files: readonly string[];
	/** Files that it changed in all, those too that nothing may be learned from. */
	readonly touched: number;
	/** Lines added and removed. */
	readonly lines: number;
}

/** A place that a commit changed, with the lines around it. */
export interface Hunk {
	readonly before: string;
	readonly after: string;
	/** Lines that were added or removed. */
	readonly changed: number;
}

/** Newest commits that are looked at; older ones are of code that is no more. */
const MOST_COMMITS = 4_000;
/** More is a reformatting. */
const MOST_FILES = 100;
const MOST_LINES = 5_000;
/** Characters of a subject, and words that it must have more than (CommitPackFT). */
const SHORTEST_SUBJECT = 10;
const LONGEST_SUBJECT = 1_000;
const FEWEST_WORDS = 4;

const FIELD = '\x1f';
const RECORD = '\x1e';

const BOT = /\[bot\]|\bbot\b|dependabot|renovate|github-actions|greenkeeper|snyk|pre-commit-ci|weblate/i;
const DULL =
	/^(?:merge|revert|wip|bump|release|version|initial commit|update (?:dependenc|changelog|readme|lock)|upgrade dependenc|v?\d+\.\d+)|\b(?:wip|bump(?:s|ed)?|cherry[- ]pick(?:ed)?)\b|https?:|\bissue #?\d|#\d|\b[0-9a-f]{40}\b|^[^\p{L}]/iu;
/** `feat(parser): ` before the message. */
const CONVENTIONAL = /^[a-z]{2,12}(?:\([^)\n]{1,40}\))?!?:\s+/;
const VERBS = new Set(
	'add adapt adjust align allow apply assert avoid batch be bind bound break build cache call change check clarify clean clear close collapse compare compute configure convert copy correct count cover create cut deal declare decouple default defer define delete deprecate detect disable disallow discard do document draw drop emit enable encode end enforce ensure escape evaluate exclude expand expect explain export expose extend extract fail fall fetch fill filter find fix flush follow forbid force format free generate get give group guard handle hide hold honor honour ignore implement import improve include increase infer inherit initialise initialize inject inline insert install instrument introduce invalidate invert isolate join keep leave let limit link list load lock log look lower make map mark match measure merge migrate mock modify move name narrow normalise normalize notify open optimise optimize order override parse pass patch pin polish preserve prevent print propagate protect provide pull push put raise read rebuild reduce redirect refactor refine reject relax release reload remember remove rename render reorder reorganise reorganize replace report require reset resolve respect restore restrict restructure retry return reuse rework rewrite round run save say scale schedule select send separate serialise serialize set share shorten show simplify skip sort speed split start state stop store stream strip support suppress swap switch sync take tell test throw tidy track translate treat trim try tune turn type unify update upgrade use validate verify wait warn widen wire wrap write'.split(
		' ',
	),
);

/**
 * Commits that say in an imperative what they do, the newest first: no merges, no bots, no bumps, no reformatting.
 * @param isIn whether a file may be learned from: commits of none are left out, and others of those alone.
 * @returns empty where there is no history. @throws an AbortError; the error of starting Git.
 */
export async function commitsOf(
	repository: Pick<Repository, 'folder' | 'gitPath'>,
	isIn: (path: string) => boolean,
	signal: AbortSignal,
): Promise<readonly Commit[]> {
	throwIfAborted(signal);
	const { status, stdout } = await runGit(
		repository.gitPath,
		repository.folder,
		[
			'log',
			'--no-merges',
			'--no-color',
			'--no-show-signature',
			'--no-ext-diff',
			'--no-textconv',
			'--no-renames',
			'--relative',
			`--max-count=${MOST_COMMITS}`,
			'--numstat',
			'-z',
			`--format=${RECORD}%H${FIELD}%an <%ae>${FIELD}%s${FIELD}%b${FIELD}`,
		],
		undefined,
		signal,
	);
	return status === 0 ? stdout.split(RECORD).flatMap((record) => commitIn(record, isIn)) : [];
}

function commitIn(record: string, isIn: (path: string) => boolean): readonly Commit[] {
	const [hash = '', author = '', written = '', body = '', changes = ''] = record.split(FIELD);
	const subject = written.replace(CONVENTIONAL, '').trim();
	const stats = [...changes.matchAll(/(\d+|-)\t(\d+|-)\t([^\0\n]+)/g)];
	const lines = stats.reduce(
		(sum, [, added, removed]) => sum + (Number(added) || 0) + (Number(removed) || 0),
		0,
	);
	const files = stats.flatMap(([, , , file = '']) => (isIn(file) ? [file] : []));
	return /^[0-9a-f]{40,64}$/.test(hash) &&
		!BOT.test(author) &&
		isTelling(subject) &&
		!DULL.test(written.trim()) &&
		files.length > 0 &&
		stats.length <= MOST_FILES &&
		lines <= MOST_LINES
		? [{ hash, subject: capitalised(subject), body: bodyOf(body), files, touched: stats.length, lines }]
		: [];
}

/** Whether a subject says what was done, as CommitPackFT has it. */
function isTelling(subject: string): boolean {
	const words = subject.split(/\s+/);
	const verb = words[0]?.toLowerCase() ?? '';
	return (
		subject.length >= SHORTEST_SUBJECT &&
		subject.length <= LONGEST_SUBJECT &&
		words.length > FEWEST_WORDS &&
		(VERBS.has(verb) || /^re[a-z]{3,}$|^un[a-z]{3,}$/.test(verb))
	);
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Without what programs add. */
function bodyOf(body: string): string {
	return body
		.split('\n')
		.filter((line) => !/^[A-Z][\w-]+: |^(?:co-authored|signed-off)-by|^\(?cherry picked|https?:/i.test(line))
		.join('\n')
		.trim();
}

/** What a commit did to some of its files, as Git shows it, by file; a file that Git calls binary is left out. */
export async function diffOf(
	repository: Pick<Repository, 'folder' | 'gitPath'>,
	{ hash, files }: Pick<Commit, 'hash' | 'files'>,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
	const { status, stdout } = await runGit(
		repository.gitPath,
		repository.folder,
		[
			'-c',
			'core.quotePath=false',
			'show',
			'--format=',
			'--no-color',
			'--no-show-signature',
			'--no-ext-diff',
			'--no-textconv',
			'--no-renames',
			'--relative',
			'--unified=4',
			'--src-prefix=a/',
			'--dst-prefix=b/',
			hash,
			'--',
			...files.map((file) => `:(literal)${file}`),
		],
		undefined,
		signal,
	);
	const diffs = new Map<string, string>();
	for (const part of status === 0 ? stdout.split(/^(?=diff --git )/m) : []) {
		const file = /^\+\+\+ b\/(.+?)\t?$/m.exec(part)?.[1];
		const start = part.search(/^@@ /m);
		if (file !== undefined && start >= 0 && files.includes(file)) {
			diffs.set(file, part.slice(start).trimEnd());
		}
	}
	return diffs;
}

/** The hunks of one file's diff, before and after. */
export function hunksOf(diff: string): readonly Hunk[] {
	return diff
		.split(/^@@ [^\n]*\n/m)
		.slice(1)
		.map((hunk) => {
			const lines = hunk
				.replace(/\n$/, '')
				.split('\n')
				.filter((line) => !line.startsWith('\\'));
			const side = (mark: string) =>
				lines.filter((line) => line.startsWith(mark) || /^(?: |$)/.test(line)).map((line) => line.slice(1));
			return {
				before: side('-').join('\n'),
				after: side('+').join('\n'),
				changed: lines.filter((line) => /^[+-]/.test(line)).length,
			};
		});
}
