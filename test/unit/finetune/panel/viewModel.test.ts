/** Tests of what the panel shows of each state of a session. */

import assert from 'node:assert/strict';
import type { Judgement } from '../../../../src/finetune/judge/judgement';
import { isToPanel } from '../../../../src/finetune/panel/protocol';
import type { SessionState } from '../../../../src/finetune/panel/sessionState';
import { panelTexts } from '../../../../src/finetune/panel/texts';
import { panelStateOf } from '../../../../src/finetune/panel/viewModel';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { estimate } from '../../../support/fakeTrainer';
import { failed, passed, unsure } from '../../../support/reportSample';
import { finished, shown, translate } from './runs';

function stateOf(session: SessionState, activePaths: readonly string[] = []) {
	const around = { adapters: [], activePaths, timeOf: () => '12:00:00' };
	const state = panelStateOf(session, around, translate);
	const message: unknown = JSON.parse(
		JSON.stringify({ type: 'restore', texts: panelTexts(translate), state }),
	);
	assert.ok(isToPanel(message), 'the webview accepts it');
	return state;
}

function valueAt(rows: readonly { readonly label: string; readonly value: string }[], label: string) {
	return rows.find((row) => row.label === label)?.value;
}

describe('finetune/panel/viewModel', () => {
	it('shows nothing but a start while there is no run', () => {
		const state = stateOf({ type: 'none' });
		assert.equal(state.title, '');
		assert.deepEqual(state.actions, ['start', 'select']);
	});

	it('shows how far the data are, and how to cancel', () => {
		const state = stateOf({
			type: 'preparing',
			name: 'shop',
			detail: 'Sample 1 of 4',
			share: 0.25,
			basePath: '/models/base.gguf',
			settings: DEFAULT_SETTINGS,
		});
		assert.deepEqual(
			[state.title, state.detail, state.progress, state.actions],
			['shop', 'Sample 1 of 4', 0.25, ['cancel']],
		);
		assert.equal(valueAt(state.settings, 'Rank, alpha'), '16, 32');
		assert.equal(valueAt(state.settings, 'Base model'), 'base.gguf');
	});

	it('says why nothing was started', () => {
		const state = stateOf({ type: 'refused', name: 'shop', message: 'Too few files.' });
		assert.deepEqual([state.tone, state.detail], ['failed', 'Too few files.']);
	});

	it('shows a run with figures, estimate, curve and log', () => {
		const state = stateOf(shown());
		assert.deepEqual([state.tone, state.phase, state.progress], ['busy', 'Training', 0.5]);
		assert.deepEqual(state.actions, ['pause', 'cancel']);
		assert.deepEqual(
			[
				valueAt(state.figures, 'Step'),
				valueAt(state.figures, 'Time left'),
				valueAt(state.figures, 'Tokens a second'),
			],
			['150 of 300', '10 s', '50'],
		);
		assert.equal(valueAt(state.estimate, 'Time'), 'about 10 min');
		assert.equal(valueAt(state.estimate, 'Memory'), '0 MB of 0 MB free');
		assert.deepEqual(state.curve.steps, [0, 100, 150]);
		assert.deepEqual(state.log, [{ time: '12:00:00', isWarning: true, text: 'a skipped step' }]);
	});

	it('shows what is to be known of the run outside the log too, each once and the newest', () => {
		const line = (text: string, level: 'note' | 'info' = 'note') => ({ at: 0, level, text });
		const log = [line('It trains on the CPU.'), line('A step.', 'info'), line('It trains on the CPU.')];
		const state = stateOf(shown({ log }));
		assert.deepEqual(state.notes, ['It trains on the CPU.']);
		assert.deepEqual(
			state.log.map(({ isWarning }) => isWarning),
			[true, false, true],
		);
		const many = Array.from({ length: 12 }, (_, index) => line(`Note ${index}.`));
		const { notes } = stateOf(shown({ log: many }));
		assert.deepEqual([notes.length, notes.at(-1)], [8, 'Note 11.']);
		assert.deepEqual(stateOf(shown()).notes, []);
	});

	it('says how many rows a step takes, as soon as that is known', () => {
		const rowsPerStep = (settings: number | 'auto', chosen: number | undefined) => {
			const run = shown({ estimate: { ...estimate, rowsPerStep: chosen } });
			const order = { ...run.order, settings: { ...DEFAULT_SETTINGS, rowsPerStep: settings } };
			const state = stateOf({ ...run, order });
			return [valueAt(state.settings, 'Rows a step'), valueAt(state.estimate, 'Rows a step')];
		};
		assert.deepEqual(rowsPerStep('auto', 2), ['by the amount of data', '2']);
		assert.deepEqual(rowsPerStep('auto', undefined), ['by the amount of data', undefined]);
		assert.deepEqual(rowsPerStep(4, 4), ['4', '4']);
	});

	it('counts the looks at the held-out loss to the time', () => {
		const timed = { ...estimate, stepMilliseconds: 2_000, lookMilliseconds: 120_000 };
		assert.equal(valueAt(stateOf(shown({ estimate: timed })).estimate, 'Time'), 'about 12 min');
	});

	it('keeps the newest lines of a long log', () => {
		const log = Array.from({ length: 300 }, (_, at) => ({ at, level: 'info' as const, text: `line ${at}` }));
		const state = stateOf(shown({ log }));
		assert.deepEqual([state.log.length, state.log.at(-1)?.text], [200, 'line 299']);
	});

	it('tells each kind of pause apart, and offers what helps', () => {
		const paused = stateOf(shown({ state: 'paused', pausedFor: 'user' }));
		assert.deepEqual(
			[paused.phase, paused.detail, paused.actions],
			['Paused', 'The last checkpoint is from step 140.', ['resume', 'cancel']],
		);
		const battery = stateOf(shown({ state: 'paused', pausedFor: 'battery' }));
		assert.deepEqual([battery.phase, battery.actions], ['Paused on battery', ['resume', 'cancel']]);
		const busy = stateOf(shown({ pausedFor: 'busy' }));
		assert.deepEqual([busy.tone, busy.phase, busy.actions], ['busy', 'Waiting', ['pause', 'cancel']]);
	});

	it('points at the window that trains, and says when a closed one still saves', () => {
		const there = stateOf(shown({ phase: undefined }, { isLive: false, elsewhere: 'training' }));
		assert.deepEqual([there.tone, there.phase, there.actions], ['busy', 'In another window', []]);
		assert.match(there.detail, /follow or cancel it there/);
		const saving = stateOf(shown({}, { isLive: false, elsewhere: 'saving' }));
		assert.deepEqual([saving.phase, saving.actions], ['Saving the last checkpoint', []]);
	});

	it('says how an interrupted run can go on', () => {
		const interrupted = (isResumable: boolean, hasCheckpoint: boolean) =>
			stateOf(shown({ state: 'paused' }, { isLive: false, isInterrupted: true, isResumable, hasCheckpoint }));
		assert.match(interrupted(true, true).detail, /go on from its last checkpoint/);
		const anew = interrupted(true, false);
		assert.match(anew.detail, /begin again with the same data/);
		assert.deepEqual(anew.actions, ['resume', 'start']);
		const lost = interrupted(false, true);
		assert.deepEqual([lost.detail, lost.actions], ['The editor was closed while it trained.', ['start']]);
	});

	it('offers to end a trainer that hangs', () => {
		const state = stateOf(shown({ isSilent: true }));
		assert.deepEqual([state.tone, state.actions], ['failed', ['pause', 'cancel', 'kill']]);
	});

	it('offers nothing while a run ends', () => {
		const state = stateOf(shown({ isEnding: true }));
		assert.deepEqual([state.phase, state.actions], ['Ending', []]);
	});

	it('shows a gain, and whether the adapter is in use', () => {
		const active = stateOf(finished(2, 1), ['/adapters/a.gguf']);
		assert.equal(active.verdict?.tone, 'good');
		assert.match(active.verdict?.sentence ?? '', /is active/);
		assert.deepEqual(active.verdict?.figures, [
			{ label: 'Held-out loss', before: '2.0000', after: '1.0000', change: '−50.0 %' },
			{ label: 'Perplexity', before: '7.39', after: '2.72', change: '−63.2 %' },
		]);
		assert.deepEqual(active.actions, ['report', 'off', 'export', 'select', 'start']);
		assert.equal(valueAt(active.figures, 'Peak memory'), '1 MB');
		const off = stateOf(finished(2, 1));
		assert.match(off.verdict?.sentence ?? '', /is off/);
		assert.deepEqual(off.actions, ['use', 'report', 'export', 'select', 'start']);
	});

	it('shows what the judge found, question by question, and offers what follows', () => {
		const judged = (judgement: Judgement, activePaths: readonly string[] = []) =>
			stateOf(finished(2, 1, { judgement }), activePaths);
		const good = judged({ ...passed, answers: passed.answers.slice(0, 1) }, ['/adapters/a.gguf']);
		assert.deepEqual(
			[good.verdict?.tone, good.verdict?.note, good.verdict?.actions],
			['good', undefined, []],
		);
		assert.match(good.verdict?.sentence ?? '', /^The adapter is active: it passed every test/);
		assert.deepEqual(good.verdict?.answers, [
			{
				mark: 'passed',
				question: 'Does it predict unseen code better?',
				reason: 'Loss falls by 0.21 nats per token (0.15 to 0.27).',
			},
		]);
		const bad = judged(failed);
		assert.deepEqual(
			[bad.verdict?.tone, bad.verdict?.note, bad.verdict?.actions, bad.actions],
			['kept', undefined, ['useAnyway', 'judge'], ['report', 'export', 'select', 'start']],
		);
		// What failed comes first.
		assert.deepEqual(
			bad.verdict?.answers.map(({ mark, question }) => [mark, question]),
			[
				['failed', 'Does it still know other code?'],
				['passed', 'Does it predict unseen code better?'],
			],
		);
		const nobody = judged(unsure);
		assert.equal(nobody.verdict?.tone, 'unsure');
		assert.match(nobody.verdict?.sentence ?? '', /kept, off: it cannot be told whether it is better/);
		assert.deepEqual(nobody.verdict?.actions, ['useAnyway', 'judge']);
		// It is in use all the same: nothing is left to be done but to look again.
		assert.deepEqual(judged(unsure, ['/adapters/a.gguf']).verdict?.actions, ['judge']);
	});

	it('asks of chat what fits chat', () => {
		const { verdict } = stateOf(finished(2, 1, { judgement: { ...failed, role: 'chat' } }));
		assert.deepEqual(
			verdict?.answers.map(({ question }) => question),
			['Does it still answer other questions?', 'Does it predict unseen answers better?'],
		);
	});

	it('says why it was not judged, and offers both to use it and to judge it', () => {
		const { verdict, actions } = stateOf(finished(2, 1, { notJudged: 'It is not judged: no model.' }));
		assert.deepEqual(
			[verdict?.note, verdict?.answers, verdict?.actions, actions[0]],
			['It is not judged: no model.', [], ['useAnyway', 'judge'], 'report'],
		);
	});

	it('offers to roll back what is in use, where something was before', () => {
		const around = { adapters: [], activePaths: ['/adapters/a.gguf'], canRollBack: true, timeOf: String };
		const { actions } = panelStateOf(finished(2, 1), around, translate);
		assert.deepEqual(actions, ['report', 'rollBack', 'off', 'export', 'select', 'start']);
	});

	it('shows how far the judge is, without a verdict before it', () => {
		const state = stateOf(finished(2, 1, { judging: { done: 45, all: 180 } }));
		assert.deepEqual(
			[state.tone, state.phase, state.progress, state.verdict, state.actions],
			['busy', 'Judging the adapter', 0.25, undefined, ['cancel']],
		);
		assert.match(state.detail, /45 of 180 places/);
	});

	it('says so when the adapter did not help, or was refused', () => {
		const kept = stateOf(finished(1, 1));
		assert.deepEqual(
			[kept.verdict?.tone, kept.verdict?.sentence],
			['kept', 'The adapter is kept, off: the held-out loss did not fall.'],
		);
		const refused = stateOf(finished(2, 1, { refusal: 'Another base.' }));
		assert.equal(refused.verdict?.note, 'Another base.');
	});

	it('shows why a run failed, and goes on only where that can be', () => {
		const problem = { code: 'x', message: 'Out of memory.', resumable: true };
		const failed = shown({ state: 'failed', problem }, { isLive: false, isResumable: true });
		const state = stateOf(failed);
		assert.deepEqual(
			[state.tone, state.detail, state.actions],
			['failed', 'Out of memory.', ['resume', 'start', 'log']],
		);
		assert.deepEqual(stateOf({ ...failed, isResumable: false }).actions, ['start', 'log']);
	});

	it('says that another window measures the learning curve of a finished run, and offers no other', () => {
		const possible = { curve: { type: 'possible', reason: undefined } } as const;
		const here = stateOf(finished(2, 1, possible));
		assert.deepEqual([here.detail, here.actions.includes('curve')], ['', true]);
		for (const elsewhere of ['training', 'saving'] as const) {
			const there = stateOf(finished(2, 1, { ...possible, elsewhere }));
			assert.deepEqual([there.tone, there.phase], ['done', 'Finished']);
			assert.match(there.detail, /measured by another window/);
			assert.deepEqual([there.actions.includes('curve'), there.actions.includes('use')], [false, true]);
		}
	});

	it('offers to go on with a run that a closed window left behind', () => {
		const state = stateOf(
			shown({ state: 'paused' }, { isLive: false, isInterrupted: true, isResumable: true }),
		);
		assert.deepEqual([state.phase, state.actions], ['Interrupted', ['resume', 'start']]);
		assert.equal(valueAt(state.figures, 'Time left'), undefined);
	});
});
