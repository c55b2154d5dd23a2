/** Typing at 100 keys a second in a real VS Code, as figures: storm.mjs does it, in a process of its own. */
import * as path from 'node:path';
import { boolean, list, number, object, string } from '../../src/inference/wire/shapes';
import { root } from '../support/root';
import { measureApart } from './children';
import { type Figure, median, percentile } from './harness';

interface Storm {
	/** Milliseconds that looks at the clock in the extension host were late; one every 4 ms. */
	readonly late: readonly number[];
	/** The same with completions off. */
	readonly lateWithout: readonly number[];
	/** Milliseconds from each key to the change of the document in the extension host. */
	readonly delays: readonly number[];
	readonly keysPerSecond: number;
	/** Completions that the model was asked for. */
	readonly asked: number;
	/** Most that somebody waited for at once. */
	readonly waiting: number;
	/** Most that the model's process had not answered; of those that were ended, that they have. */
	readonly unanswered: number;
	/** Milliseconds from the last key to the answer for it. */
	readonly drained: number;
	readonly typedExactly: boolean;
	/** What was suggested for the last text; empty where nothing was. */
	readonly lastOutcome: string;
	/** Whether it was shown, and accepting it made exactly the last text and it. */
	readonly lastMatches: boolean;
	/** What the inspector says of the last request. */
	readonly record: string;
}

const isStorm = object<Storm>({
	late: list(number),
	lateWithout: list(number),
	delays: list(number),
	keysPerSecond: number,
	asked: number,
	waiting: number,
	unanswered: number,
	drained: number,
	typedExactly: boolean,
	lastOutcome: string,
	lastMatches: boolean,
	record: string,
});

/**
 * @param seconds of typing
 * @throws Error with the end of what was printed where VS Code did not start or a key was lost.
 */
export function storm(seconds: number): {
	readonly figures: readonly Figure[];
	readonly notes: readonly string[];
} {
	const program = path.join(root, 'test/bench/storm.mjs');
	const measured = measureApart(process.execPath, [program, String(seconds)], {}, isStorm);
	const { late, lateWithout, delays } = measured;
	const quarter = Math.floor(delays.length / 4);
	const growth = (median(delays.slice(-quarter)) ?? 0) - (median(delays.slice(0, quarter)) ?? 0);
	return {
		figures: [
			figure('keys a second', 'storm_keys_per_second', '', measured.keysPerSecond, {
				type: 'at-least',
				value: 95,
			}),
			figure('extension host blocked, p99', 'blocked_p99_ms', 'ms', percentile(late, 0.99), {
				type: 'at-most',
				value: 16,
			}),
			figure('the same, longest', 'blocked_max_ms', 'ms', percentile(late, 1)),
			figure('the same with completions off, p99', 'blocked_off_p99_ms', 'ms', percentile(lateWithout, 0.99)),
			figure('asked of the model', 'storm_asked', '', measured.asked, { type: 'at-least', value: 1 }),
			figure('at most at once', 'storm_requests', '', measured.waiting, { type: 'at-most', value: 1 }),
			figure('those included that were ended', 'storm_unanswered', '', measured.unanswered),
			figure('key to extension host, p50', 'storm_key_p50_ms', 'ms', median(delays)),
			figure('the last quarter less the first', 'storm_queue_growth_ms', 'ms', growth, {
				type: 'at-most',
				value: 16,
			}),
			figure('last key to its answer', 'storm_last_ms', 'ms', measured.drained),
			figure('every key arrived', 'storm_typed_exactly', '', Number(measured.typedExactly), {
				type: 'at-least',
				value: 1,
			}),
			figure('last suggestion is of the last text', 'storm_last_matches', '', Number(measured.lastMatches), {
				type: 'at-least',
				value: 1,
			}),
		],
		notes: [
			`storm: ${delays.length} keys in ${seconds} s in VS Code; in the end ${JSON.stringify(measured.lastOutcome)}`,
		],
	};
}

function figure(
	label: string,
	key: string,
	unit: string,
	value: number | undefined,
	aim?: Figure['aim'],
): Figure {
	return { label: `storm: ${label}`, key, unit, value, ...(aim === undefined ? {} : { aim }) };
}
