/** What the pages of the room show: read from disk when one of them is first opened. */

import type { Translate } from '../inference/statusText';
import type { InspectedRequest } from './inspector/inspector';
import { report } from './inspector/report';
import type { Entry } from './statistics/ledger';
import type { ToPage } from './statistics/protocol';
import { summary } from './statistics/summary';
import { pageTexts } from './statistics/texts';

/** @param language of the editor, for times. */
export function inspectorText(
	requests: readonly InspectedRequest[],
	language: string,
	translate: Translate,
): string {
	const timeOf = (at: number) => new Date(at).toLocaleTimeString(language, { hour12: false });
	return report(requests, { timeOf, translate });
}

/** @param language of the editor, for days. */
export function statisticsMessage(entries: readonly Entry[], language: string, translate: Translate): ToPage {
	const state = summary(entries, {
		today: new Date(),
		labelOf: (day) => day.toLocaleDateString(language, { day: 'numeric', month: 'short' }),
		translate,
	});
	return { type: 'state', texts: pageTexts(translate), state };
}
