/** Tests of the report's page: what it shows for which content, as text, and what it says for which gesture. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { ReportView } from '../../../media/reportView';
import { comparisonContent } from '../../../src/finetune/report/comparison';
import { ALONE, reportContent } from '../../../src/finetune/report/content';
import type { FromReport } from '../../../src/finetune/report/protocol';
import { reportTexts } from '../../../src/finetune/report/texts';
import { failed, record } from '../../support/reportSample';
import { translate } from '../finetune/panel/runs';

const texts = reportTexts(translate);
const around = { ...ALONE, dateOf: String, scale: 1, previous: [] };
const content = reportContent({ ...record, notes: 'one\n<b>two</b>' }, around, translate);

function setUp() {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const sent: FromReport[] = [];
	let charts = 0;
	let laws: readonly (number | null)[] = [];
	// A JSDOM window is one with other type names.
	const page = window as unknown as Window & typeof globalThis;
	const { document } = window;
	new ReportView(
		page,
		{ postMessage: (message) => sent.push(message) },
		{
			loss: () => {
				charts++;
				return { element: document.createElement('figure'), show: () => undefined };
			},
			learning: () => ({
				element: document.createElement('figure'),
				show: ({ law }) => {
					laws = law;
				},
			}),
		},
	);
	return {
		document,
		sent,
		charts: () => charts,
		laws: () => laws,
		receive: (data: unknown) => window.dispatchEvent(new window.MessageEvent('message', { data })),
		text: (selector: string) => document.querySelector(selector)?.textContent ?? '',
	};
}

describe('media/reportView', () => {
	it('says that it is ready, and shows nothing of what is no message of its own', () => {
		const { sent, receive, text } = setUp();
		assert.deepEqual(sent, [{ type: 'ready' }]);
		receive({ type: 'report', texts, content: { ...content, verdict: 'good' } });
		assert.equal(text('main'), '');
	});

	it('shows the verdict first', () => {
		const { document, receive, text } = setUp();
		receive({ type: 'report', texts, content });
		assert.equal(text('h1'), 'shop');
		assert.equal(document.querySelector('section')?.className, 'verdict good');
		assert.match(text('.verdict strong'), /^Passed/);
		assert.equal(document.querySelectorAll('.reasons li').length, 3);
		assert.equal(text('.own-notes p'), 'one\n<b>two</b>');
	});

	it('never takes code for markup', () => {
		const { document, receive } = setUp();
		receive({ type: 'report', texts, content });
		assert.equal(document.querySelectorAll('script, img, b').length, 0);
		const sides = [...document.querySelectorAll('.examples details:last-child .side')];
		assert.deepEqual(
			sides.map((side) => side.lastChild?.textContent),
			['const b = a;[U+202E]', 'nothing', '<script>alert(1)</script>'],
		);
	});

	it('marks the side that is the truth, and opens the first example', () => {
		const { document, receive } = setUp();
		receive({ type: 'report', texts, content });
		const details = [...document.querySelectorAll('.examples details')];
		assert.deepEqual(
			details.map((one) => one.hasAttribute('open')),
			[true, false],
		);
		const sides = [...(details[0]?.querySelectorAll('.side') ?? [])];
		assert.deepEqual(
			sides.map((side) => side.className.trim()),
			['side', 'side', 'side same'],
		);
	});

	it('says what is pressed, and keeps the focus over a new state', () => {
		const { document, sent, receive } = setUp();
		receive({ type: 'report', texts, content });
		const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Roll Back');
		assert.equal(button?.className, 'primary');
		button?.click();
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'rollBack' });
		button?.focus();
		receive({ type: 'report', texts, content });
		assert.equal(document.activeElement?.textContent, 'Roll Back');
	});

	it('shows adapters beside each other, and says where they differ', () => {
		const { document, sent, receive, text } = setUp();
		const other = { ...record, name: '<i>', judgement: failed, data: undefined };
		const comparison = comparisonContent([record, other], [], String, translate);
		receive({ type: 'comparison', texts, content: comparison });
		assert.match(text('.warning'), /not known/);
		const heads = [...document.querySelectorAll('thead th')].map((cell) => cell.textContent);
		assert.deepEqual(heads, ['', 'shop', '<i>']);
		const differing = [...document.querySelectorAll('.differs th')].map((cell) => cell.textContent);
		assert.ok(differing.includes('Loss, nats per token (differs)'), differing.join());
		document.querySelector('button')?.click();
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'copy' });
	});

	it('shows a learning curve as sentences, a picture and a table, and none where there is none', () => {
		const { document, laws, receive, text } = setUp();
		receive({ type: 'report', texts, content });
		assert.deepEqual(
			[...(document.querySelector('.learning')?.children ?? [])].map(({ tagName }) => tagName),
			['H2', 'P', 'FIGURE', 'DIV'],
		);
		assert.match(text('.learning p'), /^More data would help/);
		assert.equal(laws().length, content.learning?.tokens.length);
		receive({ type: 'report', texts, content: { ...content, learning: undefined } });
		assert.equal(document.querySelector('.learning'), null);
		const torn = { ...content.learning, law: [] };
		receive({ type: 'report', texts, content: { ...content, name: 'torn', learning: torn } });
		assert.equal(text('h1'), 'shop', 'lists of other lengths are no message of its own');
	});

	it('makes one chart, and none for an adapter without a curve', () => {
		const { charts, receive, text } = setUp();
		const empty = { steps: [], train: [], smooth: [], heldOut: [] };
		receive({ type: 'report', texts, content: { ...content, curve: empty } });
		assert.deepEqual([charts(), text('.chart-empty')], [0, 'There is no curve of this adapter.']);
		receive({ type: 'report', texts, content });
		receive({ type: 'report', texts, content });
		assert.equal(charts(), 1);
	});
});
