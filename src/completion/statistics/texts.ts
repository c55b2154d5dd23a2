/** The texts of the statistics' webview, which has no translations of its own. */

import type { Translate } from '../../inference/statusText';
import { CHART_DAYS, type PageTexts } from './protocol';

export function pageTexts(translate: Translate): PageTexts {
	return {
		title: translate('Completion Statistics'),
		period: translate('The last {0} days, all windows together', CHART_DAYS),
		local: translate('Only counts are kept, on this machine: no code, no names of files. Nothing leaves it.'),
		reset: translate('Reset…'),
		emptyTitle: translate('Nothing was counted yet'),
		emptyText: translate(
			'Once you write code with inline completions, this page says how many were shown and accepted, how much of it is still there minutes later, and how fast they came: by day, language, model and adapter.',
		),
		chart: translate('Suggestions by day'),
		chartTable: translate('As a table'),
		day: translate('Day'),
		shown: translate('Shown'),
		accepted: translate('Accepted'),
	};
}
