/** An audit as Markdown: what is not read, then counts, every file that is out with its reason, and those that are in. */

import type { Audit, Stage } from './verdict';

export function auditReport(audit: Audit): string {
	return [
		...audit.leftOut.map(({ name, reason }) => `${name} is left out: ${inLine(reason)}\n`),
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
		one.verdict.type === 'out' ? [{ path: one.path, ...one.verdict }] : [],
	);
	const counts = new Map<Stage, number>();
	for (const one of left) {
		counts.set(one.stage, (counts.get(one.stage) ?? 0) + 1);
	}
	const characters = kept.reduce((sum, length) => sum + length, 0);
	return [
		`## ${name}`,
		'',
		`${kept.length} of ${files.length} files in, ${characters} characters; ${left.length} out.`,
		'',
		...[...counts].map(([stage, count]) => `- ${stage}: ${count}`),
		'',
		'| File left out | Stage | Value | Threshold |',
		'|---|---|---|---|',
		...left.map(
			(one) => `| ${inCell(one.path)} | ${one.stage} | ${inCell(one.value)} | ${inCell(one.threshold)} |`,
		),
		'',
		'Files in:',
		'',
		...files.filter((one) => one.verdict.type === 'in').map((one) => `- ${one.path}`),
		'',
	].join('\n');
}

function inCell(text: string): string {
	return inLine(text).replaceAll('|', '\\|');
}

function inLine(text: string): string {
	return text.replace(/\s+/g, ' ');
}
