/** The words of the audit's page. */

import type { Translate } from '../../inference/statusText';
import type { Stage } from '../corpus/verdict';
import type { PageTexts } from './protocol';

export function auditTexts(translate: Translate): PageTexts {
	return {
		title: translate('What fine-tuning reads'),
		detail: translate(
			'Every file of the open folders, in or out, and what decided. Nothing leaves this machine.',
		),
		goOn: translate('Continue to the Fine-Tune…'),
		again: translate('Audit Again'),
		copy: translate('Copy as Markdown'),
		byStage: translate('By reason'),
		byLanguage: translate('By language'),
		byFolder: translate('By folder'),
		files: translate('Files'),
		in: translate('In'),
		out: translate('Out'),
		search: translate('Search paths'),
		side: translate('Files'),
		'side.all': translate('All files'),
		'side.in': translate('In'),
		'side.out': translate('Out'),
		'side.mine': translate('Your choices'),
		stage: translate('Reason'),
		language: translate('Language'),
		folder: translate('Folder'),
		any: translate('Any'),
		clear: translate('Clear Filters'),
		path: translate('File'),
		verdict: translate('Verdict'),
		value: translate('Value'),
		threshold: translate('Threshold'),
		move: translate('Your choice'),
		'move.in': translate('Take In'),
		'move.out': translate('Leave Out'),
		'move.back': translate('Undo'),
		mine: translate('your choice'),
		shown: translate('Files shown: {0}', '{0}'),
		none: translate('No file is like that.'),
		keys: translate('Arrows choose a file, Enter opens it, Space takes it in or leaves it out.'),
	};
}

/** What a stage is called on the page. */
export function stageName(stage: Stage, translate: Translate): string {
	switch (stage) {
		case 'ignored':
			return translate('Ignored by a rule');
		case 'secret':
			return translate('Secret');
		case 'vendored':
			return translate('Foreign or built');
		case 'type':
			return translate('Not code');
		case 'size':
			return translate('Size');
		case 'unreadable':
			return translate('Unreadable');
		case 'binary':
			return translate('Binary');
		case 'encoding':
			return translate('Encoding');
		case 'generated':
			return translate('Generated');
		case 'minified':
			return translate('Minified');
		case 'empty':
			return translate('Too short');
		case 'quality':
			return translate('Quality');
		case 'duplicate':
			return translate('Copy');
		case 'near-duplicate':
			return translate('Near copy');
		case 'forced':
			return translate('Left out by you');
	}
}
