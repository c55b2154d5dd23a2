/** From what the user wrote to a question with its context, or to a sentence that says why nothing was asked. */

import type { Attachment, Question } from '../question';
import { builtInCommands, type HelpRow, help } from '../tasks/help';
import { changes } from './changes';
import { cursorPlace } from './cursorPlace';
import type { FileName } from './editor';
import { fileMaterial } from './material';
import type { Notice, Suggestion } from './messages';
import { codeAtCursor } from './selection';
import type { ContextSource, Found, SourceTools } from './source';
import { commandIn, mentionOf } from './syntax';
import type { Tray } from './tray';
import { type FoundPrompt, fillPrompt, PROMPT_FOLDER, userPrompts } from './userPrompts';

export interface AskingOptions extends SourceTools {
	readonly sources: readonly ContextSource[];
	readonly tray: Tray;
	/** Files of the folder of prompts. */
	readonly promptFiles: () => Promise<readonly FileName[]>;
}

export type Outcome =
	| { readonly type: 'question'; readonly question: Question; readonly title: string }
	/** An editor's own command does it, and offers the change. */
	| { readonly type: 'editor'; readonly command: 'fix' | 'generate' }
	/** Nothing is asked. `isAnswer`: it is what was wanted, and the draft is done with. */
	| { readonly type: 'notice'; readonly notice: Notice; readonly isAnswer: boolean };

type CodeTask = 'explain' | 'fix' | 'tests' | 'doc' | 'review';

/** Rows that a list shows. */
const MOST = 20;

export class Asking {
	constructor(private readonly options: AskingOptions) {}

	/** What the word that is being written may become. */
	async suggest(word: string, signal: AbortSignal): Promise<readonly Suggestion[]> {
		if (word.startsWith('/')) {
			const typed = word.slice(1).toLowerCase();
			return (await this.commands())
				.filter(({ name }) => name.toLowerCase().startsWith(typed))
				.map(({ name, text }) => ({ insert: `/${name}`, label: `/${name}`, detail: text, continues: false }));
		}
		const [, name = '', colon = '', argument = ''] = /^#([a-z]*)(:?)"?(.*)$/i.exec(word) ?? [];
		const { sources } = this.options;
		if (colon === '') {
			return sources
				.filter((source) => source.name.startsWith(name.toLowerCase()))
				.map(({ name: full, description, takesArgument }) => ({
					insert: takesArgument ? `#${full}:` : `#${full}`,
					label: `#${full}`,
					detail: description,
					continues: takesArgument,
				}));
		}
		const source = sources.find((one) => one.name === name.toLowerCase());
		const found = (await source?.suggest?.(argument, signal)) ?? [];
		return found.slice(0, MOST).flatMap(({ argument: chosen, label, detail }) => {
			const insert = mentionOf(name.toLowerCase(), chosen);
			return insert === undefined ? [] : { insert, label, detail, continues: false };
		});
	}

	async ask(text: string, signal: AbortSignal): Promise<Outcome> {
		const command = commandIn(text);
		if (command?.name === 'help') {
			return this.help();
		}
		const isBuiltIn = command === undefined || this.isBuiltIn(command.name);
		const prompt = isBuiltIn ? undefined : await this.promptOf(command.name);
		if (!isBuiltIn && prompt?.type !== 'prompt') {
			return this.unknown(command.name, prompt);
		}
		const found = await this.options.tray.collect(text, signal);
		const problems = found.filter((one) => one.type === 'refused');
		if (problems.length > 0) {
			return this.notice(
				this.options.translate('This was not sent: a part of it cannot be used. Remove it:'),
				problems.map(({ label, reason }) => ({ name: label, text: reason })),
			);
		}
		const attachments = found.flatMap((one) => (one.type === 'attached' ? one.attachment : []));
		if (command === undefined) {
			return { type: 'question', question: { task: 'question', text, attachments }, title: text };
		}
		if (prompt?.type === 'prompt') {
			return this.askPrompt(prompt, command.words, text, attachments);
		}
		return this.run(command.name, command.words, text, attachments, signal);
	}

	private async run(
		name: string,
		words: string,
		title: string,
		attachments: readonly Attachment[],
		signal: AbortSignal,
	): Promise<Outcome> {
		const hasContext = attachments.some(({ kind }) => kind !== 'guidance');
		switch (name) {
			case 'commit': {
				const staged = await changes(this.options, 'staged', undefined, signal);
				return staged.type === 'refused'
					? this.notice(staged.reason)
					: {
							type: 'question',
							question: { task: 'commit', words, attachments: [...attachments, staged.attachment] },
							title,
						};
			}
			case 'generate':
				return words === '' && !hasContext
					? { type: 'editor', command: 'generate' }
					: this.generate(words, title, attachments);
			case 'fix':
				if (words === '' && !hasContext) {
					return { type: 'editor', command: 'fix' };
				}
				return this.onCode('fix', words, title, attachments);
			case 'explain':
			case 'tests':
			case 'doc':
			case 'review':
				return this.onCode(name, words, title, attachments);
			default:
				return this.unknown(name, undefined);
		}
	}

