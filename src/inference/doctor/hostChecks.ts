/** The process that the model runs in: whether it starts, answers, and stays. */

import type { ModelState, Tokens, Unsupported } from '../model';
import type { Translate } from '../statusText';
import { attention, commandHelps, type Finding, helpsOf, ok, wrong } from './check';

interface HostFacts {
	readonly state: ModelState;
	/** Undefined while none runs. */
	readonly pid: number | undefined;
	/** Crashes of the last three minutes. */
	readonly recentCrashes: number;
	/** What a start waits for; undefined while there is none. */
	readonly waitsFor?: string | undefined;
}

/** Milliseconds: a round trip takes one, and more only where the machine has no time for it. */
const SLOW_ANSWER = 1_000;

export function hostFinding(
	{ state, pid, recentCrashes, waitsFor }: HostFacts,
	translate: Translate,
): Finding {
	const name = translate('Model process');
	const help = commandHelps(translate);
	if (state.type === 'failed') {
		return wrong(
			name,
			translate('not running, crashes in the last three minutes: {0}', recentCrashes),
			...helpsOf(state.problem.remedies, translate),
		);
	}
	if (pid === undefined) {
		return state.type === 'none'
			? wrong(name, translate('not running: no model is loaded'), help.selectModel)
			: attention(name, starting(waitsFor, translate), help.restart, help.showLog);
	}
	return recentCrashes > 0
		? attention(
				name,
				translate('runs (process {0}), crashes in the last three minutes: {1}', pid, recentCrashes),
				help.showLog,
			)
		: ok(name, translate('runs (process {0}), no crash in the last three minutes', pid));
}

/** The stage is named as the log names it. */
function starting(waitsFor: string | undefined, translate: Translate): string {
	const sentence = translate('It is starting, or loading a model: try again in a moment.');
	return waitsFor === undefined ? sentence : `${sentence} (${waitsFor})`;
}

/** @param server that does all that the process would. */
export function idleHostFinding(server: string, translate: Translate): Finding {
	return ok(
		translate('Model process'),
		translate('not running, and not needed: {0} serves the model', server),
	);
}

/** @param milliseconds of one small question and its answer. */
export function answerFinding(
	answer: Tokens | Unsupported,
	milliseconds: number,
	translate: Translate,
): Finding {
	const name = translate('Its answers');
	const help = commandHelps(translate);
	if (answer.type === 'unsupported') {
		return wrong(name, answer.reason, help.restart, help.showLog);
	}
	return milliseconds > SLOW_ANSWER
		? attention(
				name,
				translate('after {0} ms: the machine is busy, or its memory is full', Math.round(milliseconds)),
			)
		: ok(name, translate('after {0} ms', milliseconds.toFixed(1)));
}
