/** Tests of the fine-tuning panel: what it shows for which state, and what it says for which gesture. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { FineTunePanel } from '../../../media/finetunePanel';
import type { Curve, FromPanel, PanelState } from '../../../src/finetune/panel/protocol';
import { panelTexts } from '../../../src/finetune/panel/texts';

const texts = panelTexts((message) => message);

const none: PanelState = {
	title: '',
	tone: 'idle',
	phase: '',
	detail: '',
	progress: undefined,
	actions: ['start'],
	notes: [],
	verdict: undefined,
	figures: [],
	estimate: [],
	settings: [],
	adapters: [],
	curve: { steps: [], train: [], smooth: [], heldOut: [] },
	log: [],
};
const running: PanelState = {
	...none,
	title: 'shop <b>&',
	tone: 'busy',
	phase: 'Training',
	detail: 'row 3',
	progress: 0.25,
	actions: ['pause', 'cancel'],
	notes: ['It trains on the <b>CPU</b>.'],
	figures: [{ label: 'Step', value: '75 of 300' }],
	estimate: [{ label: 'Memory', value: '2 GB of 8 GB free' }],
	settings: [{ label: 'Seed', value: '1' }],
	curve: { steps: [0, 1], train: [null, 2], smooth: [null, 2], heldOut: [3, null] },
	log: [{ time: '12:00:00', isWarning: true, text: '<img src=x>' }],
};

function setUp() {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const sent: FromPanel[] = [];
	const curves: Curve[] = [];
	let charts = 0;
	// A JSDOM window is one with other type names.
	const page = window as unknown as Window & typeof globalThis;
	const { document } = window;
	new FineTunePanel(page, { postMessage: (message) => sent.push(message) }, () => {
		charts++;
		return { element: document.createElement('figure'), show: (curve) => curves.push(curve) };
	});
	const find = (selector: string) => {
		const found = document.querySelector<HTMLElement>(selector);
		assert.ok(found, `${selector} in ${document.body.innerHTML}`);
		return found;
	};
	const receive = (data: unknown) => window.dispatchEvent(new window.MessageEvent('message', { data }));
	return {
		window,
		document,
		sent,
		curves,
		charts: () => charts,
		find,
		receive,
		restore: (state: PanelState) => receive({ type: 'restore', texts, state }),
		show: (state: PanelState) => receive({ type: 'state', state }),
		isShown: (selector: string) => find(selector).closest('[hidden]') === null,
		button: (label: string) => {
			const found = [...document.querySelectorAll('button')].find(
				(one) => one.textContent === label && one.closest('[hidden]') === null,
			);
			assert.ok(found, `${label} in ${document.body.innerHTML}`);
			return found;
		},
	};
}

describe('media/finetunePanel', () => {
	it('says that it is ready, and shows nothing before it is answered', () => {
		const { sent, isShown, show } = setUp();
		assert.deepEqual(sent, [{ type: 'ready' }]);
		assert.equal(isShown('.empty'), false);
		show(running);
		assert.equal(isShown('.run'), false, 'it has no texts yet');
	});

	it('explains itself and offers a start while there is no run', () => {
		const { restore, isShown, find, button, sent } = setUp();
		restore(none);
		assert.deepEqual([isShown('.empty'), isShown('.run')], [true, false]);
		assert.match(find('.empty').textContent ?? '', /Nothing leaves it/);
		button(texts['action.start']).click();
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'start' });
	});

	it('shows a run, foreign text as text', () => {
		const { restore, find, isShown, curves, document } = setUp();
		restore(running);
		assert.equal(isShown('.empty'), false);
		assert.equal(find('h1:not(.empty h1)').textContent, 'shop <b>&');
		assert.equal(find('.phase').textContent, 'Training');
		assert.equal(find('.detail').textContent, 'row 3');
		assert.equal(document.querySelector('progress')?.value, 0.25);
		assert.equal(find('.notes').textContent, 'It trains on the <b>CPU</b>.');
		assert.equal(find('.figures').textContent, 'Step75 of 300');
		assert.match(find('.estimate').textContent ?? '', /Memory2 GB of 8 GB free/);
		assert.deepEqual(curves.at(-1), running.curve);
		assert.equal(find('.lines .warning').textContent, '12:00:00<img src=x>');
		assert.equal(document.querySelector('img'), null);
	});

	it('sends what its buttons stand for, and keeps the keyboard on them when they change', () => {
		const { restore, show, button, sent, document } = setUp();
		restore(running);
		const pause = button(texts['action.pause']);
		pause.focus();
		pause.click();
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'pause' });
		show({ ...running, progress: 0.3, detail: '' });
		assert.equal(document.activeElement, pause, 'the same button');
		show({ ...running, tone: 'paused', actions: ['resume', 'cancel'] });
		assert.equal(document.activeElement, button(texts['action.resume']));
		button(texts['action.cancel']).click();
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'cancel' });
	});

	it('has a moving bar where nobody knows how long it takes, and none at rest', () => {
		const { restore, show, isShown, document } = setUp();
		restore({ ...running, progress: undefined });
		assert.equal(document.querySelector('progress')?.hasAttribute('value'), false);
		assert.equal(isShown('progress'), true);
		show({ ...running, tone: 'failed', progress: undefined });
		assert.equal(isShown('progress'), false);
		show({ ...running, tone: 'done', progress: 1 });
		assert.equal(isShown('progress'), false);
	});

	it('shows the result with its figures', () => {
		const { restore, find, isShown, document } = setUp();
		const figure = { label: 'Held-out loss', before: '2.0', after: '1.0', change: '−50 %' };
		restore({
			...running,
			tone: 'done',
			verdict: {
				tone: 'good',
				sentence: 'It is active.',
				note: 'But.',
				answers: [],
				actions: [],
				figures: [figure],
			},
		});
		assert.equal(isShown('.verdict'), true);
		assert.equal(find('.verdict .sentence').textContent, 'It is active.');
		assert.equal(find('.verdict .note').textContent, 'But.');
		const cells = [...document.querySelectorAll('.verdict tbody th, .verdict tbody td')];
		assert.deepEqual(
			cells.map((cell) => cell.textContent),
			['Held-out loss', '2.0', '1.0', '−50 %'],
		);
	});

	it('shows the verdict, what was tested with its marks, and what can be done about it', () => {
		const { restore, document, find, button, sent, show } = setUp();
		const ended: PanelState = {
			...running,
			verdict: {
				tone: 'kept',
				sentence: 'It is off.',
				note: undefined,
				answers: [
					{ mark: 'failed', question: 'Does it forget?', reason: 'Loss <b>+9 %</b>.' },
					{ mark: 'unsure', question: 'Is it as fast?', reason: 'Too few.' },
					{ mark: 'passed', question: 'Is it better?', reason: 'Loss falls.' },
				],
				actions: ['useAnyway', 'judge'],
				figures: [],
			},
		};
		restore(ended);
		const list = find('.verdict ul');
		assert.equal(list.getAttribute('aria-label'), texts.answers);
		const rows = [...list.querySelectorAll('li')];
		assert.deepEqual(
			rows.map((row) => [
				row.querySelector('[role=img]')?.getAttribute('aria-label'),
				row.querySelector('strong')?.textContent,
				row.querySelector('.reason')?.textContent,
			]),
			[
				[texts['mark.failed'], 'Does it forget?', 'Loss <b>+9 %</b>.'],
				[texts['mark.unsure'], 'Is it as fast?', 'Too few.'],
				[texts['mark.passed'], 'Is it better?', 'Loss falls.'],
			],
		);
		assert.equal(document.querySelector('.verdict b'), null, 'text is no markup');
		const sentence = find('.verdict .sentence');
		assert.ok(sentence.compareDocumentPosition(list) & document.DOCUMENT_POSITION_FOLLOWING);
		assert.ok(find('.verdict').contains(button(texts['action.judge'])));
		button(texts['action.useAnyway']).click();
		button(texts['action.judge']).click();
		assert.deepEqual(sent.slice(-2), [
			{ type: 'act', action: 'useAnyway' },
			{ type: 'act', action: 'judge' },
		]);
		show({ ...ended, verdict: undefined });
		assert.equal(document.querySelector('.verdict ul'), null);
	});

	it('draws the curve when it changes, and has it as a table for those who ask', () => {
		const { restore, show, curves, document, window, isShown, charts } = setUp();
		restore(none);
		assert.equal(isShown('figure'), false);
		show(running);
		show({ ...running, progress: 0.5 });
		assert.deepEqual(curves.slice(1), [running.curve]);
		const details = document.querySelector('details');
		assert.ok(details);
		assert.equal(details.querySelector('table'), null, 'not made before it is open');
		details.open = true;
		details.dispatchEvent(new window.Event('toggle'));
		const rows = () => [...details.querySelectorAll('tbody tr')].map((row) => row.textContent);
		assert.deepEqual(rows(), ['03.0000', '12.00002.0000']);
		const steps = Array.from({ length: 1_000 }, (_, step) => step);
		const losses = steps.map(() => 1);
		const heldOut = steps.map((step) => (step % 100 === 7 ? 2 : null));
		show({ ...running, curve: { steps, train: losses, smooth: losses, heldOut } });
		assert.ok(rows().length <= 41, String(rows().length));
		assert.equal(rows().filter((row) => row?.endsWith('2.0000')).length, 10, 'every held-out loss');
		assert.ok(rows().at(-1)?.startsWith('999'));
		restore(running);
		assert.equal(charts(), 1);
	});

	describe('strengths', () => {
		const adapter = { id: 'a.gguf', name: 'shop', scale: 0.5 };
		const withScale = (scale: number): PanelState => ({ ...none, adapters: [{ ...adapter, scale }] });

		function sliders() {
			const panel = setUp();
			const { window, document, receive } = panel;
			// The pause runs out when the test says so.
			const waiting = new Map<number, () => void>();
			let last = 0;
			Object.assign(window, {
				setTimeout: (run: () => void) => {
					waiting.set(++last, run);
					return last;
				},
				clearTimeout: (timer: number | undefined) => waiting.delete(timer ?? 0),
			});
			const slider = () => document.querySelector('input') ?? assert.fail();
			panel.restore(withScale(0.5));
			return {
				...panel,
				slider,
				move: (...values: readonly string[]) => {
					for (const value of values) {
						slider().value = value;
						slider().dispatchEvent(new window.Event('input'));
						slider().dispatchEvent(new window.Event('change'));
					}
				},
				pause: () => {
					for (const [timer, run] of [...waiting]) {
						waiting.delete(timer);
						run();
					}
				},
				answer: (scale: number) => receive({ type: 'strength', id: adapter.id, state: withScale(scale) }),
				said: () => [slider().getAttribute('aria-valuetext'), document.querySelector('output')?.textContent],
			};
		}

		it('have a slider for each adapter in use, which says its strength', () => {
			const { slider, said } = sliders();
			assert.deepEqual(
				[slider().type, slider().value, slider().getAttribute('aria-label')],
				['range', '0.5', 'Strength of shop'],
			);
			assert.deepEqual(said(), ['50 %', '50 %']);
		});

		it('are asked for once, after a pause, and go back where they cannot be set', () => {
			const { slider, move, pause, answer, said, sent } = sliders();
			move('0.55', '0.6', '0.65');
			assert.deepEqual([sent.length, said()], [1, ['65 %', '65 %']]);
			pause();
			assert.deepEqual(sent.slice(1), [{ type: 'strength', id: 'a.gguf', scale: 0.65 }]);
			answer(0.5);
			assert.deepEqual([slider().value, said()], ['0.5', ['50 %', '50 %']]);
		});

		it('stay under the hand, with the focus, until their answers have come', () => {
			const { slider, move, pause, answer, show, document } = sliders();
			const first = slider();
			first.focus();
			move('0.75');
			show(withScale(0.5));
			assert.equal(slider().value, '0.75', 'before it is asked for');
			pause();
			show(withScale(0.5));
			assert.equal(slider().value, '0.75', 'before its answer');
			move('0.8');
			pause();
			answer(0.75);
			assert.equal(slider().value, '0.8', 'before the second answer');
			answer(0.8);
			assert.equal(slider().value, '0.8');
			show(withScale(1));
			assert.deepEqual([slider().value, slider() === first], ['1', true]);
			assert.equal(document.activeElement, first);
		});

		it('are new for other adapters, and gone with the last', () => {
			const { slider, show, isShown, document } = sliders();
			const first = slider();
			show({ ...none, adapters: [{ ...adapter, id: 'b.gguf' }] });
			assert.notEqual(slider(), first);
			show(none);
			assert.equal(document.querySelector('input'), null);
			assert.equal(isShown('.adapters'), false);
		});
	});

	it('ignores messages that are not its own', () => {
		const { restore, receive, find } = setUp();
		restore(running);
		for (const data of [
			undefined,
			'x',
			{ type: 'state' },
			{ type: 'state', state: { ...running, tone: 'red' } },
		]) {
			receive(data);
		}
		assert.equal(find('.phase').textContent, 'Training');
	});

	it('is readable for a screen reader', () => {
		const { restore, find, document } = setUp();
		restore({ ...running, adapters: [{ id: 'a', name: 'a', scale: 1 }] });
		assert.equal(find('.phase').getAttribute('aria-live'), 'polite');
		assert.equal(document.querySelector('progress')?.getAttribute('aria-label'), texts.progress);
		assert.equal(find('.lines').getAttribute('aria-label'), texts.log);
		assert.equal(find('.lines').tabIndex, 0, 'a keyboard can scroll it');
		for (const button of document.querySelectorAll('button')) {
			assert.notEqual(button.textContent, '');
		}
		for (const head of document.querySelectorAll('th')) {
			assert.match(head.scope, /^(row|col)$/);
		}
	});
});
