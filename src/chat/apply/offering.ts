/** From an answer to an edit that the user accepts: checked, bettered by the model where the check finds fault, and offered. */

import { hasInvisible, stripInvisible } from '../../inference/invisible';
import type { Translate } from '../../inference/statusText';
import type { LineRange } from '../blocks';
import { type Attempt, bestOf, changed, MORE_ROUNDS } from '../check/rounds';
import { type Aim, faultsOf, type Verdict, verdictText } from '../check/verdict';
import { codeBlocksOf } from '../fences';
import { editsBetween, type LineEdit } from '../patch';
import { type Excerpt, type Finding, MAX_EXCERPT, MAX_FINDINGS, type Question } from '../question';
import type { ChatSession } from '../session';
import type { Turn } from '../turn';

/** What an answer is to change. */
export interface Change {
	/** All lines of the file, as they were read. */
	readonly lines: readonly string[];
	/** Those that the answer takes the place of; one that ends before it starts is a place between lines. */
	readonly range: LineRange;
	/** What the change is to solve. */
	readonly aim: Aim;
	readonly file: Pick<Excerpt, 'path' | 'language'>;
	/** The edits of `lines` that a code block stands for. */
	readonly editsOf: (code: string) => readonly LineEdit[];
	/** What the user wants besides; it is said again with each further round. Default: nothing. */
	readonly words?: string;
}

/** `moved`: applied to a file that had changed meanwhile. */
export type Outcome = 'applied' | 'moved' | 'discarded' | 'changed' | 'ambiguous' | 'deleted' | 'refused';

export interface OfferingOptions {
	readonly session: Pick<ChatSession, 'note'>;
	readonly translate: Translate;
	check(lines: readonly string[], aim: Aim): Promise<Verdict>;
	/** Asks the model; undefined where it cannot be asked now. */
	ask(question: Question, title: string): Promise<Turn | undefined>;
	/** Shows the change and applies it when the user says so. `said`: what the check found. */
	/** `isFaulty`: it leaves an error that it should remove, or brings one. */
	propose(edits: readonly LineEdit[], said: string, isFaulty: boolean): Promise<Outcome>;
	/** The edits that the code of an answer stands for, so that they can be applied later too. */
	remember(turn: string, code: string, edits: readonly LineEdit[]): void;
}

/** The code of an answer: its last block that is whole. */
function codeIn(turn: Turn): string | undefined {
	return codeBlocksOf(turn.text).findLast(
		(block) => block.code.trim() !== '' && (block.closed || turn.state === 'done'),
	)?.code;
}

/** Whether the answer came to an end; stopped and failed ones say so themselves. */
function isOver(turn: Turn): boolean {
	return turn.state === 'done' || turn.state === 'cut';
}

/** Resolves when the user has decided, or there is nothing to decide. What became of it stands at the answer. */
export async function offerChange(first: Turn, change: Change, offering: OfferingOptions): Promise<void> {
	const { session, translate } = offering;
	if (!isOver(first)) {
		return;
	}
	const code = codeIn(first);
	if (code === undefined) {
		const none = translate('No change: the answer has no complete code block.');
		session.note(first.id, first.note === undefined ? none : `${first.note} ${none}`);
		return;
	}
	const { lines, range } = change;
	const edits = change.editsOf(stripInvisible(code));
	if (edits.length === 0) {
		session.note(first.id, translate('No change: the file already has this code.'));
		return;
	}
	const answers = [{ id: first.id, code }];
	let isStopped = false;
	const best = await bestOf(changed(lines, edits, range), {
		check: (after) => offering.check(after, change.aim),
		async again(attempt, findings, round) {
			const question = questionAgain(attempt, findings, change);
			const turn =
				question === undefined
					? undefined
					: await offering.ask(question, titleAgain(question, findings, round, translate));
			isStopped = turn !== undefined && !isOver(turn);
			const better = turn === undefined || isStopped ? undefined : codeIn(turn);
			if (turn === undefined || better === undefined) {
				return undefined;
			}
			answers.push({ id: turn.id, code: better });
			return stripInvisible(better);
		},
		onChecked(attempt, isLast) {
			const { id, code: written } = answers[attempt.round] ?? { id: first.id, code };
			const said = verdictText(attempt.verdict, translate);
			offering.remember(id, stripInvisible(written), editsBetween(lines, attempt.lines));
			session.note(id, isLast ? said : `${said} ${translate('The model tries again.')}`);
		},
	});
	const answer = answers[best.round] ?? { id: first.id, code };
	const said = verdictText(best.verdict, translate);
	if (isStopped) {
		session.note(answer.id, said);
		return;
	}
	const outcome = await offering.propose(
		editsBetween(lines, best.lines),
		said,
		faultsOf(best.verdict).length > 0,
	);
	session.note(answer.id, `${said} ${outcomeText(outcome, hasInvisible(answer.code), translate)}`);
}

/** What became of an offer. */
export function outcomeText(outcome: Outcome, hadHidden: boolean, translate: Translate): string {
	switch (outcome) {
		case 'applied':
			return hadHidden
				? translate('Applied, without the hidden characters that the answer contained.')
				: translate('Applied.');
		case 'moved':
			return translate('Applied. The file had changed since it was read.');
		case 'discarded':
			return translate('Not applied.');
		case 'changed':
			return translate('Not applied: the file has changed in the lines that it would change.');
		case 'ambiguous':
			return translate('Not applied: the file has changed, and several places in it could be meant.');
		case 'deleted':
			return translate('Not applied: the file was deleted meanwhile.');
		case 'refused':
			return translate('Not applied: the file cannot be changed.');
	}
}

function questionAgain(
	{ lines, range }: Attempt,
	findings: readonly Finding[],
	{ file, words }: Change,
): (Question & { readonly excerpt: Excerpt }) | undefined {
	const code = lines.slice(range.start, range.end + 1).join('\n');
	const excerpt = { ...file, firstLine: range.start + 1, code };
	return code.trim() === '' || code.length > MAX_EXCERPT
		? undefined
		: {
				task: 'fix',
				excerpt,
				findings: findings.slice(0, MAX_FINDINGS),
				...(words === undefined ? {} : { words }),
			};
}

function titleAgain(
	{ excerpt }: { readonly excerpt: Excerpt },
	findings: readonly Finding[],
	round: number,
	translate: Translate,
): string {
	const head = translate('Fix again ({0} of {1}) {2}', round, MORE_ROUNDS, excerpt.path);
	return [head, ...findings.slice(0, MAX_FINDINGS).map(({ message }) => message)].join('\n');
}
