/** Commands that the user wrote: `.familiar/prompts/NAME.md`, with `{{selection}}`, `{{file}}` and `{{input}}` in them. */

import type { Attachment } from '../question';
import type { FileName } from './editor';
import { fileMaterial } from './material';
import type { Found, SourceTools } from './source';

export const PROMPT_FOLDER = '.familiar/prompts/';

/** Characters of a prompt: an instruction, not a document. */
const LONGEST = 16_000;
const MOST = 100;

interface UserPrompt {
	/** As written after the slash. */
	readonly name: string;
	readonly description: string;
	/** The instruction, with its placeholders. */
	readonly body: string;
}

export type FoundPrompt =
	| { readonly type: 'prompt'; readonly prompt: UserPrompt }
	| { readonly type: 'unusable'; readonly name: string; readonly reason: string };

/** The name of a prompt's command; undefined for a file that is none. */
export function promptName({ path }: FileName): string | undefined {
	const at = path.lastIndexOf(PROMPT_FOLDER);
	return at < 0 ? undefined : /^([a-z][\w-]{0,63})\.md$/i.exec(path.slice(at + PROMPT_FOLDER.length))?.[1];
}

/** A front matter with a `description` is optional. */
export function parsePrompt(name: string, text: string): UserPrompt {
	const [matter = '', fields = ''] = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
	const described = /^description:[ \t]*(.*)$/m.exec(fields)?.[1]?.trim() ?? '';
	return {
		name,
		description: described.replace(/^(["'])(.*)\1$/, '$2').slice(0, 200),
		body: text.slice(matter.length).trim(),
	};
}

/** All prompts of the workspace by name; of several with one name the first. None in Restricted Mode. */
export async function userPrompts(
	tools: SourceTools,
	list: () => Promise<readonly FileName[]>,
): Promise<readonly FoundPrompt[]> {
	if (!tools.editor.isTrusted) {
		return [];
	}
	const files = new Map<string, FileName>();
	for (const file of (await list()).slice(0, MOST)) {
		const name = promptName(file);
		if (name !== undefined && !files.has(name)) {
			files.set(name, file);
		}
	}
	return Promise.all([...files].map(([name, file]) => readPrompt(name, file, tools)));
}

async function readPrompt(name: string, file: FileName, tools: SourceTools): Promise<FoundPrompt> {
	const { translate } = tools;
	const read = await fileMaterial(file, tools);
	if (read.type === 'refused') {
		return { type: 'unusable', name, reason: read.reason };
	}
	const { text } = read.attachment;
	if (text.length > LONGEST) {
		return {
			type: 'unusable',
			name,
			reason: translate('A prompt may have at most {0} characters.', LONGEST),
		};
	}
	const prompt = parsePrompt(name, text);
	return prompt.body === ''
		? { type: 'unusable', name, reason: translate('There is nothing in it.') }
		: { type: 'prompt', prompt };
}

type FilledPrompt =
	| { readonly type: 'filled'; readonly text: string; readonly attachments: readonly Attachment[] }
	| { readonly type: 'refused'; readonly reason: string };

/**
 * The instruction with its placeholders filled in. Code never stands in it: it is named there and attached, so that it
 * keeps its fence and can be cut to what fits.
 */
export async function fillPrompt(
	prompt: UserPrompt,
	words: string,
	read: {
		readonly selection: () => Promise<Found | undefined>;
		readonly file: () => Promise<Found | undefined>;
	},
	{ translate }: Pick<SourceTools, 'translate'>,
): Promise<FilledPrompt> {
	const attachments: Attachment[] = [];
	let { body } = prompt;
	for (const name of ['selection', 'file'] as const) {
		const placeholder = `{{${name}}}`;
		if (!body.includes(placeholder)) {
			continue;
		}
		const found = await read[name]();
		if (found === undefined) {
			return {
				type: 'refused',
				reason: translate(
					'/{0} asks about the open file, for its text has {1}. Open one first.',
					prompt.name,
					placeholder,
				),
			};
		}
		if (found.type === 'refused') {
			return { type: 'refused', reason: `${found.label}: ${found.reason}` };
		}
		attachments.push(found.attachment);
		body = body.replaceAll(placeholder, () => `[${found.attachment.label}, given below]`);
	}
	const takesInput = body.includes('{{input}}');
	// A function, since `$&` in the words is no pattern.
	const filled = body.replaceAll('{{input}}', () => words);
	const text = takesInput || words === '' ? filled : `${filled}\n\n${words}`;
	return { type: 'filled', text, attachments };
}
