/** A conversation as a Markdown document, for the user to keep. */

import { fenceAround, segmentsOf } from '../fences';
import type { Question } from '../question';
import { sourcesOf } from '../retrieval/citations';
import { stepTitle } from '../stepTitle';
import type { TurnStep } from '../turn';
import type { StoredTurn } from '../turns';

export interface ExportTexts {
	readonly you: string;
	/** How an answer ended that did not end by itself. */
	readonly cut: string;
	readonly stopped: string;
	readonly interrupted: string;
	/** What was given to the model; `{0}` is how many. */
	readonly sources: string;
	/** What the model looked up; `{0}` is what. */
	readonly stepRunning: string;
	readonly stepDone: string;
	readonly stepRefused: string;
}

/** Text in which Markdown finds nothing to do. */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} ,.?!'"()/:;-]*$/u;

function heading(text: string): string {
	return text.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

function exactly(text: string): string {
	if (PLAIN.test(text)) {
		return text;
	}
	const fence = fenceAround(text);
	return `${fence}text\n${text}\n${fence}`;
}

function sentenceOf({ state, note }: StoredTurn, texts: ExportTexts): string | undefined {
	if (note !== undefined) {
		return note;
	}
	return state === 'cut' || state === 'stopped' || state === 'interrupted' ? texts[state] : undefined;
}

/** What the user wrote stands exactly as it was; what the model wrote is Markdown. */
export function markdownOf(title: string, path: readonly StoredTurn[], texts: ExportTexts): string {
	let question: Question | undefined;
	const parts = path.flatMap((turn) => {
		question = turn.question ?? question;
		const isAnswer = turn.role === 'assistant';
		const sentence = isAnswer ? sentenceOf(turn, texts) : undefined;
		return [
			turn.role === 'user' ? `## ${texts.you}` : '## Familiar',
			...(turn.steps ?? []).flatMap((step) => stepLines(step, texts)),
			...(turn.text.trim() === '' ? [] : [turn.role === 'user' ? exactly(turn.text) : answered(turn.text)]),
			...(sentence === undefined ? [] : [`*${heading(sentence)}*`]),
			...(isAnswer && question !== undefined ? sourceLines(question, texts) : []),
		];
	});
	return `${[`# ${heading(title)}`, ...parts].join('\n\n')}\n`;
}

/** In the form in which the view shows it: which tool with what, and what it was told. */
function stepLines(step: TurnStep, texts: ExportTexts): readonly string[] {
	const text = { running: texts.stepRunning, done: texts.stepDone, refused: texts.stepRefused }[step.state];
	const fence = fenceAround(step.result);
	return [
		`*${heading(stepTitle(text, step).replaceAll('\n', ' '))}*`,
		...(step.result === '' ? [] : [`${fence}text\n${step.result}\n${fence}`]),
	];
}

/** Numbered as the answer cites them. */
function sourceLines(question: Question, texts: ExportTexts): readonly string[] {
	const lines = sourcesOf(question).map(({ path, firstLine, lastLine }, index) => {
		const place = `${path.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}:${firstLine}-${lastLine}`;
		// A code span ends only at as many backticks as it began with.
		const ticks = fenceAround(place);
		return `${index + 1}. ${ticks} ${place} ${ticks}`;
	});
	return lines.length === 0 ? [] : [texts.sources.replace('{0}', String(lines.length)), lines.join('\n')];
}

/** As the view shows it: an answer that was cut off in a block of code must not swallow the rest of the document. */
function answered(markdown: string): string {
	return segmentsOf(markdown)
		.map((segment) => {
			if (segment.type === 'text') {
				return segment.text.trim();
			}
			if (segment.type === 'thinking') {
				return segment.text.replace(/^/gm, '> ');
			}
			const fence = fenceAround(segment.code);
			return `${fence}${segment.language}\n${segment.code}\n${fence}`;
		})
		.join('\n\n');
}
