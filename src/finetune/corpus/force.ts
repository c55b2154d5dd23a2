/** What the user decided about single files, laid over what the stages said: it can be taken back without another audit. */

import { balanced } from './balance';
import { type Audit, type AuditedFile, out, type Verdict } from './verdict';

/** Left out by the user. What the stages said stays known. */
export function leftOut(file: AuditedFile): AuditedFile {
	return {
		...file,
		verdict: out('forced', 'you left it out', { threshold: 'your choice' }),
		judged: file.judged ?? file.verdict,
	};
}

/** @param verdict of `judgeForced`: a file that must not be taken in stays out, and says so */
export function takenIn(file: AuditedFile, verdict: Verdict): AuditedFile {
	const judged = file.judged ?? file.verdict;
	return verdict.type === 'out' ? { ...freed(file), verdict } : { ...file, verdict, judged };
}

/** As the stages had it. */
export function freed(file: AuditedFile): AuditedFile {
	const { judged, ...rest } = file;
	return judged === undefined ? file : { ...rest, verdict: judged };
}

/** The audit with another verdict on one file, balanced anew. */
export function withFile(audit: Audit, index: number, file: AuditedFile): Audit {
	return { ...audit, files: balanced(audit.files.with(index, file)) };
}
