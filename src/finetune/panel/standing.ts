/** Where a run stands, in words. */

import type { Translate } from '../../inference/statusText';
import type { Phase } from '../job/messages';
import type { RunView } from '../job/runRecord';
import { measuring } from './measuring';
import type { Tone } from './protocol';
import type { RunShown } from './sessionState';

export interface Standing {
	readonly tone: Tone;
	readonly phase: string;
	readonly detail: string;
}

export function standing(shown: RunShown, translate: Translate): Standing {
	const { view, isLive, elsewhere, judging, curve } = shown;
	if (elsewhere !== undefined && view.state === 'finished') {
		const detail = translate('Its learning curve is measured by another window, or by one that closes.');
		return { tone: 'done', phase: translate('Finished'), detail };
	}
	if (elsewhere === 'training') {
		const detail = translate('Another window trains this run; follow or cancel it there.');
		return { tone: 'busy', phase: translate('In another window'), detail };
	}
	if (elsewhere === 'saving') {
		const detail = translate('The editor was closed while it trained. It can go on after that.');
		return { tone: 'busy', phase: translate('Saving the last checkpoint'), detail };
	}
	if (shown.isInterrupted) {
		return { tone: 'paused', phase: translate('Interrupted'), detail: interruptedDetail(shown, translate) };
	}
	if (judging !== undefined) {
		const { done, all } = judging;
		const detail =
			view.result?.role === 'chat'
				? translate('{0} of {1} conversations', done, all)
				: translate('{0} of {1} places', done, all);
		return { tone: 'busy', phase: translate('Judging the adapter'), detail };
	}
	if (curve?.type === 'measuring') {
		return measuring(curve.progress, (of) => running(of, translate), translate);
	}
	if (isLive && view.isEnding && view.result === undefined) {
		return { tone: 'busy', phase: translate('Ending'), detail: '' };
	}
	switch (view.state) {
		case 'finished':
			return { tone: 'done', phase: translate('Finished'), detail: '' };
		case 'failed':
			return { tone: 'failed', phase: translate('Failed'), detail: view.problem?.message ?? '' };
		case 'cancelled':
			return { tone: 'idle', phase: translate('Cancelled'), detail: keptDetail(view, translate) };
		case 'paused':
		case 'running':
			return running(view, translate);
	}
}

function interruptedDetail({ isResumable, hasCheckpoint }: RunShown, translate: Translate): string {
	if (!isResumable) {
		return translate('The editor was closed while it trained.');
	}
	return hasCheckpoint
		? translate('The editor was closed while it trained. It can go on from its last checkpoint.')
		: translate('The editor was closed before the first checkpoint. It can begin again with the same data.');
}

function running(view: RunView, translate: Translate): Standing {
	if (view.isSilent) {
		const detail = translate('The trainer has said nothing for two minutes. It may hang.');
		return { tone: 'failed', phase: translate('No answer'), detail };
	}
	switch (view.pausedFor) {
		case 'user':
			return { tone: 'paused', phase: translate('Paused'), detail: keptDetail(view, translate) };
		case 'battery':
			return {
				tone: 'paused',
				phase: translate('Paused on battery'),
				detail: translate('It goes on when the computer is plugged in. Resume trains on battery.'),
			};
		case 'busy':
			return {
				tone: 'busy',
				phase: translate('Waiting'),
				detail: translate('The model is answering you; training goes on after that.'),
			};
		case undefined:
			return {
				tone: 'busy',
				phase:
					view.phase === undefined ? translate('Starting the trainer') : phaseText(view.phase, translate),
				detail: view.phaseDetail,
			};
	}
}

function keptDetail({ checkpointStep }: RunView, translate: Translate): string {
	return checkpointStep === undefined
		? ''
		: translate('The last checkpoint is from step {0}.', checkpointStep);
}

function phaseText(phase: Phase, translate: Translate): string {
	switch (phase) {
		case 'checking':
			return translate('Checking the model and the data');
		case 'fingerprint':
			return translate('Reading the base model');
		case 'loading':
			return translate('Loading the base model');
		case 'timing':
			return translate('Timing the first steps');
		case 'training':
			return translate('Training');
		case 'evaluating':
			return translate('Measuring the held-out loss');
		case 'saving':
			return translate('Saving the adapter');
	}
}
