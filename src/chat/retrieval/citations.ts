/** Which material of a question is a source that an answer can name, and by which number. */

import type { Attachment, Question } from '../question';
import type { TurnSource } from '../turn';

/** Parts of files. What has no place in a file cannot be opened. */
export function sourceAttachments({ attachments = [] }: Question): readonly Attachment[] {
	return attachments.filter(
		({ kind, path, firstLine }) => kind !== 'guidance' && path !== '' && firstLine > 0,
	);
}

/** As they are listed below an answer. */
export function sourcesOf(question: Question): readonly TurnSource[] {
	const cited = isCited(question);
	return sourceAttachments(question).map(({ path, firstLine, text }, index) => ({
		path,
		firstLine,
		lastLine: firstLine + text.split('\n').length - 1,
		...(cited ? { number: index + 1 } : {}),
	}));
}

/** Whether the model is to say which source a statement rests on: where something was looked up for it. */
export function isCited({ attachments = [] }: Question): boolean {
	return attachments.some(({ kind }) => kind === 'found');
}

/** The number of a source, from 1; undefined for what is none, and where none is cited. */
export function numberOf(question: Question, attachment: Attachment): number | undefined {
	const at = isCited(question) ? sourceAttachments(question).indexOf(attachment) : -1;
	return at < 0 ? undefined : at + 1;
}

/** For the prompt: how to name a source. */
export const CITE =
	'Parts of the workspace that were looked up are numbered. After each statement that rests on one, write its number in brackets, such as [1]. If they do not answer the question, say so.';
