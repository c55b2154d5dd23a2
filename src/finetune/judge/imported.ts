/** What is said of an adapter from elsewhere, after it went through the same gate as those of this machine. */

import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Translate } from '../../inference/statusText';
import type { AdapterRole } from '../adapters/choices';
import type { Judgement } from './judgement';

export interface Imported {
	/** What was found, in a sentence or a few. */
	readonly sentence: string;
	/** It may be used without being asked for. */
	readonly hasPassed: boolean;
	/** 1 = as trained. */
	readonly strength: number;
}

/**
 * Never rejects: it is imported, whatever the judge does.
 *
 * @param judge undefined where there is nothing to judge on.
 * @param role whom it was trained for.
 */
export async function judgeImported(
	judge: () => Promise<Judgement | undefined>,
	role: AdapterRole,
	translate: Translate,
): Promise<Imported> {
	const unjudged = (why: string) => ({
		sentence: translate('It is not judged: {0}', why),
		hasPassed: false,
		strength: 1,
	});
	let judgement: Judgement | undefined;
	try {
		judgement = await judge();
	} catch (error) {
		return unjudged(isAbort(error) ? translate('that was cancelled.') : messageOf(error));
	}
	if (judgement === undefined) {
		return unjudged(
			role === 'chat'
				? translate('no fine-tune of the chat on this workspace has put conversations aside to judge it on.')
				: translate('no fine-tune of this workspace has put code aside to judge it on.'),
		);
	}
	const { decision, answers, strength } = judgement;
	const open = answers.filter(({ answer }) => answer !== 'passed').map(({ reason }) => reason);
	const verdicts = {
		pass: translate('It passed every test against the base model.'),
		fail: translate('It did not pass the tests against the base model.'),
		unsure: translate('Whether it is better than the base model cannot be told.'),
	};
	return { sentence: [verdicts[decision], ...open].join(' '), hasPassed: decision === 'pass', strength };
}
