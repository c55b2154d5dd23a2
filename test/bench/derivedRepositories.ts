/** Repositories made of another one's files: shuffled, to spoil an adapter, and a few of them, to leave too little. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Audit, AuditedFile, Repository } from '../../src/finetune/corpus/verdict';
import { shuffledLines } from '../support/houseCode';
import { commitAll, startRepository } from './gitFolder';

/**
 * The files that an audit let in but for the held-out ones, the words of each line in an order of chance.
 * @param heldOut names as `repository/path`
 * @throws what the disk says, or Git, or an AbortError
 */
export function shuffledRepository(
	audit: Audit,
	heldOut: ReadonlySet<string>,
	folder: string,
	signal: AbortSignal,
): Promise<Repository> {
	const kept = filesIn(audit).filter(
		({ path: file, repository }) => !heldOut.has(`${audit.repositories[repository]?.name}/${file}`),
	);
	return written(audit, kept, folder, (text, index) => shuffledLines(text, index + 1), signal);
}

/**
 * So many of the files, of middle size.
 * @throws as `shuffledRepository`
 */
export function fewFiles(
	audit: Audit,
	count: number,
	folder: string,
	signal: AbortSignal,
): Promise<Repository> {
	const bySize = filesIn(audit).sort((one, other) => charactersOf(one) - charactersOf(other));
	const first = Math.max(0, Math.floor((bySize.length - count) / 2));
	return written(audit, bySize.slice(first, first + count), folder, (text) => text, signal);
}

function filesIn({ files }: Audit): AuditedFile[] {
	return files.filter(({ verdict }) => verdict.type === 'in');
}

function charactersOf({ verdict }: AuditedFile): number {
	return verdict.type === 'in' ? verdict.characters : 0;
}

async function written(
	{ repositories }: Audit,
	files: readonly AuditedFile[],
	folder: string,
	change: (text: string, index: number) => string,
	signal: AbortSignal,
): Promise<Repository> {
	for (const [index, { repository, path: file }] of files.entries()) {
		const from = path.join(repositories[repository]?.folder ?? '', file);
		const to = path.join(folder, file);
		fs.mkdirSync(path.dirname(to), { recursive: true });
		fs.writeFileSync(to, change(fs.readFileSync(from, 'utf8'), index));
	}
	await startRepository(folder, signal);
	await commitAll(folder, 'All.', signal);
	return { name: path.basename(folder), folder, gitPath: 'git' };
}
