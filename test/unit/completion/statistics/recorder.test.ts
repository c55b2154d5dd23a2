/** What is counted as shown, accepted, accepted in part and still there, on scripted documents. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { AnsweredRequest, TextChange } from '../../../../src/completion/answered';
import { StatisticsBook } from '../../../../src/completion/statistics/book';
import { addCounts, type Counts } from '../../../../src/completion/statistics/ledger';
import { StatisticsRecorder } from '../../../../src/completion/statistics/recorder';
import { StatisticsStore } from '../../../../src/completion/statistics/store';
import { FakeClock } from '../../../support/fakeClock';
import { answeredRequest, textOutcome, URI } from '../../../support/requests';
import { silentLog } from '../../../support/silentLog';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-recorder-'));
let files = 0;

/** A document that a script edits, with the recorder listening as it does in the editor. */
function house(text: string) {
	const clock = new FakeClock();
	const date = () => new Date(2026, 10, 21);
	const store = new StatisticsStore(path.join(folder, `${++files}.json`), date);
	const book = new StatisticsBook({ store, clock, log: silentLog, date });
	const state = { document: text as string | undefined, adapter: '', moved: false };
	const recorder = new StatisticsRecorder({
		book,
		clock,
		log: silentLog,
		origin: () => ({ model: 'coder', adapter: state.adapter }),
		isStillAt: () => !state.moved,
		textOf: (uri) => (uri === URI ? state.document : undefined),
	});
	return {
		clock,
		book,
		state,
		recorder,
		/** Replaces pieces, the last in the document first, as VS Code tells them. */
		edit(...changes: TextChange[]) {
			for (const { offset, length, text: written } of changes) {
				const before = state.document ?? '';
				state.document = before.slice(0, offset) + written + before.slice(offset + length);
			}
			recorder.changed(URI, changes);
		},
		/** The editor inserts the text, and then runs the command of the item. */
		accept(request: AnsweredRequest) {
			const written = request.outcome.type === 'text' ? request.outcome.text : '';
			const covers = request.outcome.type === 'text' ? request.outcome.covers : 0;
			this.edit({ offset: request.offset, length: covers, text: written });
			recorder.accepted(request);
		},
		async counts(): Promise<Counts> {
			const entries = await book.read();
			const all = entries.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});
			return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('latency.')));
		},
	};
}

function suggestion(offset: number, text: string, more: Partial<AnsweredRequest> = {}): AnsweredRequest {
	return answeredRequest({ offset, outcome: textOutcome(text), ...more });
}

describe('recorder: shown', () => {
	after(() => fs.rmSync(folder, { recursive: true }));

	it('counts what stood for 750 ms', async () => {
		const { clock, recorder, counts } = house('const a = ');
		recorder.answered(suggestion(10, 'call();'));
		await clock.pass(749);
		assert.deepEqual(await counts(), {});
		await clock.pass(1);
		assert.deepEqual(await counts(), { shown: 1 });
	});

	it('counts by kind of place what nobody asked for, and what of it was taken, once', async () => {
		const made = house('a = ');
		const { clock, recorder, counts } = made;
		const trace = { ...answeredRequest().trace, kind: 'line.word' } as const;
		const byHand = suggestion(4, 'one();', { trace, trigger: 'manual' });
		recorder.answered(byHand);
		made.accept(byHand);
		const inPart = suggestion(10, ' two();', { trace });
		recorder.answered(inPart);
		made.edit({ offset: 10, length: 0, text: ' two' });
		const rest = suggestion(14, '();', { trace });
		recorder.answered(rest);
		made.accept(rest);
		recorder.answered(suggestion(17, 'three', { trace }));
		await clock.pass(750);
		const all = await counts();
		assert.deepEqual([all['seen.line.word'], all['taken.line.word'], all['shown']], [2, 1, 3]);
	});

	it('does not count what the cursor left', async () => {
		const { clock, recorder, state, counts } = house('const a = ');
		recorder.answered(suggestion(10, 'call();'));
		state.moved = true;
		await clock.pass(10_000);
		assert.deepEqual(await counts(), {});
	});

	it('does not count what another text replaced before it could be read', async () => {
		const { clock, recorder, edit, counts } = house('const a = ');
		recorder.answered(suggestion(10, 'call();'));
		await clock.pass(500);
		edit({ offset: 10, length: 0, text: 'x' });
		recorder.answered(suggestion(11, 'yz();'));
		await clock.pass(10_000);
		assert.deepEqual(await counts(), { shown: 1 });
	});

	it('does not count what the editor no longer waited for, nor an answer without a text', async () => {
		const { clock, recorder, counts, book } = house('');
		recorder.answered(suggestion(0, 'x', { isDelivered: false }));
		recorder.answered(
			answeredRequest({
				outcome: { type: 'nothing', reason: 'nothing-to-add', detail: undefined, milliseconds: 1 },
			}),
		);
		await clock.pass(10_000);
		assert.deepEqual(await counts(), {});
		assert.deepEqual(await book.read(), []);
	});

	it('one that is typed along counts once, however often it is read', async () => {
		const { clock, recorder, edit, counts } = house('const a = ');
		recorder.answered(suggestion(10, 'call();'));
		await clock.pass(800);
		edit({ offset: 10, length: 0, text: 'c' });
		recorder.answered(suggestion(11, 'all();', { outcome: textOutcome('all();', { source: 'ahead' }) }));
		await clock.pass(800);
		assert.deepEqual(await counts(), { shown: 1 });
		recorder.answered(suggestion(11, 'ount;'));
		await clock.pass(800);
		assert.deepEqual(await counts(), { shown: 2 });
	});

	it('counts under the language, the model and the adapter that wrote it', async () => {
		const { clock, recorder, state, book } = house('');
		state.adapter = 'shop';
		recorder.answered(suggestion(0, 'x'));
		state.adapter = 'other';
		await clock.pass(800);
		const [entry, ...more] = await book.read();
		assert.deepEqual(more, []);
		assert.deepEqual(
			{ ...entry, counts: entry?.counts['shown'] },
			{ day: '2026-11-21', language: 'typescript', model: 'coder', adapter: 'shop', counts: 1 },
		);
	});

	it('counts tokens where the model told, and the time by source', async () => {
		const { recorder, book, counts } = house('');
		const statistics = {
			promptTokens: 100,
			reusedTokens: 90,
			generatedTokens: 5,
			prefillMilliseconds: 1,
			decodeMilliseconds: 1,
		};
		recorder.answered(suggestion(0, 'x', { outcome: textOutcome('x', { statistics }) }));
		recorder.answered(suggestion(0, 'x', { outcome: textOutcome('x', { source: 'cache' }) }));
		assert.deepEqual(await counts(), { promptTokens: 100, reusedTokens: 90 });
		const names = Object.keys((await book.read())[0]?.counts ?? {}).filter((name) => /latency/.test(name));
		assert.deepEqual(
			names.map((name) => name.split('.')[1]),
			['model', 'cache'],
		);
	});
});

