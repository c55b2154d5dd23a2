/** Where the time of requests went, beside what each stage may take. */

import type { Translate } from '../../inference/statusText';
import { SOURCE_BUDGETS } from '../budgets';
import type { ContextNote } from '../prompt';
import { type CompletionTrace, isOver, type StageTime, stageName } from '../trace';
import type { InspectedRequest } from './inspector';

const sourceBudgets: ReadonlyMap<string, number> = new Map(Object.entries(SOURCE_BUDGETS));

/** For example `0.4 ms`, `132 ms`. */
export function formatMilliseconds(milliseconds: number): string {
	return `${formatNumber(milliseconds)} ms`;
}

function formatNumber(milliseconds: number): string {
	return milliseconds < 10 ? milliseconds.toFixed(1) : String(Math.round(milliseconds));
}

/** For example `132 of 600 ms`. */
function formatShare(milliseconds: number, budget: number, translate: Translate): string {
	return translate('{0} of {1} ms', formatNumber(milliseconds), budget);
}

/** The stages of one request, those marked that took more than they may; undefined where there are none. */
export function stagesLine({ stages }: CompletionTrace, translate: Translate): string | undefined {
	const times = stages.map((time) => {
		const share = `${translate(stageName(time.stage))} ${formatShare(time.milliseconds, time.budget, translate)}`;
		return isOver(time) ? `**${share}, ${translate('over its budget')}**` : share;
	});
	return times.length === 0 ? undefined : translate('Time: {0}', times.join(' · '));
}

/** What one source of context brought, and what it took. */
export function sourceText(
	{ source, items, characters, milliseconds }: ContextNote,
	translate: Translate,
): string {
	const budget = sourceBudgets.get(source);
	const took =
		budget === undefined ? formatMilliseconds(milliseconds) : formatShare(milliseconds, budget, translate);
	return translate('{0} {1} ({2} characters, {3})', source, items, characters, took);
}

/** All stages of all requests as a table below its heading, the dearest first; undefined where there are none. */
export function stageTable(requests: readonly InspectedRequest[], translate: Translate): string | undefined {
	const all = requests.flatMap(({ request }) => request.trace.stages);
	const sum = (times: readonly StageTime[]) => times.reduce((total, one) => total + one.milliseconds, 0);
	const rows = [...new Set(all.map(({ stage }) => stage))]
		.map((stage) => ({ stage, times: all.filter((time) => time.stage === stage) }))
		.sort((one, other) => sum(other.times) - sum(one.times))
		.map(({ stage, times }) => {
			const sorted = times.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
			return [
				translate(stageName(stage)),
				String(times.length),
				formatMilliseconds(sorted[Math.floor(sorted.length / 2)] ?? 0),
				formatMilliseconds(sorted.at(-1) ?? 0),
				`${times[0]?.budget ?? 0} ms`,
				String(times.filter(isOver).length),
			];
		});
	const head = [
		translate('Stage'),
		translate('Requests'),
		translate('Median'),
		translate('Longest'),
		translate('Budget'),
		translate('Over its budget'),
	];
	const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
	const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
	return rows.length === 0 ? undefined : `## ${translate('Where the time went')}\n\n${table}`;
}
