/** What a prompt is made of: an instruction with the form of the answer, and labelled material between fences. */

import { showInvisible, stripInvisible } from '../../inference/invisible';
import type { Attachment, Excerpt, Finding, Question, TaskName } from '../question';
import type { Cut } from '../trim';

/** A part of the user's message. `cut` says which lines go first when the budget is short. */
export interface Section {
	readonly label: string;
	readonly text: string;
	readonly language: string;
	readonly cut: Cut;
	/** Whether it goes before all others when the budget is short. Default: false. */
	readonly isNeeded?: boolean;
}

type QuestionOf<T extends TaskName> = Extract<Question, { task: T }>;

/** One prompt. What the user wrote after the command and what is attached follow by themselves. */
export interface Task<T extends TaskName> {
	/** What to do, and the form of the answer. */
	readonly instruction: (question: QuestionOf<T>) => string;
	/** The task's own material. */
	readonly sections: (question: QuestionOf<T>) => readonly Section[];
}

/** A name from outside on one line, with nothing hidden in it: what follows a line break would stand outside of every fence. */
export function oneLine(name: string): string {
	return showInvisible(name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' '));
}

function lastLineOf(firstLine: number, code: string): number {
	return firstLine + code.split('\n').length - 1;
}

export function place({ path, firstLine, code }: Omit<Excerpt, 'language'>): string {
	return `${oneLine(path)}, lines ${firstLine} to ${lastLineOf(firstLine, code)}`;
}

export function codeSection(label: string, excerpt: Excerpt, cut: Cut): Section {
	return { label, text: excerpt.code, language: excerpt.language, cut };
}

/** The code that a command is about, with the problems that are reported in it. */
export function codeSections({
	excerpt,
	findings,
}: {
	readonly excerpt?: Excerpt;
	readonly findings: readonly Finding[];
}): readonly Section[] {
	return [
		...(excerpt === undefined ? [] : [codeSection(`Code (${place(excerpt)}):`, excerpt, 'end')]),
		...(findings.length === 0
			? []
			: [
					{
						label: 'Reported problems:',
						text: findings.map((finding) => `line ${finding.line}: ${finding.message}`).join('\n'),
						language: '',
						cut: 'end',
					} as const,
				]),
	];
}

/** How an attachment is introduced, and what of it counts least. */
const KINDS: Readonly<Record<Attachment['kind'], { readonly label: string; readonly cut: Cut }>> = {
	code: { label: 'Code', cut: 'end' },
	found: { label: 'Looked up in the workspace', cut: 'end' },
	changes: { label: 'Changes', cut: 'end' },
	problems: { label: 'Reported problems', cut: 'end' },
	// The error stands at the end.
	terminal: { label: 'Output of the terminal', cut: 'start' },
	guidance: { label: "The project's own guidance", cut: 'end' },
};

/** Kinds whose label says no more than the kind does, and says it in the language of the editor. */
const WITHOUT_NAME: readonly Attachment['kind'][] = ['changes', 'problems', 'terminal'];

export function attachmentSection({ kind, label, path, language, firstLine, text }: Attachment): Section {
	const { label: what, cut } = KINDS[kind];
	const where = path !== '' && firstLine > 0 ? place({ path, firstLine, code: text }) : oneLine(label);
	const introduced = WITHOUT_NAME.includes(kind) ? `${what}:` : `${what} (${where}):`;
	return { label: introduced, text, language, cut };
}

/** What the user cannot see, the model must not obey. */
export function visible(section: Section): Section {
	return { ...section, text: showInvisible(section.text) };
}

/** The same for code that the answer takes the place of: what is written out there would be written into the file. */
export function withoutHidden(section: Section): Section {
	return { ...section, text: stripInvisible(section.text) };
}
