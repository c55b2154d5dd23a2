/** What the pages of the room show: read from disk when one of them is first opened. */

import type { Translate } from '../inference/statusText';
import type { InspectedRequest } from './inspector/inspector';
import { report } from './inspector/report';
import type { Entry } from './statistics/ledger';
import type { ToPage } from './statistics/protocol';
import { summary } from './statistics/summary';
import { pageTexts } from './statistics/texts';

interface PageOptions {
	/** Of the editor, for days and times. */
	readonly language: string;
	/** What a programming language is called, by its identifier. */
	readonly nameOf: (id: string) => string;
	readonly translate: Translate;
}

export function inspectorText(
	requests: readonly InspectedRequest[],
	{ language, nameOf, translate }: PageOptions,
): string {
	const timeOf = (at: number) => new Date(at).toLocaleTimeString(language, { hour12: false });
	return report(requests, { timeOf, nameOf, translate });
}

export function statisticsMessage(
	entries: readonly Entry[],
	{ language, nameOf, translate }: PageOptions,
): ToPage {
	const state = summary(entries, {
		today: new Date(),
		labelOf: (day) => day.toLocaleDateString(language, { day: 'numeric', month: 'short' }),
		nameOf,
		translate,
	});
	return { type: 'state', texts: pageTexts(translate), state };
}
