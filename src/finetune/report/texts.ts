/** The texts of the report's webview, which has no translations of its own. */

import type { Translate } from '../../inference/statusText';
import type { ReportTexts } from './protocol';

export function reportTexts(translate: Translate): ReportTexts {
	return {
		chart: translate('Loss'),
		chartEmpty: translate('There is no curve of this adapter.'),
		chartTable: translate('As a table'),
		tokens: translate('Tokens'),
		measured: translate('Measured on held-out code'),
		law: translate('Power law'),
		step: translate('Step'),
		trainLoss: translate('Training'),
		smoothLoss: translate('Training, smoothed'),
		heldOutLoss: translate('Held-out code'),
		verdict: translate('Verdict'),
		notes: translate('Notes'),
		examples: translate('Examples'),
		prompt: translate('Prompt'),
		truth: translate('Truth'),
		base: translate('Base'),
		adapter: translate('Adapter'),
		nothing: translate('nothing'),
		differs: translate('differs'),
		'action.use': translate('Use'),
		'action.useAnyway': translate('Activate Anyway'),
		'action.off': translate('Turn Off'),
		'action.rollBack': translate('Roll Back'),
		'action.continue': translate('Continue Training…'),
		'action.curve': translate('Learning Curve…'),
		'action.compare': translate('Compare…'),
		'action.copy': translate('Copy as Markdown'),
		'action.folder': translate('Open Folder'),
		'action.rename': translate('Rename…'),
		'action.notes': translate('Edit Notes…'),
	};
}
