/** The engine of completions with a scripted model and a clock of its own, for tests of what it does when. */

import { systemClock } from '../../src/completion/clock';
import type { Cursor } from '../../src/completion/cursor';
import { CompletionEngine, type CompletionEngineOptions } from '../../src/completion/engine';
import type { Outcome } from '../../src/completion/outcome';
import { TraceWriter } from '../../src/completion/trace';
import { type Settings, settings } from '../../src/manifest';
import { FakeClock, settle } from './fakeClock';
import { FakeModel } from './fakeModel';
import { silentLog } from './silentLog';

export const completion: Settings['completion'] = {
	enabled: true,
	languages: settings.completionLanguages.default,
	trigger: 'automatic',
	pauseOnBattery: false,
	debounce: 75,
	maxTokens: 96,
	leftToRight: false,
};
/** Longer than the debounce, and shorter than the rest after which what follows a text is asked for. */
export const ANSWERED = 140;
/** Longer than a generation nobody waits for, and than everything that is asked ahead. */
export const LONG = 1_000;

export function house(options: Partial<CompletionEngineOptions> = {}) {
	const model = new FakeModel();
	const clock = new FakeClock();
	const power = { isOnBattery: false };
	const engine = new CompletionEngine({
		model,
		settings: completion,
		log: silentLog,
		clock,
		isOnBattery: () => power.isOnBattery,
		excluded: (fullPath) => (fullPath.endsWith('/left-out.ts') ? 'A rule says so.' : undefined),
		...options,
	});
	const never = new AbortController().signal;
	return {
		model,
		power,
		clock,
		engine,
		ask: (cursor: Cursor, signal = never) =>
			engine.complete(cursor, 'automatic', new TraceWriter(systemClock), signal),
		byHand: (cursor: Cursor) =>
			engine.complete(cursor, 'manual', new TraceWriter(systemClock), new AbortController().signal),
		/** Asks and lets all the time pass that it takes. */
		async get(cursor: Cursor): Promise<Outcome> {
			let isOver = false;
			const outcome = engine
				.complete(cursor, 'automatic', new TraceWriter(systemClock), never)
				.finally(() => {
					isOver = true;
				});
			await settle();
			while (!isOver) {
				await clock.pass(5);
			}
			return outcome;
		},
	};
}

/** Whether something comes true while nothing but promises goes on. */
export async function microtasks(isTrue: () => boolean): Promise<boolean> {
	for (let turn = 0; turn < 100 && !isTrue(); turn++) {
		await Promise.resolve();
	}
	return isTrue();
}

export function brief(outcome: Outcome): string {
	return outcome.type === 'text' ? `${outcome.source}: ${outcome.text}` : outcome.reason;
}
