/** When the next edit appears, how long it stays, and what it takes to see it again. */
import * as assert from 'node:assert/strict';
import type { NextEdit } from '../../../../src/completion/nextEdit/find';
import {
	FINISHED,
	NextEditSession,
	type NextEditSessionOptions,
	SETTLED,
	type ShownEdit,
} from '../../../../src/completion/nextEdit/session';
import { FakeClock } from '../../../support/fakeClock';
import { recordingLog } from '../../../support/silentLog';

const URI = 'file:///a.ts';
/** What a model writes, in tests of when it is asked. */
const WRITTEN: NextEdit = { start: 41, end: 41, removed: '', text: ';', rule: 'model' };
const TEXT = 'const total = 1;\nprint(total);\nother();\nprint(total);\n';

function start(write?: NextEditSessionOptions['write']) {
	const clock = new FakeClock();
	const log = recordingLog();
	const seen: (ShownEdit | undefined)[] = [];
	let onShow: () => void = () => undefined;
	const session = new NextEditSession({
		clock,
		log,
		show: (shown) => {
			seen.push(shown);
			onShow();
		},
		...(write === undefined ? {} : { write }),
	});
	session.follow(URI, 'typescript', TEXT);
	/** Lets the wait pass, and waits until something is shown. */
	const settled = async (): Promise<NextEdit | undefined> => {
		const shown = new Promise<void>((resolve) => {
			onShow = resolve;
		});
		await clock.pass(SETTLED);
		await shown;
		return session.current?.edit;
	};
	const rename = () => session.changed(URI, [{ offset: 6, length: 5, text: 'sum' }], 'typed');
	return { clock, log, seen, session, settled, rename };
}

/** After turns enough for any search. */
async function later(): Promise<void> {
	for (let turn = 0; turn < 50; turn++) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}

describe('next edit: the session', () => {
	it('shows it after a rest, not before', async () => {
		const { clock, seen, settled, rename } = start();
		rename();
		await clock.pass(SETTLED - 1);
		await later();
		assert.deepEqual(seen, []);
		const edit = await settled();
		assert.deepEqual([edit?.start, edit?.removed, edit?.text], [21, 'total', 'sum']);
	});

	it('is looked for while the cursor only follows the keystroke, and no longer when it leaves', async () => {
		const { clock, session, settled, rename } = start();
		rename();
		session.moved(URI, 9);
		assert.ok(await settled());
		const other = start();
		other.rename();
		other.session.moved(URI, 30);
		await clock.pass(0);
		await other.clock.pass(SETTLED);
		await later();
		assert.equal(other.session.current, undefined);
		assert.ok(session.current);
	});

	it('waits anew with each keystroke', async () => {
		const { clock, seen, session, rename } = start();
		rename();
		await clock.pass(SETTLED - 1);
		session.changed(URI, [{ offset: 9, length: 0, text: 's' }], 'typed');
		await clock.pass(SETTLED - 1);
		await later();
		assert.deepEqual(seen, []);
		assert.equal(clock.sleeping, 1);
	});

	it('goes on at once after one that was accepted', async () => {
		const { clock, session, settled, rename } = start();
		rename();
		const first = await settled();
		assert.ok(first);
		session.changed(URI, [{ offset: first.start, length: 5, text: first.text }], 'ours');
		await clock.pass(0);
		await later();
		assert.equal(session.current?.edit.removed, 'total');
		assert.ok((session.current?.edit.start ?? 0) > first.start);
	});

	it('hides with the next change, and when dismissed it does not come back by itself', async () => {
		const { clock, seen, session, settled, rename } = start();
		rename();
		await settled();
		session.hide();
		assert.equal(seen.at(-1), undefined);
		session.moved(URI, 25);
		await clock.pass(10 * SETTLED);
		await later();
		assert.equal(session.current, undefined);
		assert.equal(seen.length, 2);
	});

	it('stays while the cursor is where the edit was or where the next one is, and only then', async () => {
		const { session, settled, rename } = start();
		rename();
		await settled();
		for (const offset of [0, 14, 15, 27]) {
			session.moved(URI, offset);
			assert.ok(session.current, String(offset));
		}
		session.moved(URI, 30);
		assert.equal(session.current, undefined);
	});

	for (const [name, act] of [
		['an undo', (session) => session.changed(URI, [{ offset: 6, length: 3, text: 'total' }], 'other')],
		['a completion that was taken over', (session) => session.discard(URI)],
		['another document', (session) => session.moved('file:///b.ts', 0)],
		['the document being closed', (session) => session.forget(URI)],
	] as const satisfies readonly (readonly [string, (session: NextEditSession) => void])[]) {
		it(`goes with ${name}`, async () => {
			const { clock, session, settled, rename } = start();
			rename();
			await settled();
			act(session);
			assert.equal(session.current, undefined);
			await clock.pass(10 * SETTLED);
			await later();
			assert.equal(session.current, undefined);
		});
	}

	it('proposes nothing after what is no evidence', async () => {
		const { clock, seen, session } = start();
		session.changed(URI, [{ offset: 6, length: 5, text: 'sum' }], 'other');
		await clock.pass(10 * SETTLED);
		await later();
		assert.deepEqual(seen, []);
	});

	it('keeps the texts of four documents', () => {
		const { session } = start();
		for (const name of ['b', 'c', 'd', 'e']) {
			session.follow(name, 'typescript', '');
		}
		assert.equal(session.follows(URI), false);
		assert.equal(session.follows('b'), true);
	});
});

