/** The texts of the panel's webview, which has no translations of its own. */

import type { Translate } from '../../inference/statusText';
import type { PanelTexts } from './protocol';

export function panelTexts(translate: Translate): PanelTexts {
	return {
		emptyTitle: translate('Make the model familiar with your code'),
		emptyText: translate(
			'Fine-tuning trains a small adapter on the repositories of this workspace, and switches it on if it predicts unseen code better than before.',
		),
		emptyLocal: translate('It runs on this machine. Nothing leaves it.'),
		progress: translate('Progress of the training'),
		result: translate('Result'),
		answers: translate('What was tested against the base model'),
		'mark.passed': translate('Passed'),
		'mark.failed': translate('Not passed'),
		'mark.unsure': translate('Cannot be told'),
		before: translate('Before'),
		after: translate('After'),
		change: translate('Change'),
		chart: translate('Loss'),
		chartEmpty: translate('The curve begins with the first step of a run.'),
		chartTable: translate('As a table'),
		step: translate('Step'),
		trainLoss: translate('Training'),
		smoothLoss: translate('Training, smoothed'),
		heldOutLoss: translate('Held-out code'),
		estimate: translate('Estimate'),
		settings: translate('Settings'),
		adapters: translate('Adapters in use'),
		strength: translate('Strength of {0}'),
		log: translate('Log'),
		'action.start': translate('Start a Fine-Tune…'),
		'action.pause': translate('Pause'),
		'action.resume': translate('Resume'),
		'action.cancel': translate('Cancel'),
		'action.kill': translate('End the Trainer'),
		'action.use': translate('Use'),
		'action.useAnyway': translate('Activate Anyway'),
		'action.judge': translate('Judge Again'),
		'action.off': translate('Turn Off'),
		'action.rollBack': translate('Roll Back'),
		'action.report': translate('Show Report'),
		'action.curve': translate('Learning Curve…'),
		'action.export': translate('Export…'),
		'action.select': translate('Select Adapter…'),
		'action.log': translate('Show Log'),
	};
}
