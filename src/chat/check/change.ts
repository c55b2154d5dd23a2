/** Checks a change of a document: says at once where it cannot be checked, and else asks the checking process. */

import type { Translate } from '../../inference/statusText';
import type { Checked, Checker } from './checker';
import type { Compiler, OpenFile } from './checking';
import { findCompilers, type Place } from './compilers';
import { type Aim, type Verdict, verdictOf } from './verdict';

/** A document as the editor has it. */
export interface Subject extends Place {
	/** Scheme of its address; what is not `file` has no project around it. */
	readonly scheme: string;
	/** VS Code's language id. */
	readonly language: string;
	readonly before: string;
	/** The other documents that are not saved. */
	readonly open: readonly OpenFile[];
}

const CHECKED_LANGUAGES = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'];

/** The compilers for a document, or why it is not checked. */
export async function compilersFor(
	subject: Subject,
	translate: Translate,
): Promise<readonly Compiler[] | string> {
	if (!CHECKED_LANGUAGES.includes(subject.language)) {
		return translate('only TypeScript and JavaScript are.');
	}
	if (subject.scheme !== 'file') {
		return translate('the text is not in a file on this machine.');
	}
	const compilers = await findCompilers(subject);
	return compilers.length === 0 ? translate('no TypeScript was found.') : compilers;
}

/** @throws an AbortError when the signal fires. */
export async function checkChange(
	checker: Pick<Checker, 'check'>,
	subject: Subject,
	compilers: readonly Compiler[],
	after: string,
	aim: Aim,
	translate: Translate,
	signal: AbortSignal,
): Promise<Verdict> {
	const { file, before, open } = subject;
	const checked = await checker.check({ compilers, file, before, after, open }, signal);
	return checked.type === 'checked'
		? verdictOf(checked.before, checked.after, aim)
		: { type: 'unchecked', reason: reasonOf(checked, translate) };
}

function reasonOf({ why, detail }: Extract<Checked, { type: 'unchecked' }>, translate: Translate): string {
	switch (why) {
		case 'slow':
			return translate('TypeScript took too long.');
		case 'large':
			return translate('the file is too large.');
		case 'ended':
			return translate('the check {0}.', detail === '' ? translate('was ended') : detail);
		case 'failed':
			return translate('TypeScript failed: {0}', detail);
	}
}
