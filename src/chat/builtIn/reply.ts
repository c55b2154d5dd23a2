/** The answer of `@familiar` in VS Code's own chat: what was not read, the text while it is written, how it ended. */

import { showInvisible } from '../../inference/invisible';
import type { Remedy } from '../../inference/model';
import { escapeMarkdown, type Translate } from '../../inference/statusText';
import type { SourceTools } from '../context/source';
import type { Ending } from '../ending';
import { type GenerationOptions, generate } from '../generation';
import type { Exchange } from '../messages';
import { sourcesOf } from '../retrieval/citations';
import { stepTitle } from '../stepTitle';
import type { ChatTexts } from '../textKeys';
import type { TurnStep } from '../turn';
import { AnswerOnly } from './answerOnly';
import { type AskedThere, type Understood, understood } from './asked';

/** What the chat shows. */
export interface Shown {
	/** A piece of Markdown. */
	readonly markdown: (text: string) => void;
	/** A part of a file that the model is given; lines from 1, both included. */
	readonly source: (uri: string, firstLine: number, lastLine: number) => void;
	/** Something that the model looks up, in one line. */
	readonly step: (title: string) => void;
	/** A button that helps. */
	readonly remedy: (remedy: Remedy) => void;
}

export interface ReplyOptions extends GenerationOptions {
	readonly tools: SourceTools;
	readonly texts: Pick<ChatTexts, 'cut' | 'nothing' | 'stepRunning'>;
}

/** An earlier question to `@familiar` in the same conversation, with its answer. */
export interface Earlier {
	readonly asked: AskedThere;
	readonly answer: string;
}

/** Runs to the end, whatever that is. Cancellation is silent. */
export async function reply(
	options: ReplyOptions,
	asked: AskedThere,
	history: readonly Earlier[],
	shown: Shown,
	signal: AbortSignal,
): Promise<void> {
	const { tools, texts } = options;
	const { question, notRead } = await understood(asked, tools);
	if (notRead.length > 0) {
		shown.markdown(notReadText(notRead, question !== undefined, tools.translate));
	}
	if (question === undefined || signal.aborted) {
		return;
	}
	for (const { path, firstLine, lastLine } of sourcesOf(question)) {
		const file = await tools.editor.find(path);
		if (file !== undefined) {
			shown.source(file.uri, firstLine, lastLine);
		}
	}
	const answer = new AnswerOnly((text) => shown.markdown(showInvisible(text)));
	const listener = {
		onText: (text: string) => answer.add(text),
		onUsage: () => undefined,
		onSteps: (steps: readonly TurnStep[]) => {
			const last = steps.at(-1);
			if (last?.state === 'running') {
				shown.step(escapeMarkdown(stepTitle(texts.stepRunning, last)));
			}
		},
	};
	const past = { exchanges: await exchanges(history, tools) };
	const ending = await generate(options, question, past, listener, signal);
	if (signal.aborted) {
		return;
	}
	answer.end();
	const note = noteOf(ending, answer.length === 0, texts);
	if (note !== undefined) {
		shown.markdown(`\n\n*${escapeMarkdown(note)}*\n`);
	}
	for (const remedy of ending.remedies) {
		shown.remedy(remedy);
	}
}

/** The context of earlier questions is read anew: what is excluded by now stays out. */
async function exchanges(history: readonly Earlier[], tools: SourceTools): Promise<readonly Exchange[]> {
	const all = await Promise.all(
		history.map(async ({ asked, answer }) => {
			const { prompt, command, references } = asked;
			// What was at the cursor then is not what is there now.
			const words = references.length === 0 ? undefined : command;
			const text = prompt.trim() === '' ? `/${command}` : prompt;
			return {
				question: (await understood({ prompt: text, command: words, references }, tools)).question,
				answer,
			};
		}),
	);
	return all.flatMap(({ question, answer }) => (question === undefined ? [] : { question, answer }));
}

function notReadText(notRead: Understood['notRead'], isAsked: boolean, translate: Translate): string {
	const lines = notRead.map(({ label, reason }) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(reason)}`);
	const head = isAsked
		? translate('Answered without this, which was not read:')
		: translate('Nothing was asked of the model:');
	return `${head}\n\n${lines.join('\n')}\n\n`;
}

function noteOf({ state, note }: Ending, isEmpty: boolean, texts: ReplyOptions['texts']): string | undefined {
	if (note !== undefined) {
		return note;
	}
	if (state === 'cut') {
		return texts.cut;
	}
	return isEmpty ? texts.nothing : undefined;
}
