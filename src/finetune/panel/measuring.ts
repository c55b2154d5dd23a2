/** A learning curve that is being measured, or was, in words. */

import type { Translate } from '../../inference/statusText';
import type { RunView } from '../job/runRecord';
import { adviceTexts } from '../learningCurve/advice';
import type { CurveProgress } from '../learningCurve/runs';
import { formatDuration } from './format';
import type { CurveStanding } from './sessionState';
import type { Standing } from './standing';

/** @param standingOf How a run of it stands that does not train right now. */
export function measuring(
	progress: CurveProgress | undefined,
	standingOf: (view: RunView) => Standing,
	translate: Translate,
): Standing {
	const phase = translate('Measuring the learning curve');
	if (progress === undefined) {
		return { tone: 'busy', phase, detail: '' };
	}
	const { share, view } = progress;
	const part =
		share < 0.5
			? translate('Run 1 of 2, on a quarter of the data')
			: translate('Run 2 of 2, on half of the data');
	if (view === undefined) {
		return { tone: 'busy', phase, detail: part };
	}
	if (view.isEnding) {
		return { tone: 'busy', phase, detail: translate('{0}: {1}', part, translate('Ending')) };
	}
	const { tone, phase: of } = standingOf(view);
	const { step, steps, secondsLeft } = view.progress ?? {};
	if (tone !== 'busy' || view.pausedFor !== undefined || view.phase !== 'training' || step === undefined) {
		return { tone, phase, detail: translate('{0}: {1}', part, of) };
	}
	const detail = translate(
		'{0}: step {1} of {2}, {3} left',
		part,
		step,
		steps ?? step,
		formatDuration(secondsLeft ?? 0, translate),
	);
	return { tone, phase, detail };
}

/** What is to be known of it beside the verdict, one sentence each. */
export function curveNotes(curve: CurveStanding | undefined, translate: Translate): readonly string[] {
	switch (curve?.type) {
		case 'measured':
			return [translate('Learning curve: {0}', adviceTexts(curve.curve, translate)[0] ?? '')];
		case 'possible':
			return curve.reason === undefined ? [] : [curve.reason];
		case 'gone':
			return [curve.reason];
		default:
			return [];
	}
}
