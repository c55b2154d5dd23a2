/** An audit as Markdown: what is not read, then counts, every file that is out with its reason, and those that are in. */

import { showInvisible } from '../../inference/invisible';
import { secretsIn } from '../../inference/secretText';
import { escapeMarkdown } from '../../inference/statusText';
import type { Audit, AuditedFile, Stage } from './verdict';

export function auditReport(audit: Audit): string {
	return [
		...audit.leftOut.map(({ name, reason }) => `${plain(name)} is left out: ${plain(reason)}\n`),
		...audit.repositories.map((repository, index) =>
			repositoryReport(
				repository.name,
				audit.files.filter((file) => file.repository === index),
			),
		),
	].join('\n');
}

function repositoryReport(name: string, files: Audit['files']): string {
	const kept = files.flatMap((one) => (one.verdict.type === 'in' ? [one.verdict.characters] : []));
	const left = files.flatMap((one) =>
		one.verdict.type === 'out' ? [{ file: shownPath(one), ...one.verdict }] : [],
	);
	const counts = new Map<Stage, number>();
	for (const one of left) {
		counts.set(one.stage, (counts.get(one.stage) ?? 0) + 1);
	}
	const characters = kept.reduce((sum, length) => sum + length, 0);
	return [
		`## ${plain(name)}`,
		'',
		`${kept.length} of ${files.length} files in, ${characters} characters; ${left.length} out.`,
		'',
		...[...counts].map(([stage, count]) => `- ${stage}: ${count}`),
		'',
		'| File left out | Stage | Value | Threshold |',
		'|---|---|---|---|',
		...left.map(
			(one) => `| ${inCell(one.file)} | ${one.stage} | ${plain(one.value)} | ${plain(one.threshold)} |`,
		),
		'',
		'Files in:',
		'',
		...files.filter((one) => one.verdict.type === 'in').map((one) => `- ${code(shownPath(one))}`),
		'',
	].join('\n');
}

/** Without what may be a secret in it: a report is made to be shown around. */
function shownPath({ path, verdict }: AuditedFile): string {
	if (verdict.type === 'in' || verdict.stage !== 'secret') {
		return path;
	}
	return secretsIn(path)
		.map(({ secretStart, end }) => path.slice(secretStart, end))
		.reduce((shown, secret) => shown.replaceAll(secret, '…'), path);
}

function inCell(text: string): string {
	// In a table it is no part of the code, but ends the cell.
	return code(text).replaceAll('|', '\\|');
}

/** As it is, whatever stands in it: between more backticks in a row than it has. */
function code(text: string): string {
	const most = Math.max(0, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
	const fence = '`'.repeat(most + 1);
	const pad = most > 0 || text.startsWith(' ') ? ' ' : '';
	return `${fence}${pad}${showInvisible(text.replace(/[\r\n]+/g, ' '))}${pad}${fence}`;
}

/** Names and reasons come from files: none may begin something else. */
function plain(text: string): string {
	return escapeMarkdown(text.replace(/\s+/g, ' '));
}
