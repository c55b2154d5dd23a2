/** From what was asked of `@familiar` in VS Code's own chat to a question with its context, and what of it is not read. */

import { participant } from '../../manifest';
import { admit, fileMaterial, type Lines, refused } from '../context/material';
import { codeAtCursor } from '../context/selection';
import type { Found, SourceTools } from '../context/source';
import { type Attachment, MAX_ATTACHED, MAX_ATTACHMENTS, type Question } from '../question';

/** Something that was named in the question or went along with it. */
export type Reference =
	| { readonly type: 'file'; readonly uri: string; readonly lines?: Lines }
	| { readonly type: 'text'; readonly label: string; readonly text: string }
	| { readonly type: 'other'; readonly label: string };

export interface AskedThere {
	/** Without `@familiar` and the command. */
	readonly prompt: string;
	readonly command: string | undefined;
	readonly references: readonly Reference[];
}

export interface Understood {
	/** Undefined where there is nothing to ask; `notRead` says why. */
	readonly question: Question | undefined;
	/** What is not read, with the reason. */
	readonly notRead: readonly Extract<Found, { type: 'refused' }>[];
}

/** Commands without context of their own are about the code at the cursor. */
export async function understood(asked: AskedThere, tools: SourceTools): Promise<Understood> {
	const { prompt, command } = asked;
	const found = limited(await Promise.all(asked.references.map((one) => material(one, tools))), tools);
	const notRead = found.filter((one) => one.type === 'refused');
	const attachments = found.flatMap((one) => (one.type === 'attached' ? one.attachment : []));
	const task = participant.commands.find((name) => name === command);
	if (task === undefined) {
		return prompt.trim() === ''
			? nothing(notRead, tools.translate('Write your question behind @familiar.'))
			: { question: { task: 'question', text: prompt, attachments }, notRead };
	}
	if (attachments.length > 0) {
		return { question: { task, findings: [], words: prompt, attachments }, notRead };
	}
	const code = await codeAtCursor(tools);
	if (code === undefined) {
		return nothing(
			notRead,
			tools.translate('Open a file and put the cursor into its code, or name some with # first.'),
		);
	}
	if (code.found.type === 'refused') {
		return { question: undefined, notRead: [...notRead, code.found] };
	}
	// Only what is wrong or unclear has to do with what is reported.
	const findings = task === 'fix' || task === 'explain' ? code.findings : [];
	return { question: { task, findings, words: prompt, attachments: [code.found.attachment] }, notRead };
}

function nothing(notRead: Understood['notRead'], reason: string): Understood {
	return { question: undefined, notRead: [...notRead, { type: 'refused', label: '@familiar', reason }] };
}

async function material(reference: Reference, tools: SourceTools): Promise<Found> {
	const { editor, translate } = tools;
	switch (reference.type) {
		case 'file': {
			const file = editor.named(reference.uri);
			return file === undefined
				? refused(
						reference.uri,
						translate('It is not in the workspace. Open its folder, or open it in an editor.'),
					)
				: fileMaterial(file, tools, reference.lines);
		}
		case 'text': {
			const { label, text } = reference;
			return admit({ kind: 'code', label, path: '', language: '', firstLine: 0, text }, tools);
		}
		case 'other':
			return refused(reference.label, translate('The local model reads text alone and calls no tools.'));
	}
}

/** Not more than a question can hold, and each once: the file in the editor goes along by itself, too. */
function limited(all: readonly Found[], { translate }: SourceTools): readonly Found[] {
	const taken: Attachment[] = [];
	return all.flatMap((found) => {
		if (found.type === 'refused') {
			return found;
		}
		const { attachment } = found;
		if (taken.some(({ label, text }) => label === attachment.label && text === attachment.text)) {
			return [];
		}
		const characters = taken.reduce((sum, { text }) => sum + text.length, attachment.text.length);
		if (taken.length === MAX_ATTACHMENTS || characters > MAX_ATTACHED) {
			return refused(
				attachment.label,
				translate('The question has as much context as it can. Remove something else first.'),
			);
		}
		taken.push(attachment);
		return found;
	});
}