describe('recorder: accepted', () => {
	it('counts what is accepted as shown too, at once and once', async () => {
		const one = house('const a = ');
		const request = suggestion(10, 'call();');
		one.recorder.answered(request);
		one.accept(request);
		await one.clock.pass(800);
		assert.deepEqual(await one.counts(), { shown: 1, accepted: 1, acceptedCharacters: 7 });
	});

	it('counts no character that stood there before, and none that was typed', async () => {
		const one = house('call()');
		const request = suggestion(5, 'a, b);', { outcome: textOutcome('a, b);', { covers: 1 }) });
		one.recorder.answered(request);
		one.edit({ offset: 5, length: 0, text: 'a' });
		// The editor accepts the old item, of which one character was typed meanwhile.
		one.edit({ offset: 6, length: 1, text: ', b);' });
		one.recorder.accepted(request);
		assert.deepEqual(await one.counts(), { shown: 1, accepted: 1, acceptedCharacters: 4 });
	});

	it('counts once even where the editor writes it in two pieces', async () => {
		const one = house('call()');
		const request = suggestion(5, 'a);', { outcome: textOutcome('a);', { covers: 1 }) });
		one.recorder.answered(request);
		await one.clock.pass(800);
		one.edit({ offset: 6, length: 0, text: ';' }, { offset: 5, length: 0, text: 'a' });
		one.recorder.accepted(request);
		assert.deepEqual(await one.counts(), { shown: 1, accepted: 1, acceptedCharacters: 2 });
	});

	it('a word and a line that are taken in one step are a part, once for the suggestion', async () => {
		const one = house('');
		one.recorder.answered(suggestion(0, 'return one;\nreturn two;'));
		one.edit({ offset: 0, length: 0, text: 'return' });
		one.recorder.answered(suggestion(6, ' one;\nreturn two;'));
		one.edit({ offset: 6, length: 0, text: ' one;\n' });
		assert.deepEqual(await one.counts(), { shown: 1, acceptedInPart: 1, acceptedCharacters: 12 });
		const rest = suggestion(12, 'return two;');
		one.recorder.answered(rest);
		one.accept(rest);
		assert.deepEqual(await one.counts(), {
			shown: 1,
			acceptedInPart: 1,
			accepted: 1,
			acceptedCharacters: 23,
		});
	});

	for (const [what, text, typed] of [
		['a character', 'call();', ['c', 'a']],
		['a character of two units', '😀😀 x', ['😀']],
		['a bracket that the editor closes', '();', ['()']],
		['a line end that the editor indents', '\n\t\tcall();', ['\n\t']],
		['a word that is not in it', 'call();', ['const']],
	] as const) {
		it(`${what} is typed, not accepted`, async () => {
			const one = house('');
			one.recorder.answered(suggestion(0, text));
			let offset = 0;
			for (const piece of typed) {
				one.edit({ offset, length: 0, text: piece });
				offset += piece.length;
			}
			assert.deepEqual(await one.counts(), {});
		});
	}

	it('what is written elsewhere is not accepted', async () => {
		const one = house('a\nb\n');
		one.recorder.answered(suggestion(4, 'call(one);'));
		one.edit({ offset: 2, length: 0, text: 'call' });
		one.edit({ offset: 8, length: 0, text: 'call' });
		one.recorder.changed('file:///other.ts', [{ offset: 4, length: 0, text: 'call' }]);
		assert.deepEqual(await one.counts(), {});
	});
});