describe('next edit: the session and the model', () => {
	/** No rule says anything of an argument that came. */
	const add = (session: NextEditSession) =>
		session.changed(URI, [{ offset: 28, length: 0, text: ', 1' }], 'typed');

	/** A model that answers when it is told to; `signals`: of what it was asked. */
	function model() {
		const signals: AbortSignal[] = [];
		let answer: (edit: NextEdit | undefined) => void = () => undefined;
		const write: NextEditSessionOptions['write'] = (_uri, _document, signal) => {
			signals.push(signal);
			return new Promise((resolve, reject) => {
				answer = resolve;
				signal.addEventListener('abort', () => reject(signal.reason), { once: true });
			});
		};
		return { signals, write, answer: (edit: NextEdit | undefined) => answer(edit) };
	}

	it('asks where no rule finds anything, once the edit is finished', async () => {
		const { signals, write, answer } = model();
		const { clock, session, seen } = start(write);
		add(session);
		await clock.pass(SETTLED);
		await later();
		await clock.pass(FINISHED - SETTLED - 1);
		await later();
		assert.equal(signals.length, 0);
		await clock.pass(1);
		assert.equal(signals.length, 1);
		assert.deepEqual(seen, []);
		answer(WRITTEN);
		await later();
		assert.deepEqual(session.current, { uri: URI, edit: WRITTEN });
	});

	it('does not ask where a rule finds it', async () => {
		const { signals, write } = model();
		const { clock, settled, rename } = start(write);
		rename();
		assert.equal((await settled())?.rule, 'rename');
		await clock.pass(FINISHED);
		await later();
		assert.equal(signals.length, 0);
	});

	it('asks at once after one that was accepted', async () => {
		const { signals, write } = model();
		const { clock, session } = start(write);
		session.changed(URI, [{ offset: 28, length: 0, text: ', 1' }], 'ours');
		await clock.pass(0);
		await later();
		assert.equal(signals.length, 1);
	});

	for (const [name, act] of [
		['typing', (session) => session.changed(URI, [{ offset: 31, length: 0, text: '2' }], 'typed')],
		['a completion that was taken over', (session) => session.discard(URI)],
		['the cursor elsewhere', (session) => session.moved(URI, 0)],
		['the document being closed', (session) => session.forget(URI)],
		['a setting that changes', (session) => session.hide()],
	] as const satisfies readonly (readonly [string, (session: NextEditSession) => void])[]) {
		it(`is aborted by ${name}`, async () => {
			const { signals, write, answer } = model();
			const { clock, session, seen, log } = start(write);
			add(session);
			await clock.pass(SETTLED);
			await later();
			await clock.pass(FINISHED - SETTLED);
			assert.equal(signals[0]?.aborted, false);
			act(session);
			assert.equal(signals[0]?.aborted, true);
			answer(WRITTEN);
			await later();
			assert.deepEqual(seen, []);
			assert.deepEqual(log.lines, []);
		});
	}

	it('what comes though it was aborted is not shown', async () => {
		let answer: (edit: NextEdit) => void = () => undefined;
		const { clock, session, seen } = start(
			() =>
				new Promise((resolve) => {
					answer = resolve;
				}),
		);
		add(session);
		await clock.pass(SETTLED);
		await later();
		await clock.pass(FINISHED - SETTLED);
		session.hide();
		answer(WRITTEN);
		await later();
		assert.deepEqual([seen, session.current], [[], undefined]);
	});
});
