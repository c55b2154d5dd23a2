/** Commits → the message of a change, the change that a message asks for, and the fix of what it says is wrong. */

import { dedented, fenced, fenceLanguage } from './fence';
import type { Commit, Hunk } from './history';
import { hunksOf } from './history';
import type { Pair, PairKind } from './pair';

/** Characters of a diff, and of a place before or after: CommitPackFT's 50 to 768 tokens, both sides together. */
const SHORTEST_DIFF = 100;
const LONGEST_DIFF = 2_300;
const LONGEST_SIDE = 1_200;
/** Files of a commit whose diff is shown, and places of a fix. */
const MOST_FILES = 3;
const MOST_HUNKS = 2;
/** Characters of a message's body that is part of the answer. */
const LONGEST_BODY = 400;

const FIX =
	/^(?:fix|correct|prevent|avoid|handle|repair|resolve|do not|don't|stop)\b|\b(?:bug|crash|error|exception|regression|wrong|incorrect|broken|leak|race|deadlock)\b/i;
/** No answer can be given from the code alone. */
const ELSEWHERE = /\b(?:typo|lint|format(?:ting)?|comment|docs?|readme|changelog|test|tests|ci|build)\b/i;

export function isFix({ subject }: Pick<Commit, 'subject'>): boolean {
	return FIX.test(subject) && !ELSEWHERE.test(subject);
}

/**
 * @param repository its name, as shown.
 * @param diffs of the commit's files, by path.
 * @param kinds what is asked for.
 */
export function pairsOfCommit(
	repository: string,
	commit: Commit,
	diffs: ReadonlyMap<string, string>,
	kinds: ReadonlySet<PairKind>,
): readonly Pair[] {
	const shown = [...diffs].slice(0, MOST_FILES + 1);
	const files = shown.map(([file]) => `${repository}/${file}`);
	const [only] = shown;
	const hunks = only === undefined || shown.length > 1 ? [] : hunksOf(only[1]);
	// A message about what is not shown would teach to make things up.
	const isWhole = diffs.size === commit.touched;
	const pairs: Pair[] = [];
	if (only !== undefined && kinds.has('fixes') && isFix(commit) && hunks.length <= MOST_HUNKS) {
		pairs.push(...hunks.flatMap((hunk) => fixOf(only[0], commit, hunk, files)));
	} else if (only !== undefined && kinds.has('commits') && hunks.length === 1) {
		pairs.push(...hunks.flatMap((hunk) => editOf(only[0], commit, hunk, files)));
	}
	if (kinds.has('commits') && isWhole && shown.length > 0 && shown.length <= MOST_FILES) {
		pairs.push(...messageOf(commit, shown, files));
	}
	return pairs;
}

function messageOf(
	{ subject, body }: Commit,
	shown: readonly (readonly [file: string, diff: string])[],
	files: readonly string[],
): readonly Pair[] {
	const diff = shown.map(([file, part]) => `--- a/${file}\n+++ b/${file}\n${part}`).join('\n');
	return diff.length < SHORTEST_DIFF || diff.length > LONGEST_DIFF
		? []
		: [
				{
					kind: 'commits',
					question: `Write the commit message for this change.\n\n${fenced('diff', diff)}`,
					answer: body === '' || body.length > LONGEST_BODY ? subject : `${subject}\n\n${body}`,
					files,
				},
			];
}

/** Without a place before, there is nothing to change; without one after, nothing to write. */
function isLearnable({ before, after, changed }: Hunk): boolean {
	return (
		changed >= 1 &&
		before.trim() !== after.trim() &&
		before.replace(/\s+/g, '') !== after.replace(/\s+/g, '') &&
		before.trim().length >= SHORTEST_DIFF / 2 &&
		after.trim().length >= SHORTEST_DIFF / 2 &&
		before.length <= LONGEST_SIDE &&
		after.length <= LONGEST_SIDE
	);
}

function editOf(file: string, commit: Commit, hunk: Hunk, files: readonly string[]): readonly Pair[] {
	return isLearnable(hunk)
		? [changeOf('commits', `Change this part of ${file}: ${lowered(commit.subject)}.`, file, hunk, files)]
		: [];
}

function fixOf(file: string, commit: Commit, hunk: Hunk, files: readonly string[]): readonly Pair[] {
	return isLearnable(hunk)
		? [
				changeOf(
					'fixes',
					`Something is wrong in this part of ${file}. It needs a fix: ${lowered(commit.subject)}.`,
					file,
					hunk,
					files,
				),
			]
		: [];
}

function changeOf(
	kind: PairKind,
	ask: string,
	file: string,
	{ before, after }: Hunk,
	files: readonly string[],
): Pair {
	const language = fenceLanguage(file);
	return {
		kind,
		question: `${ask}\n\n${fenced(language, dedented(before))}`,
		answer: fenced(language, dedented(after)),
		files,
	};
}

/** As a part of a sentence. */
function lowered(subject: string): string {
	const rest = subject.replace(/[.\s]+$/, '');
	return /^[A-Z][a-z]/.test(rest) ? rest.charAt(0).toLowerCase() + rest.slice(1) : rest;
}