describe('recorder: still there', () => {
	const TEXT = 'total += item.price;';

	function accepted() {
		const one = house('for (const item of items) {\n\t\n}\n');
		const request = suggestion(29, TEXT);
		one.recorder.answered(request);
		one.accept(request);
		assert.ok(one.state.document?.includes(TEXT));
		return one;
	}

	async function survival(one: ReturnType<typeof house>) {
		const counts = await one.counts();
		return [30, 120, 300].map((seconds) => [
			counts[`kept.${seconds}`] ?? 0,
			counts[`checked.${seconds}`] ?? 0,
		]);
	}

	it('looks after 30 seconds, 2 and 5 minutes, and not before', async () => {
		const one = accepted();
		await one.clock.pass(29_999);
		assert.deepEqual(await survival(one), [
			[0, 0],
			[0, 0],
			[0, 0],
		]);
		await one.clock.pass(1);
		assert.deepEqual(await survival(one), [
			[1, 1],
			[0, 0],
			[0, 0],
		]);
		await one.clock.pass(90_000);
		assert.deepEqual(await survival(one), [
			[1, 1],
			[1, 1],
			[0, 0],
		]);
		await one.clock.pass(180_000);
		assert.deepEqual(await survival(one), [
			[1, 1],
			[1, 1],
			[1, 1],
		]);
	});

	it('follows it down past what is written above, however much', async () => {
		const one = accepted();
		one.edit({ offset: 0, length: 0, text: '// a long comment\n'.repeat(100) });
		one.edit({ offset: 10, length: 5, text: '' });
		await one.clock.pass(30_000);
		assert.deepEqual((await survival(one))[0], [1, 1]);
	});

	it('misses what was deleted, and what was changed', async () => {
		const gone = accepted();
		gone.edit({ offset: 29, length: TEXT.length, text: '' });
		const changed = accepted();
		changed.edit({ offset: 38, length: 4, text: 'thing' });
		for (const one of [gone, changed]) {
			await one.clock.pass(30_000);
			assert.deepEqual((await survival(one))[0], [0, 1]);
		}
	});

	it('finds what an undo brought back', async () => {
		const one = accepted();
		one.edit({ offset: 29, length: TEXT.length, text: '' });
		await one.clock.pass(30_000);
		one.edit({ offset: 29, length: 0, text: TEXT });
		await one.clock.pass(90_000);
		assert.deepEqual((await survival(one)).slice(0, 2), [
			[0, 1],
			[1, 1],
		]);
	});

	it('finds it where a formatter indented it anew', async () => {
		const one = accepted();
		one.edit({ offset: 28, length: 1, text: '        ' });
		one.edit({ offset: 36 + 'total '.length, length: 3, text: '+=\n            ' });
		await one.clock.pass(30_000);
		assert.deepEqual((await survival(one))[0], [1, 1]);
	});

	it('finds it where the whole document was written anew', async () => {
		const one = accepted();
		one.edit({ offset: 0, length: 0, text: `${'x();\n'.repeat(500)}` });
		const document = one.state.document ?? '';
		const written = `${document}${'z();\n'.repeat(1_500)}`;
		one.edit({ offset: 0, length: document.length, text: written });
		await one.clock.pass(30_000);
		assert.deepEqual((await survival(one))[0], [1, 1]);
	});

	it('takes no other place for it', async () => {
		const one = accepted();
		one.edit({ offset: 29, length: TEXT.length, text: '' });
		one.edit({
			offset: one.state.document?.length ?? 0,
			length: 0,
			text: `${'\n// far'.repeat(100)}\n${TEXT}`,
		});
		await one.clock.pass(30_000);
		assert.deepEqual((await survival(one))[0], [0, 1]);
	});

	it('a bracket is not found in every bracket around', async () => {
		const one = house('call(\n');
		const request = suggestion(5, ')');
		one.accept(request);
		one.edit({ offset: 5, length: 1, text: '' });
		one.edit({ offset: 6, length: 0, text: `${' '.repeat(40)}other()\n` });
		await one.clock.pass(30_000);
		assert.deepEqual((await survival(one))[0], [0, 1]);
	});

	it('says nothing of a document that was closed, and nothing after the end', async () => {
		const closed = accepted();
		closed.recorder.closed(URI);
		const lost = accepted();
		lost.state.document = undefined;
		const over = accepted();
		over.recorder.forget();
		for (const one of [closed, lost, over]) {
			await one.clock.pass(400_000);
			assert.deepEqual(await survival(one), [
				[0, 0],
				[0, 0],
				[0, 0],
			]);
		}
	});
});
