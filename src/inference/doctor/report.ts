/** The doctor's report as Markdown, and where in its text something can be clicked. */

import { hideHome } from '../diagnostics';
import type { Translate } from '../statusText';
import type { Finding, Grade, Help } from './check';

interface ReportFacts {
	/** Absolute; written as `~`, so that the report can be pasted into an issue. */
	readonly homeFolder: string;
	readonly translate: Translate;
}

/** A text that stands in the report, and the command it stands for. */
export interface Link {
	readonly text: string;
	readonly command: string;
	readonly argument: string | undefined;
}

export interface Report {
	readonly text: string;
	readonly links: readonly Link[];
}

const ORDER: readonly Grade[] = ['wrong', 'attention', 'ok'];

/** What is wrong stands first; within a grade the order is that of the checks. */
export function report(findings: readonly Finding[], { homeFolder, translate }: ReportFacts): Report {
	const words: Readonly<Record<Grade, string>> = {
		wrong: translate('wrong'),
		attention: translate('attention'),
		ok: translate('ok'),
	};
	const count = (grade: Grade) => findings.filter((finding) => finding.grade === grade).length;
	const lines = ORDER.flatMap((grade) =>
		findings.filter((finding) => finding.grade === grade).map((finding) => line(finding, words, translate)),
	);
	const text = [
		`# ${translate('Familiar: doctor')}`,
		'',
		translate('{0} wrong, {1} to look at, {2} ok.', count('wrong'), count('attention'), count('ok')),
		'',
		...lines,
		'',
	].join('\n');
	return { text: hideHome(text, homeFolder), links: linksOf(findings) };
}

function line(finding: Finding, words: Readonly<Record<Grade, string>>, translate: Translate): string {
	const start = `- ${words[finding.grade]}: **${finding.name}**: ${finding.measured.replace(/\s+/g, ' ').trim()}`;
	return finding.helps.length === 0
		? start
		: `${start} ${translate('What helps: {0}', finding.helps.map(shown).join(', '))}`;
}

function shown(help: Help): string {
	switch (help.type) {
		case 'command':
			return `**${help.title}**`;
		case 'setting':
			return `\`${help.key}\``;
		case 'advice':
			return help.text;
	}
}

function linksOf(findings: readonly Finding[]): readonly Link[] {
	const links = new Map<string, Link>();
	for (const help of findings.flatMap((finding) => finding.helps)) {
		if (help.type === 'command') {
			links.set(help.title, { text: shown(help), command: help.command, argument: undefined });
		} else if (help.type === 'setting') {
			const argument = help.key;
			links.set(help.key, { text: shown(help), command: 'workbench.action.openSettings', argument });
		}
	}
	return [...links.values()];
}
