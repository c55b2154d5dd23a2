/** What may be given to the model: no excluded or binary files, nothing that looks like a secret, nothing huge. */

import { secretsIn } from '../../inference/secretText';
import { type Attachment, MAX_EXCERPT } from '../question';
import { oneLine } from '../tasks/task';
import type { FileName } from './editor';
import type { Found, SourceTools } from './source';

/** Bytes of a file that is still read. */
export const MAX_BYTES = MAX_EXCERPT;

/** Characters of a name: a path may be longer than a chip. */
const MAX_NAME = 1_000;

export function refused(label: string, reason: string): Found {
	return { type: 'refused', label: nameOf(label), reason };
}

function nameOf(label: string): string {
	return oneLine(label).slice(-MAX_NAME);
}

/** Lets a text in, or says why not. */
export function admit(attachment: Attachment, { translate }: Pick<SourceTools, 'translate'>): Found {
	const { label, path, text } = attachment;
	if (text.trim() === '') {
		return refused(label, translate('There is nothing in it.'));
	}
	if (text.length > MAX_EXCERPT) {
		return refused(label, tooLarge(text.length, translate));
	}
	const secret = secretReason(text, attachment.firstLine, translate);
	if (secret !== undefined) {
		return refused(label, secret);
	}
	return {
		type: 'attached',
		attachment: { ...attachment, label: nameOf(label), path: path.slice(-MAX_NAME) },
	};
}

/**
 * Which line looks like a secret; undefined where none does.
 * @param firstLine of the text in its file, from 1; 0 where it is in none
 */
export function secretReason(
	text: string,
	firstLine: number,
	translate: SourceTools['translate'],
): string | undefined {
	const secret = secretsIn(text)[0];
	if (secret === undefined) {
		return undefined;
	}
	const line = text.slice(0, secret.start).split('\n').length + Math.max(0, firstLine - 1);
	return translate('Line {0} looks like a secret: {1}', line, secret.rule);
}

function tooLarge(size: number, translate: SourceTools['translate']): string {
	return translate(
		'It is too large: {0} KB, at most {1} KB can be read.',
		Math.ceil(size / 1024),
		MAX_BYTES / 1024,
	);
}

/** Lines of a file, counted from 0, both inclusive; without them the whole file. */
export interface Lines {
	readonly start: number;
	readonly end: number;
}

/** A file, or a part of it, by its name. */
export async function fileMaterial(
	{ path, uri }: FileName,
	tools: SourceTools,
	lines?: Lines,
): Promise<Found> {
	const { editor, translate } = tools;
	const why = await editor.excluded(uri);
	if (why !== undefined) {
		return refused(path, why);
	}
	const read = await editor.read(uri, MAX_BYTES);
	switch (read.type) {
		case 'missing':
			return refused(path, translate('There is no such file.'));
		case 'folder':
			return refused(path, translate('It is a folder. Name its files one by one.'));
		case 'binary':
			return refused(path, translate('It is not a text in UTF-8.'));
		case 'outside':
			return refused(path, translate('It is a link that leads out of the workspace.'));
		case 'too-large':
			return refused(path, tooLarge(read.bytes, translate));
		case 'text':
			return codeMaterial({ path, language: read.language, lines: read.text.split(/\r?\n/) }, tools, lines);
	}
}

/** Lines of a document that is known not to be excluded. */
export function codeMaterial(
	document: { readonly path: string; readonly language: string; readonly lines: readonly string[] },
	tools: Pick<SourceTools, 'translate'>,
	lines?: Lines,
): Found {
	const { path, language } = document;
	const start = Math.max(0, lines?.start ?? 0);
	const end = Math.min(document.lines.length - 1, lines?.end ?? document.lines.length - 1);
	const text = document.lines.slice(start, end + 1).join('\n');
	const label = lines === undefined ? path : `${path}:${start + 1}-${end + 1}`;
	return admit({ kind: 'code', label, path, language, firstLine: start + 1, text }, tools);
}
