/** A change that is checked before it is offered, and that the model may better, at most twice, when the check finds fault. */

import type { LineRange } from '../blocks';
import { applyLineEdits, editsWithin, type LineEdit } from '../patch';
import type { Finding } from '../question';
import { faultsOf, type Verdict } from './verdict';

/** Further answers after the first one. */
export const MORE_ROUNDS = 2;

/** A file as it would be. */
export interface Attempt {
	/** All of its lines. */
	readonly lines: readonly string[];
	/** The lines that the model wrote or may rewrite, from 0. */
	readonly range: LineRange;
	readonly verdict: Verdict;
	/** How many answers it took before this one. */
	readonly round: number;
}

interface RoundsOptions {
	check(lines: readonly string[]): Promise<Verdict>;
	/**
	 * Asks for a better version of the lines. Undefined where there is none to be had: stopped, failed, or without code.
	 * @param round 1 for the first repetition
	 */
	again(attempt: Attempt, findings: readonly Finding[], round: number): Promise<string | undefined>;
	/** Tells of an attempt when it has been checked. `isLast`: whether no other is asked for. */
	onChecked(attempt: Attempt, isLast: boolean): void;
}

/** The lines after the edits, and those of them that take the place of a range. */
export function changed(
	lines: readonly string[],
	edits: readonly LineEdit[],
	range: LineRange,
): Pick<Attempt, 'lines' | 'range'> {
	const after = applyLineEdits(lines, edits);
	return { lines: after, range: { start: range.start, end: range.end + after.length - lines.length } };
}

/**
 * The best of the attempts: that with the fewest faults, the earlier one where two are as good.
 * @param most further rounds; default 2
 */
export async function bestOf(
	first: Pick<Attempt, 'lines' | 'range'>,
	{ check, again, onChecked }: RoundsOptions,
	most = MORE_ROUNDS,
): Promise<Attempt> {
	let best: Attempt | undefined;
	let next = first;
	for (let round = 0; ; round++) {
		const attempt: Attempt = { ...next, verdict: await check(next.lines), round };
		const faults = faultsOf(attempt.verdict);
		if (best === undefined || faults.length < faultsOf(best.verdict).length) {
			best = attempt;
		}
		const isLast = faults.length === 0 || round >= most;
		onChecked(attempt, isLast);
		if (isLast) {
			return best;
		}
		const code = await again(attempt, findingsOf(attempt), round + 1);
		const edits = code === undefined ? [] : editsWithin(attempt.lines, attempt.range, code);
		if (edits.length === 0) {
			return best;
		}
		next = changed(attempt.lines, edits, attempt.range);
	}
}

/** What the check found, for the question. */
function findingsOf({ verdict }: Attempt): Finding[] {
	return faultsOf(verdict).map(({ line, message }) => ({ line: line + 1, message }));
}
