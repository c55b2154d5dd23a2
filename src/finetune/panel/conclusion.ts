/** What becomes of a finished adapter: it is judged, and switched on only when it passed. */

import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { AdapterRole } from '../adapters/choices';
import { english } from '../job/english';
import type { Finished } from '../job/messages';
import type { Judgement } from '../judge/judgement';
import { NotLoaded } from '../judge/judging';
import type { FineTuneSessionOptions } from './sessionOptions';
import type { RunShown } from './sessionState';
import { lossFell } from './verdict';

export interface Conclusion {
	readonly refusal: string | undefined;
	readonly judgement: Judgement | undefined;
	readonly notJudged: string | undefined;
	/** It can be judged as soon as its model is loaded. */
	readonly isWaiting: boolean;
	/** By the signal. */
	readonly wasCancelled: boolean;
}

/**
 * Milliseconds: a tenth of what the training took, and at least two minutes, or five for answers, which are long; five times
 * that where it is asked for again.
 */
const SHARE = 1 / 10;
const LEAST: Readonly<Record<AdapterRole, number>> = { completion: 2 * 60_000, chat: 5 * 60_000 };
const AGAIN = 5;

/** Whom the adapter of a run was trained for. */
export function roleOf({ role }: Pick<Finished, 'role'>): AdapterRole {
	return role ?? 'completion';
}

/**
 * Without places or conversations to judge on, the held-out loss decides.
 *
 * @param isAgain The user asks for it.
 * @param signal Ends the judging: the adapter is off then.
 */
export async function conclude(
	{ view, order }: RunShown,
	isAgain: boolean,
	options: FineTuneSessionOptions,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<Conclusion> {
	const { judging, log, translate = english } = options;
	const { result } = view;
	const off = {
		refusal: undefined,
		judgement: undefined,
		notJudged: undefined,
		isWaiting: false,
		wasCancelled: false,
	};
	if (result === undefined) {
		return off;
	}
	const { adapterPath, seconds } = result;
	const { basePath, runFolder } = order;
	const role = roleOf(result);
	let judgement: Judgement | undefined;
	try {
		const budget = Math.max(LEAST[role], seconds * 1_000 * SHARE) * (isAgain ? AGAIN : 1);
		const order = { adapterPath, basePath, folder: runFolder, budget, role };
		judgement = await judging?.judge(order, onProgress, signal);
	} catch (error) {
		if (isAbort(error)) {
			const notJudged = translate('It is not judged: that was cancelled.');
			return { ...off, notJudged, wasCancelled: true };
		}
		if (!(error instanceof NotLoaded)) {
			log.error('The adapter of a fine-tune could not be judged', error);
		}
		const notJudged = translate('It is not judged: {0}', messageOf(error));
		return { ...off, notJudged, isWaiting: error instanceof NotLoaded };
	}
	const isGood = judgement === undefined ? lossFell(result) : judgement.decision === 'pass';
	const refusal = isGood
		? await activate(options, adapterPath, view.name, basePath, judgement?.strength ?? 1)
		: undefined;
	return { ...off, judgement, refusal };
}

/** As the option, and told in words where that fails: the run has ended well all the same. */
async function activate(
	{ activate, log }: FineTuneSessionOptions,
	...adapter: Parameters<FineTuneSessionOptions['activate']>
): Promise<string | undefined> {
	try {
		return await activate(...adapter);
	} catch (error) {
		log.error('The adapter of a fine-tune could not be switched on', error);
		return messageOf(error);
	}
}
