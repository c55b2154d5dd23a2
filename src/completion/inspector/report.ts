/** The last requests as a Markdown page: what was shown or why nothing was, where the time went, what the model read. */

import { escapeMarkdown, type Translate } from '../../inference/statusText';
import { UNSURE } from '../confidence';
import { describeReason, type Outcome } from '../outcome';
import type { CompletionTrace } from '../trace';
import type { InspectedRequest } from './inspector';
import { fenced, inline } from './markdown';
import { promptText } from './promptText';
import { formatMilliseconds, sourceText, stagesLine, stageTable } from './times';

/** Characters of the shown line that are repeated. */
const LONGEST_LINE = 160;

interface ReportOptions {
	/** Time of day, for milliseconds since 1970. */
	timeOf(at: number): string;
	/** What a programming language is called, by its identifier. */
	nameOf(id: string): string;
	readonly translate: Translate;
}

/** @param requests the newest first. */
export function report(requests: readonly InspectedRequest[], options: ReportOptions): string {
	const { translate } = options;
	const head = [
		`# ${translate('Completions that were asked for')}`,
		translate(
			'The last {0} requests, the newest first. They are kept in memory only, and this page follows them.',
			requests.length,
		),
	];
	const summary =
		requests.length === 0
			? [translate('Nothing was asked for yet. Type in a file, or run `Familiar: Complete Here`.')]
			: [summaryOf(requests, translate)];
	const times = stageTable(requests, translate);
	const blocks = requests.map((one) => blockOf(one, options));
	return `${[...head, ...summary, ...blocks, ...(times === undefined ? [] : [times])].join('\n\n')}\n`;
}

/** How often each thing happened, the most frequent first. */
function summaryOf(requests: readonly InspectedRequest[], translate: Translate): string {
	const amounts = new Map<string, number>();
	for (const { request } of requests) {
		const { outcome } = request;
		const what = outcome.type === 'text' ? translate('Answered.') : translate(describeReason(outcome.reason));
		amounts.set(what, (amounts.get(what) ?? 0) + 1);
	}
	return [...amounts]
		.sort(([, one], [, other]) => other - one)
		.map(([what, amount]) => `- ${amount} × ${what}`)
		.join('\n');
}

function blockOf(one: InspectedRequest, { timeOf, nameOf, translate }: ReportOptions): string {
	const { request, accepted } = one;
	const { fileName, position, languageId, trigger, trace } = request;
	const place = `${inline(`${fileName}:${position.line + 1}:${position.character + 1}`)} (${escapeMarkdown(nameOf(languageId))})`;
	const asked = trigger === 'manual' ? translate('asked for by hand') : translate('while typing');
	const facts = factLines(one, translate);
	return [
		`## ${timeOf(request.at)} · ${place} · ${asked}`,
		outcomeLine(request.outcome, translate),
		...(accepted === undefined || accepted === request.outcome ? [] : [outcomeLine(accepted, translate)]),
		...(accepted === undefined ? [] : [translate('It was accepted.')]),
		...(request.outcome.type === 'text' && !request.isDelivered
			? [translate(describeReason('cancelled'))]
			: []),
		...(facts.length > 0 ? [facts.map((fact) => `- ${fact}`).join('\n')] : []),
		...ruleParts(trace, translate),
		...(trace.raw === undefined ? [] : [fenced(translate('What the model wrote'), trace.raw)]),
		...promptParts(trace, translate),
	].join('\n\n');
}

function outcomeLine(outcome: Outcome, translate: Translate): string {
	const milliseconds = formatMilliseconds(outcome.milliseconds);
	if (outcome.type === 'nothing') {
		// Our own sentences are no Markdown; what a model or a rule said may be.
		const reason =
			outcome.detail === undefined
				? translate(describeReason(outcome.reason))
				: escapeMarkdown(outcome.detail);
		return translate('**Nothing** after {0}: {1} ({2})', milliseconds, reason, inline(outcome.reason));
	}
	const [first = '', ...more] = outcome.text.split(/\r?\n/);
	const shown = first.length > LONGEST_LINE ? `${first.slice(0, LONGEST_LINE)}…` : first;
	const rest = more.length === 0 ? '' : ` ${translate('and {0} more lines', more.length)}`;
	return `${translate('**Answered** after {0}, source {1}:', milliseconds, inline(outcome.source))} ${inline(shown)}${rest}`;
}

function factLines({ request, adapters }: InspectedRequest, translate: Translate): readonly string[] {
	const { outcome, trace } = request;
	const { model, notes, confidence } = trace;
	const times = stagesLine(trace, translate);
	const statistics = outcome.type === 'text' ? outcome.statistics : undefined;
	const names = [model?.name ?? '', ...(model === undefined ? [] : adapters)];
	return [
		...(model === undefined ? [] : [translate('Model: {0}', names.map(inline).join(' + '))]),
		...(times === undefined ? [] : [times]),
		...(confidence === undefined
			? []
			: [
					translate(
						'Sure of a token to {0} % on average; below {1} % a text is shown only to whoever asks by hand',
						percentOf(confidence),
						percentOf(UNSURE),
					),
				]),
		...(notes.length === 0
			? []
			: [translate('Context: {0}', notes.map((note) => sourceText(note, translate)).join(' · '))]),
		...(statistics === undefined
			? []
			: [
					translate(
						'Tokens: {0} in the prompt, {1} of them reused, read in {2}; {3} written in {4}',
						statistics.promptTokens,
						statistics.reusedTokens,
						formatMilliseconds(statistics.prefillMilliseconds),
						statistics.generatedTokens,
						formatMilliseconds(statistics.decodeMilliseconds),
					),
				]),
	];
}

/** @param logProbability natural. */
function percentOf(logProbability: number): number {
	return Math.round(100 * Math.exp(logProbability));
}

/** The rule that left nothing stands by itself, with what it was given. */
function ruleParts({ rules, dropped, raw }: CompletionTrace, translate: Translate): readonly string[] {
	const changing = rules.filter((rule) => rule !== dropped?.rule);
	const text = dropped?.text ?? raw;
	const by = dropped === undefined ? '' : translate('Dropped by: {0}', `**${inline(dropped.rule)}**`);
	return [
		...(changing.length > 0
			? [`${translate('Rules that changed it:')} ${changing.map(inline).join(', ')}`]
			: []),
		...(dropped === undefined
			? []
			: [text === undefined ? by : fenced(`${by} ${translate('(what the text was before it)')}`, text)]),
	];
}

function promptParts({ prompt, model }: CompletionTrace, translate: Translate): readonly string[] {
	if (prompt === undefined) {
		return [];
	}
	const heading = translate(
		'The prompt as the model was asked; what is more than {0} tokens it leaves out',
		prompt.maxPromptTokens,
	);
	return [fenced(heading, promptText(prompt, model))];
}
