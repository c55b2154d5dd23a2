/** The prompt of a place is in the model before somebody asks there, and is in nobody's way. */
import * as assert from 'node:assert/strict';
import type { ChosenContext, CompletionContext } from '../../../src/completion/prompt';
import { ANSWERED, brief, completion, house, LONG } from '../../support/completionHouse';
import { settle } from '../../support/fakeClock';
import { deferred, fakeDescription } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';

/** Milliseconds for which a cursor must rest. */
const REST = 150;

function scriptedContext() {
	const listeners = new Set<() => void>();
	const context: CompletionContext = {
		chosenFor: (): ChosenContext => ({ files: [{ path: 'b.ts', text: 'export const b = 1;\n' }], notes: [] }),
		onDidChange: (listener) => {
			listeners.add(listener);
			return { dispose: () => listeners.delete(listener) };
		},
		visit: (cursor) => visited.push(cursor.before),
	};
	const visited: string[] = [];
	return {
		context,
		visited,
		change: () => {
			for (const listener of [...listeners]) {
				listener();
			}
		},
	};
}

describe('warmer', () => {
	it('reads the prompt where somebody rests, and nothing where somebody passes', async () => {
		const { model, clock, engine } = house();
		engine.visit(() => cursorIn('a;\nb█\nc'));
		await clock.pass(REST - 1);
		engine.visit(() => cursorIn('a;\nb\nc█'));
		await clock.pass(REST - 1);
		assert.equal(model.prefills.length, 0);
		await clock.pass(1);
		assert.deepEqual(
			model.prefills.map(({ request }) => [request.prefix, request.typed, request.priority]),
			[['a;\nb\n', 'c', 'background']],
		);
	});

	it('is ended by a question, at once', async () => {
		const { model, clock, engine, ask } = house();
		model.onFill = () => 'one';
		model.onPrefill = () => new Promise(() => undefined);
		engine.visit(() => cursorIn('a = █'));
		await clock.pass(REST);
		assert.equal(model.prefills[0]?.wasAborted, false);
		const outcome = ask(cursorIn('a = █'));
		assert.equal(model.prefills[0]?.wasAborted, true);
		await clock.pass(ANSWERED);
		assert.equal(brief(await outcome), 'model: one');
	});

	it('where a line looks finished, it is the next line’s', async () => {
		const { model, clock, get } = house();
		assert.equal(brief(await get(cursorIn('a;\nb();█\nc'))), 'line-complete');
		await clock.pass(REST);
		const [prefill] = model.prefills;
		assert.deepEqual([prefill?.request.prefix, prefill?.request.suffix], ['a;\nb();\n', '\nc']);
		assert.equal(model.fills.length, 0);
	});

	it('comes back to where somebody is once what follows was asked ahead', async () => {
		const { model, clock, get } = house();
		model.onFill = ({ typed }) => (typed.endsWith('\n') ? 'b();' : 'one();');
		await get(cursorIn('a = █'));
		await clock.pass(LONG);
		assert.equal(model.fills.at(-1)?.request.typed, 'a = one();\n');
		assert.equal(model.prefills.at(-1)?.request.typed, 'a = ');
	});

	it('waits until nothing is written', async () => {
		const { model, clock, engine, ask } = house();
		const gate = deferred();
		model.onFill = () => ({ steps: [gate.promise, 'one'] });
		const cursor = cursorIn('a = █');
		const controller = new AbortController();
		void ask(cursor, controller.signal);
		await clock.pass(80);
		controller.abort();
		await settle();
		engine.visit(() => cursor);
		await clock.pass(60);
		assert.equal(model.running, 1);
		gate.resolve();
		await clock.pass(REST);
		assert.equal(model.prefills.length, 1);
	});

	it('reads nothing where nothing would be offered, nor without a model', async () => {
		const { model, clock, engine } = house();
		engine.visit(() => cursorIn('a = █', { fullPath: '/repository/.env' }));
		await clock.pass(LONG);
		engine.configure({ ...completion, enabled: false });
		engine.visit(() => cursorIn('a = █'));
		await clock.pass(LONG);
		engine.configure(completion);
		engine.visit(() => undefined);
		await clock.pass(LONG);
		model.change({ type: 'starting' });
		engine.visit(() => cursorIn('a = █'));
		await clock.pass(LONG);
		assert.equal(model.prefills.length, 0);
	});

	it('a model that fails meanwhile disturbs nobody', async () => {
		const { model, clock, engine, get } = house();
		model.onPrefill = () => Promise.reject(new Error('broken'));
		model.onFill = () => 'one';
		engine.visit(() => cursorIn('b = █'));
		await clock.pass(REST);
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: one');
	});
});

describe('context of the engine', () => {
	it('is told of each key and of each place where somebody rests', async () => {
		const { context, visited } = scriptedContext();
		const { clock, engine, get } = house({ context });
		await get(cursorIn('a = █'));
		await get(cursorIn('a = b█'));
		await get(cursorIn('a = b\n█'));
		engine.visit(() => cursorIn('█\nb'));
		await clock.pass(LONG);
		assert.deepEqual(visited, ['a = ', 'a = b', 'a = b\n', '']);
	});

	for (const [where, facts] of [
		['in a file that is left out', { fullPath: '/repository/left-out.ts' }],
		['in a file with secrets', { fullPath: '/repository/.env' }],
		['in a language that is off', { languageId: 'markdown' }],
		['in what is no file', { scheme: 'output', isWritable: undefined }],
	] as const) {
		it(`is told nothing of somebody who rests ${where}`, async () => {
			const { context, visited } = scriptedContext();
			const { clock, engine } = house({ context });
			engine.visit(() => cursorIn('a = █', facts));
			await clock.pass(LONG);
			assert.deepEqual(visited, []);
			engine.visit(() => cursorIn('b();█'));
			await clock.pass(LONG);
			assert.deepEqual(visited, ['b();']);
		});
	}

	it('is in the prompt, and the trace says what each source brought', async () => {
		const { context } = scriptedContext();
		const { model, get } = house({ context });
		model.onFill = () => 'one';
		await get(cursorIn('a = █'));
		assert.deepEqual(model.fills[0]?.request.files, [{ path: 'b.ts', text: 'export const b = 1;\n' }]);
	});

	it('has its prompt read when it has changed, unless somebody asks', async () => {
		const { context, visited, change } = scriptedContext();
		const { model, clock, engine, ask } = house({ context });
		engine.visit(() => cursorIn('a = █'));
		await clock.pass(LONG);
		assert.equal(model.prefills.length, 1);
		change();
		await settle();
		assert.equal(model.prefills.length, 2);
		assert.deepEqual(visited, ['a = '], 'nobody came to that place anew');
		model.onFill = () => ({ steps: [deferred().promise] });
		void ask(cursorIn('word█'));
		change();
		await clock.pass(ANSWERED);
		assert.equal(model.prefills.length, 2);
	});

	it('a disposed engine hears nothing more', async () => {
		const { context, change } = scriptedContext();
		const { model, clock, engine } = house({ context });
		engine.visit(() => cursorIn('a = █'));
		await clock.pass(LONG);
		engine.dispose();
		change();
		await settle();
		assert.equal(model.prefills.length, 1);
		assert.equal(model.state.type === 'ready' && model.state.model.name, fakeDescription.name);
	});
});
