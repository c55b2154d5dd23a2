/** Tests of what the composer is told, and of messages that are none. */

import assert from 'node:assert/strict';
import { ContextDesk } from '../../../../src/chat/context/desk';
import { fileSource } from '../../../../src/chat/context/file';
import { isFromComposer, isToComposer, type ToComposer } from '../../../../src/chat/context/messages';
import { selectionSource } from '../../../../src/chat/context/selection';
import type { ContextSource } from '../../../../src/chat/context/source';
import { settle } from '../../../support/fakeClock';
import { deferred } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';
import { FakeEditor, never } from './fakeEditor';

function setUp(files: Readonly<Record<string, string>> = {}, more: readonly ContextSource[] = []) {
	const editor = new FakeEditor(files);
	const posted: ToComposer[] = [];
	let room = 1_000;
	const desk = new ContextDesk({
		...editor.tools,
		sources: [fileSource(editor.tools), selectionSource(editor.tools), ...more],
		promptFiles: async () => [],
		post: (message) => {
			assert.ok(isToComposer(message), JSON.stringify(message));
			posted.push(message);
		},
		countTokens: (text) => text.length,
		room: () => room,
		log: silentLog,
		subscriptions: [],
	});
	const labels = () => {
		const last = posted.findLast((message) => message.type === 'chips');
		return last?.type === 'chips' ? last.chips.map(({ label }) => label) : undefined;
	};
	return {
		editor,
		desk,
		posted,
		labels,
		setRoom: (tokens: number) => {
			room = tokens;
		},
	};
}

describe('chat/context/desk', () => {
	it('shows chips for mentions and drops, and takes them away', async () => {
		const { desk, labels, posted } = setUp({ 'a.ts': 'a', 'b.ts': 'b' });
		await desk.receive({ type: 'mentions', mentions: ['#file:a.ts'] });
		await desk.receive({ type: 'drop', uris: ['file:///w/b.ts'] });
		assert.deepEqual(labels(), ['b.ts', 'a.ts']);
		const last = posted.at(-1);
		assert.ok(last?.type === 'chips');
		await desk.receive({ type: 'takeAway', chip: last.chips[0]?.id ?? '' });
		assert.deepEqual(labels(), ['a.ts']);
		await desk.sent();
		assert.deepEqual(labels(), []);
	});

	it('takes nothing of the next question along with an earlier one that is asked anew', async () => {
		const { desk, labels } = setUp({ 'a.ts': 'a', 'b.ts': 'b', 'AGENTS.md': 'Be brief.' });
		await desk.receive({ type: 'drop', uris: ['file:///w/b.ts'] });
		const outcome = await desk.askAnew('why #file:a.ts', never);
		assert.ok(outcome.type === 'question');
		const paths = outcome.question.attachments?.map(({ path }) => path) ?? [];
		assert.ok(paths.includes('a.ts') && !paths.includes('b.ts'), paths.join());
		assert.ok(labels()?.includes('b.ts'));
	});

	it('ends the reading when it is told to', async () => {
		const controller = new AbortController();
		const endless: ContextSource = {
			...{ name: 'endless', description: '', takesArgument: false, reads: 'sent' },
			read: (_, signal) =>
				new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
		};
		const { desk } = setUp({}, [endless]);
		const outcome = desk.ask('why #endless', controller.signal);
		await settle();
		controller.abort();
		assert.equal((await outcome).type, 'notice');
		assert.equal((await desk.ask('why', never)).type, 'question');
	});

	it('says what does not fit', async () => {
		const { desk, posted, setRoom } = setUp({ 'a.ts': 'a'.repeat(300) });
		await desk.receive({ type: 'mentions', mentions: ['#file:a.ts'] });
		setRoom(200);
		await desk.show();
		assert.deepEqual(
			posted.map((message) => message.type === 'chips' && message.note),
			[undefined, 'Together ~300 tokens, but only ~200 fit the context of this model: the rest will be cut.'],
		);
	});

	it('follows the selection while it is mentioned', async () => {
		const { editor, desk, labels, posted } = setUp({ 'a.ts': 'one\ntwo' });
		await desk.editorChanged();
		assert.equal(posted.length, 0);
		editor.show('a.ts', 0, 0);
		await desk.receive({ type: 'mentions', mentions: ['#selection'] });
		editor.show('a.ts', 0, 1);
		await desk.editorChanged();
		assert.deepEqual(labels(), ['a.ts:1-2']);
	});

	it('answers the latest question for completions only', async () => {
		const gate = deferred();
		const slow: ContextSource = {
			name: 'slow',
			description: '',
			takesArgument: true,
			reads: 'now',
			suggest: async () => {
				await gate.promise;
				return [{ argument: 'late', label: 'late', detail: '' }];
			},
			read: async () => [],
		};
		const { desk, posted } = setUp({}, [slow]);
		const first = desk.receive({ type: 'suggest', request: 1, word: '#slow:' });
		await desk.receive({ type: 'suggest', request: 2, word: '/he' });
		gate.resolve();
		await first;
		assert.deepEqual(
			posted.map((message) => message.type === 'suggestions' && message.request),
			[2],
		);
	});

	it('asks nothing when reading fails, and says why', async () => {
		const broken: ContextSource = {
			name: 'broken',
			description: '',
			takesArgument: false,
			reads: 'now',
			read: () => Promise.reject(new Error('It broke.')),
		};
		const { desk } = setUp({}, [broken]);
		const outcome = await desk.ask('why #broken', never);
		assert.ok(outcome.type === 'notice');
		assert.match(outcome.notice.text, /could not be read: It broke\./);
		assert.equal((await desk.ask('why', never)).type, 'question');
	});

	it('knows its messages from others', () => {
		for (const message of [
			{ type: 'suggest', request: 0, word: '/' },
			{ type: 'mentions', mentions: [] },
			{ type: 'drop', uris: ['file:///a'] },
			{ type: 'takeAway', chip: 'chip-1' },
		]) {
			assert.ok(isFromComposer(message), JSON.stringify(message));
		}
		for (const message of [
			undefined,
			{ type: 'suggest', request: -1, word: '/' },
			{ type: 'suggest', request: 1, word: 'x'.repeat(5_000) },
			{ type: 'mentions', mentions: Array.from({ length: 100 }, () => '#a') },
			{ type: 'drop', uris: [1] },
			{ type: 'drop', uris: ['x'.repeat(100_000)] },
			{ type: 'takeAway', chip: '../x' },
			{ type: 'chips', chips: [] },
		]) {
			assert.ok(!isFromComposer(message), JSON.stringify(message)?.slice(0, 100));
		}
		assert.ok(!isToComposer({ type: 'chips', chips: [{ id: 'a' }] }));
		assert.ok(!isToComposer({ type: 'notice', notice: { text: 'a', rows: [{}] } }));
	});
});
