/** The last requests as a Markdown page: what was shown or why nothing was, where the time went, what the model read. */

import type { FillRequest } from '../../inference/model';
import { escapeMarkdown, type Translate } from '../../inference/statusText';
import { describeReason, type Outcome } from '../outcome';
import { type CompletionTrace, stageName } from '../trace';
import type { InspectedRequest } from './inspector';
import { fenced, inline } from './markdown';

/** Characters of the shown line that are repeated. */
const LONGEST_LINE = 160;

export interface ReportOptions {
	/** Time of day, for milliseconds since 1970. */
	timeOf(at: number): string;
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
	const blocks = requests.map((one) => blockOf(one, options));
	return `${[...head, ...summary, ...blocks].join('\n\n')}\n`;
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

function blockOf({ request, accepted }: InspectedRequest, { timeOf, translate }: ReportOptions): string {
	const { fileName, position, languageId, trigger, trace } = request;
	const place = `${inline(`${fileName}:${position.line + 1}:${position.character + 1}`)} (${escapeMarkdown(languageId)})`;
	const asked = trigger === 'manual' ? translate('asked for by hand') : translate('while typing');
	return [
		`## ${timeOf(request.at)} · ${place} · ${asked}`,
		outcomeLine(request.outcome, translate),
		...(accepted === undefined || accepted === request.outcome ? [] : [outcomeLine(accepted, translate)]),
		...(accepted === undefined ? [] : [translate('It was accepted.')]),
		...(request.outcome.type === 'text' && !request.isDelivered
			? [translate(describeReason('cancelled'))]
			: []),
		...timeLines(request.outcome, trace, translate),
		...(trace.rules.length > 0 ? [ruleLine(trace, translate)] : []),
		...(trace.raw === undefined ? [] : [fenced(translate('What the model wrote'), trace.raw)]),
		...(trace.prompt === undefined ? [] : promptParts(trace.prompt, translate)),
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

function timeLines(
	outcome: Outcome,
	{ stages, notes }: CompletionTrace,
	translate: Translate,
): readonly string[] {
	const times = stages.map(
		({ stage, milliseconds }) => `${translate(stageName(stage))} ${formatMilliseconds(milliseconds)}`,
	);
	const statistics = outcome.type === 'text' ? outcome.statistics : undefined;
	const sources = notes.map(({ source, items, characters, milliseconds }) =>
		translate('{0} {1} ({2} characters, {3})', source, items, characters, formatMilliseconds(milliseconds)),
	);
	return [
		...(times.length === 0 ? [] : [`- ${translate('Time: {0}', times.join(' · '))}`]),
		...(sources.length === 0 ? [] : [`- ${translate('Context: {0}', sources.join(' · '))}`]),
		...(statistics === undefined
			? []
			: [
					`- ${translate(
						'Model: {0} tokens of prompt, {1} of them reused, read in {2}; {3} tokens written in {4}',
						statistics.promptTokens,
						statistics.reusedTokens,
						formatMilliseconds(statistics.prefillMilliseconds),
						statistics.generatedTokens,
						formatMilliseconds(statistics.decodeMilliseconds),
					)}`,
				]),
	];
}

function ruleLine({ rules }: CompletionTrace, translate: Translate): string {
	return `${translate('Rules that changed or dropped it:')} ${rules.map(inline).join(', ')}`;
}

function promptParts(prompt: FillRequest, translate: Translate): readonly string[] {
	return [
		...prompt.files.map((file) => fenced(translate('Context: {0}', inline(file.path)), file.text)),
		fenced(translate('Before the anchor'), prompt.prefix),
		fenced(translate('From the anchor to the cursor'), prompt.typed),
		fenced(translate('After the cursor'), prompt.suffix),
	];
}

/** For example `0.4 ms`, `132 ms`. */
function formatMilliseconds(milliseconds: number): string {
	return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