	/** Without context of its own, a command is about the code at the cursor. */
	private async onCode(
		task: CodeTask,
		words: string,
		title: string,
		attachments: readonly Attachment[],
	): Promise<Outcome> {
		if (attachments.some(({ kind }) => kind !== 'guidance')) {
			return { type: 'question', question: { task, findings: [], words, attachments }, title };
		}
		const code = await codeAtCursor(this.options);
		if (code === undefined) {
			return this.notice(
				this.options.translate('Open a file and put the cursor into its code, or name some with # first.'),
			);
		}
		const { found, findings } = code;
		return found.type === 'refused'
			? this.notice(`${found.label}: ${found.reason}`)
			: {
					type: 'question',
					question: {
						task,
						// Only what is wrong or unclear has to do with what is reported.
						findings: task === 'fix' || task === 'explain' ? findings : [],
						words,
						attachments: [...attachments, found.attachment],
					},
					title,
				};
	}

	private async generate(words: string, title: string, attachments: readonly Attachment[]): Promise<Outcome> {
		const { translate } = this.options;
		if (words === '') {
			return this.notice(translate('Describe the code after /generate.'));
		}
		const place = await cursorPlace(this.options);
		return place.type === 'refused'
			? this.notice(`${place.label}: ${place.reason}`)
			: {
					type: 'question',
					question: {
						task: 'generate',
						from: 'words',
						instruction: words,
						excerpt: place.excerpt,
						after: place.after,
						attachments,
					},
					title,
				};
	}

	private async askPrompt(
		{ prompt }: Extract<FoundPrompt, { type: 'prompt' }>,
		words: string,
		title: string,
		attachments: readonly Attachment[],
	): Promise<Outcome> {
		const { editor } = this.options;
		const active = editor.active();
		const filled = await fillPrompt(
			prompt,
			words,
			{
				selection: async () => (await codeAtCursor(this.options))?.found,
				file: async (): Promise<Found | undefined> =>
					active === undefined ? undefined : fileMaterial(active, this.options),
			},
			this.options,
		);
		return filled.type === 'refused'
			? this.notice(filled.reason)
			: {
					type: 'question',
					question: {
						task: 'question',
						text: filled.text,
						attachments: [...attachments, ...filled.attachments],
					},
					title,
				};
	}

	private isBuiltIn(name: string): boolean {
		return builtInCommands(this.options.translate).some((one) => one.name === name);
	}

	private async promptOf(name: string): Promise<FoundPrompt | undefined> {
		return (await userPrompts(this.options, this.options.promptFiles)).find((found) =>
			found.type === 'prompt' ? found.prompt.name === name : found.name === name,
		);
	}

	private async commands(): Promise<readonly HelpRow[]> {
		const { translate, promptFiles } = this.options;
		const own = builtInCommands(translate);
		const prompts = (await userPrompts(this.options, promptFiles)).flatMap((found) =>
			found.type === 'prompt' && !this.isBuiltIn(found.prompt.name)
				? {
						name: found.prompt.name,
						text: found.prompt.description || translate('Your prompt in {0}', PROMPT_FOLDER),
					}
				: [],
		);
		return [...own, ...prompts];
	}

	private async help(): Promise<Outcome> {
		const { translate, sources } = this.options;
		const mentions = sources.map(({ name, description, takesArgument }) => ({
			name,
			text: description,
			takesArgument,
		}));
		const rows = help(await this.commands(), mentions);
		const text = translate('Start with a command; use mentions anywhere in the question:');
		return { type: 'notice', notice: { text, rows }, isAnswer: true };
	}

	private unknown(name: string, prompt: FoundPrompt | undefined): Outcome {
		const { translate } = this.options;
		return this.notice(
			prompt?.type === 'unusable'
				? translate('/{0} cannot be used. {1}{2}.md: {3}', name, PROMPT_FOLDER, name, prompt.reason)
				: translate(
						'There is no command /{0}; /help lists them. A space before the slash makes it plain text.',
						name,
					),
		);
	}

	private notice(text: string, rows: Notice['rows'] = []): Extract<Outcome, { type: 'notice' }> {
		return { type: 'notice', notice: { text, rows }, isAnswer: false };
	}
}
