/** Runs the doctor's checks one after the other, so that none measures another; one that hangs does not stop the rest. */

import { abortError, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import type { Translate } from '../statusText';
import { type Check, type Finding, wrong } from './check';

/** Milliseconds for a check that names no limit. */
const LIMIT = 10_000;

interface RunnerOptions {
	readonly translate: Translate;
	/** Called before each check. */
	readonly onStart: (check: Check, index: number) => void;
}

/**
 * The findings of all checks in their order. A check that throws or hangs has a finding that says so.
 * @throws an AbortError when the signal fires.
 */
export async function runChecks(
	checks: readonly Check[],
	options: RunnerOptions,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const findings: Finding[] = [];
	for (const [index, check] of checks.entries()) {
		throwIfAborted(signal);
		options.onStart(check, index);
		findings.push(...(await runOne(check, options.translate, signal)));
	}
	throwIfAborted(signal);
	return findings;
}

async function runOne(check: Check, translate: Translate, signal: AbortSignal): Promise<readonly Finding[]> {
	const limit = check.limit ?? LIMIT;
	const running = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	let onAbort: () => void = () => undefined;
	const ended = new Promise<readonly Finding[]>((resolve, reject) => {
		timer = setTimeout(() => {
			const seconds = Math.round(limit / 1_000);
			resolve([wrong(check.name, translate('This check did not answer within {0} s.', seconds))]);
		}, limit);
		onAbort = () => reject(abortError());
		signal.addEventListener('abort', onAbort, { once: true });
	});
	try {
		return await Promise.race([failing(check, running.signal), ended]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
		running.abort();
	}
}

/** Never rejects: what goes wrong in a check is what it found. */
async function failing(check: Check, signal: AbortSignal): Promise<readonly Finding[]> {
	try {
		return await check.run(signal);
	} catch (error) {
		return [wrong(check.name, messageOf(error))];
	}
}
