/** When the model is asked, and what of it is shown: each test names a way in which other tools are late, early or stuck. */
import * as assert from 'node:assert/strict';
import { ModelUnavailable } from '../../../../src/inference/model';
import { brief, completion, house, LONG, microtasks } from '../../../support/completionHouse';
import { settle } from '../../../support/fakeClock';
import { deferred, fakeDescription } from '../../../support/fakeModel';
import { cursorIn } from '../../../support/marked';

describe('peers: requests', () => {
	it('behind a busy model nothing polls: the next one starts in the turn in which the last one ends', async () => {
		const { model, clock, ask, byHand } = house();
		const hold = deferred();
		model.onFill = () =>
			model.fills.length === 0 ? { steps: [deferred().promise], holdsOn: hold.promise } : 'b';
		void ask(cursorIn('x = a█'));
		await clock.pass(80);
		const outcome = byHand(cursorIn('y = █'));
		await settle();
		assert.equal(model.fills.length, 1);
		hold.resolve();
		assert.equal(await microtasks(() => model.fills.length === 2), true);
		assert.equal(brief(await outcome), 'model: b');
	});

	it('a slow model’s text is shown whole, not as far as it came by some time', async () => {
		const { model, clock, get } = house();
		const slowly = () => clock.sleep(3_000, new AbortController().signal);
		model.onFill = () => ({ steps: ['call(', slowly(), 'a, b', slowly(), ');'] });
		assert.equal(brief(await get(cursorIn('x = █'))), 'model: call(a, b);');
	});

	it('a model that goes away in the midst of a text leaves nobody waiting', async () => {
		const { model, clock, ask, get } = house();
		const gone = new ModelUnavailable({ code: 'host-crashed', message: 'It crashed.', remedies: [] });
		const gate = deferred();
		model.onFill = () => ({ steps: ['ca', gate.promise, gone] });
		const outcomes = [ask(cursorIn('x = █'))];
		await clock.pass(80);
		outcomes.push(ask(cursorIn('x = c█')));
		await settle();
		model.change({ type: 'starting' });
		gate.resolve();
		await clock.pass(LONG);
		assert.deepEqual((await Promise.all(outcomes)).map(brief), ['superseded', 'model-unavailable']);
		assert.deepEqual([model.running, clock.sleeping], [0, 0]);
		model.change({ type: 'ready', model: fakeDescription });
		model.onFill = () => 'call();';
		assert.equal(brief(await get(cursorIn('x = █'))), 'model: call();');
	});

	it('between a word and its rest nothing is asked, however short the rest of the line is', async () => {
		const { model, get } = house();
		for (const source of ['const val█ue', 'if (a) ret█urn;', 'f(a█b)']) {
			assert.equal(brief(await get(cursorIn(source))), 'middle-of-line', source);
		}
		assert.equal(model.fills.length, 0);
	});

	it('every language is off where that is what stands for all of them, but for those named', async () => {
		const { model, engine, get } = house();
		model.onFill = () => 'text';
		engine.configure({ ...completion, languages: { '*': false, python: true } });
		assert.equal(brief(await get(cursorIn('a = █'))), 'language-off');
		assert.equal(brief(await get(cursorIn('a = █', { languageId: 'python' }))), 'model: text');
		engine.configure({ ...completion, languages: { '*': true, python: false } });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
		assert.equal(brief(await get(cursorIn('a = █', { languageId: 'python' }))), 'language-off');
	});

	it('requests that fail one after the other are told to the face each, and the model is asked again each time', async () => {
		const { model, clock, engine, ask } = house();
		model.onFill = () => ({ steps: [new Error('broken')] });
		for (const [number, source] of ['a█', 'ab█', 'abc█'].entries()) {
			const rejected = assert.rejects(ask(cursorIn(source)), /broken/);
			await clock.pass(LONG);
			await rejected;
			assert.equal(engine.lastOutcome?.type === 'nothing' && engine.lastOutcome.reason, 'fault');
			assert.equal(model.fills.length, number + 1);
		}
		assert.deepEqual([model.running, clock.sleeping], [0, 0]);
	});
});
