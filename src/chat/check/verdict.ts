/** What a change does to the errors of a file, from what the compiler reported before and after it. */

import { groupBy } from '../../inference/groupBy';
import { leadingBlanks } from '../../inference/indentation';
import type { Translate } from '../../inference/statusText';
import type { Finding } from '../question';
import type { Problem } from './checking';

export type Verdict =
	| {
			readonly type: 'checked';
			/** Errors that the change was to remove, as far as the compiler reports them. */
			readonly asked: number;
			/** Those of them that are still there, with their lines after the change. */
			readonly remaining: readonly Problem[];
			/** Errors that were not there before. */
			readonly brought: readonly Problem[];
			/** Whether a problem was named that this compiler does not report: another tool's. */
			readonly isForeign: boolean;
	  }
	| { readonly type: 'unchecked'; readonly reason: string };

/** What the change is about: the problems that were reported, or without any the lines that it may change, from 0. */
export interface Aim {
	readonly findings: readonly Finding[];
	readonly start: number;
	readonly end: number;
}

/**
 * What new code below a line is to solve: the errors at the line that it belongs to, such as a function that returns
 * nothing yet. Others of the file were there before it and are not its concern.
 */
export function aimOfNew(lines: readonly string[], line: number): Aim {
	const depth = leadingBlanks(lines[line] ?? '').length;
	const isHead = (text: string) => text.trim() !== '' && leadingBlanks(text).length < depth;
	const head = lines.slice(0, line).findLastIndex(isHead);
	return { findings: [], start: head, end: head };
}

/** Two errors with the same key say the same; where they stand may have moved. */
function keyOf({ code, message }: Problem): string {
	return `${code} ${message}`;
}

/** The errors that are meant: by line and text, or where another version of the compiler words them, by line alone. */
function askedOf(before: readonly Problem[], { findings, start, end }: Aim): readonly Problem[] {
	if (findings.length === 0) {
		return before.filter(({ line }) => line >= start && line <= end);
	}
	const onLine = before.filter(({ line }) => findings.some((finding) => finding.line === line + 1));
	const exact = onLine.filter((problem) =>
		findings.some((finding) => finding.line === problem.line + 1 && finding.message === problem.message),
	);
	return exact.length > 0 ? exact : onLine;
}

export function verdictOf(before: readonly Problem[], after: readonly Problem[], aim: Aim): Verdict {
	const asked = askedOf(before, aim);
	const [askedBy, beforeBy, afterBy] = [groupBy(asked, keyOf), groupBy(before, keyOf), groupBy(after, keyOf)];
	const remaining: Problem[] = [];
	const brought: Problem[] = [];
	for (const [key, now] of afterBy) {
		const were = beforeBy.get(key)?.length ?? 0;
		const wanted = askedBy.get(key)?.length ?? 0;
		// The others of the same words were there before and are nobody's concern.
		const left = Math.max(0, now.length - (were - wanted));
		remaining.push(...now.slice(0, Math.min(left, wanted)));
		brought.push(...now.slice(were));
	}
	return {
		type: 'checked',
		asked: asked.length,
		remaining,
		brought,
		isForeign: aim.findings.length > 0 && asked.length === 0,
	};
}

/** Errors that the change leaves or brings; 0 where nobody looked. */
export function faultsOf(verdict: Verdict): readonly Problem[] {
	return verdict.type === 'checked' ? [...verdict.remaining, ...verdict.brought] : [];
}

/** Characters of an error within a sentence. */
const LONGEST = 200;

function told(problems: readonly Problem[]): string {
	const [first] = (problems[0]?.message ?? '').split('\n');
	const text = (first ?? '').slice(0, LONGEST);
	return problems.length > 1 ? `${text} (+${problems.length - 1})` : text;
}

/** What is said of the change. */
export function verdictText(verdict: Verdict, translate: Translate): string {
	if (verdict.type === 'unchecked') {
		return translate('Not checked: {0}', verdict.reason);
	}
	const { asked, remaining, brought, isForeign } = verdict;
	const sentences: string[] = [];
	if (isForeign) {
		sentences.push(translate('Not checked: TypeScript is not what reports this problem.'));
	}
	if (remaining.length > 0) {
		sentences.push(
			remaining.length < asked
				? translate('{0} of {1} errors remain: {2}', remaining.length, asked, told(remaining))
				: translate('The error remains: {0}', told(remaining)),
		);
	}
	if (brought.length > 0) {
		sentences.push(translate('It brings a new error: {0}', told(brought)));
	}
	if (sentences.length === 0) {
		sentences.push(
			asked === 0
				? translate('It brings no error.')
				: asked === 1
					? translate('This removes the error.')
					: translate('This removes the {0} errors.', asked),
		);
	}
	return sentences.join(' ');
}
