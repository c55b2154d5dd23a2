/** What the user decided about single files, laid over what the stages said: it can be taken back without another audit. */

import { balanced } from './balance';
import { type Audit, type AuditedFile, type Forced, out, type Repository, type Verdict } from './verdict';

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

/** A file by what does not change from one audit to the next. */
interface FileName {
	/** Absolute path of the opened folder. */
	readonly folder: string;
	/** Relative to it, with `/`. */
	readonly path: string;
}

/** Index of a file in an audit; -1 where it has none. @param near where it was in the audit before. Default: anywhere. */
export function placeOf(audit: Audit, { folder, path }: FileName, near = -1): number {
	const isIt = (file: AuditedFile | undefined) =>
		file?.path === path && audit.repositories[file.repository]?.folder === folder;
	return isIt(audit.files[near]) ? near : audit.files.findIndex(isIt);
}

/**
 * The audit with what the user decided while it ran.
 * @param choicesOf what is decided by now about the files of a folder
 * @param judge what becomes of a file that was taken in
 */
export async function caughtUp(
	audit: Audit,
	choicesOf: (folder: string) => Forced,
	judge: (repository: Repository, path: string) => Promise<Verdict>,
): Promise<Audit> {
	const files = [...audit.files];
	let isChanged = false;
	for (const repository of audit.repositories) {
		const before = sidesOf(repository.forced);
		const now = sidesOf(choicesOf(repository.folder));
		for (const path of new Set([...before.keys(), ...now.keys()])) {
			const side = now.get(path);
			const place = side === before.get(path) ? -1 : placeOf(audit, { folder: repository.folder, path });
			const file = files[place];
			if (file !== undefined) {
				files[place] =
					side === 'in'
						? takenIn(file, await judge(repository, path))
						: side === 'out'
							? leftOut(file)
							: freed(file);
				isChanged = true;
			}
		}
	}
	return isChanged ? { ...audit, files: balanced(files) } : audit;
}

function sidesOf(forced: Forced | undefined): ReadonlyMap<string, 'in' | 'out'> {
	return new Map([
		...(forced?.in ?? []).map((path) => [path, 'in'] as const),
		...(forced?.out ?? []).map((path) => [path, 'out'] as const),
	]);
}
