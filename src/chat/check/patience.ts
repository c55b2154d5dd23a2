/** A check that a user waits for: where it takes long it is shown, and can be ended. */

import { isAbort } from '../../inference/cancel';
import type { Translate } from '../../inference/statusText';
import type { Verdict } from './verdict';

/** Milliseconds after which a check is seen to run, and can be ended. */
const QUIET_CHECK = 1_000;

/** @param show shows that it runs, until it is over; `end` ends it */
export async function patiently(
	check: (signal: AbortSignal) => Promise<Verdict>,
	show: (checking: Promise<Verdict>, end: () => void) => PromiseLike<unknown>,
	translate: Translate,
): Promise<Verdict> {
	const controller = new AbortController();
	const checking = check(controller.signal).catch((error: unknown): Verdict => {
		if (!isAbort(error)) {
			throw error;
		}
		return { type: 'unchecked', reason: translate('it was stopped.') };
	});
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<'late'>((resolve) => {
		timer = setTimeout(() => resolve('late'), QUIET_CHECK);
	});
	try {
		if ((await Promise.race([checking, late])) === 'late') {
			await show(checking, () => controller.abort());
		}
	} finally {
		clearTimeout(timer);
	}
	return checking;
}
