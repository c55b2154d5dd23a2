/** Steps of an answer on screen: folded, named, and whatever stands in them is text. */
import * as assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { StepsView } from '../../../media/steps';
import { chatTexts } from '../../../src/chat/texts';
import { isTurn, MAX_STEPS, type TurnStep } from '../../../src/chat/turn';

const texts = chatTexts({ t: (message) => message });
const step = (change: Partial<TurnStep> = {}): TurnStep => ({
	...{ name: 'read_file', arguments: '{"path":"a.ts"}', state: 'done', result: 'let a;' },
	...change,
});

describe('media/steps', () => {
	const { document } = new JSDOM('<!doctype html><body></body>').window;

	function shown(view: StepsView): readonly (readonly [string | null, string | null, boolean])[] {
		return [...view.element.querySelectorAll('details')].map((details) => [
			details.querySelector('summary')?.textContent ?? null,
			details.querySelector('.step-text')?.textContent ?? null,
			details.open,
		]);
	}

	it('names each with what it was given, folded, and hides where there is none', () => {
		const view = new StepsView(document, texts);
		assert.equal(view.element.hidden, true);
		const steps = [step(), step({ state: 'refused', result: 'There is none.' }), step({ state: 'running' })];
		view.update({ steps, state: 'streaming' });
		assert.equal(view.element.hidden, false);
		assert.deepEqual(
			shown(view).map(([title]) => title),
			['Looked up: read_file a.ts', 'Not looked up: read_file a.ts', 'Looking up: read_file a.ts'],
		);
		assert.ok(shown(view).every(([, , isOpen]) => !isOpen));
		view.update({ steps, state: 'stopped' });
		assert.match(shown(view)[2]?.[0] ?? '', /^Not looked up/);
		view.update({ state: 'done' });
		assert.deepEqual([shown(view).length, view.element.hidden], [0, true]);
	});

	it('names what is no text, and shows as it is what was cut', () => {
		const view = new StepsView(document, texts);
		const many = step({ arguments: '{"path":"a.ts","firstLine":3,"isRegex":true}' });
		view.update({ steps: [many, step({ arguments: '{}' }), step({ arguments: '{"pa' })], state: 'done' });
		assert.deepEqual(
			shown(view).map(([title]) => title),
			['a.ts, firstLine: 3, isRegex: true', '', '{"pa'].map((given) =>
				`Looked up: read_file ${given}`.trimEnd(),
			),
		);
	});

	it('stays unfolded while others come', () => {
		const view = new StepsView(document, texts);
		view.update({ steps: [step()], state: 'streaming' });
		for (const details of view.element.querySelectorAll('details')) {
			details.open = true;
		}
		view.update({ steps: [step(), step()], state: 'streaming' });
		assert.deepEqual(
			shown(view).map(([, , isOpen]) => isOpen),
			[true, false],
		);
	});

	it('shows markup and invisible characters as they are', () => {
		const view = new StepsView(document, texts);
		const hostile = step({ arguments: '{"path":"$&<b>"}', result: '<img src=x onerror=1>‮' });
		view.update({ steps: [hostile], state: 'done' });
		assert.deepEqual(shown(view)[0]?.slice(0, 2), [
			'Looked up: read_file $&<b>',
			'<img src=x onerror=1>[U+202E]',
		]);
		assert.equal(view.element.querySelector('img, b'), null);
	});

	it('are checked on both sides', () => {
		const turn = {
			...{ id: 'a', role: 'assistant', text: '', state: 'done', note: undefined, remedies: [] },
			...{ usage: undefined, branch: undefined, isEditable: false },
		};
		assert.ok(isTurn({ ...turn, steps: [step()] }));
		for (const steps of [
			[{ ...step(), state: 'other' }],
			[{ ...step(), result: 'x'.repeat(8_001) }],
			[{ ...step(), name: 7 }],
			Array.from({ length: MAX_STEPS + 1 }, () => step()),
			'none',
		]) {
			assert.ok(!isTurn({ ...turn, steps }));
		}
	});
});
