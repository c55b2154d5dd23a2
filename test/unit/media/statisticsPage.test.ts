/** Tests of the statistics' page: what it shows for which state, and what it says for which gesture. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { StatisticsPage } from '../../../media/statisticsPage';
import type { Days, FromPage, PageState } from '../../../src/completion/statistics/protocol';
import { pageTexts } from '../../../src/completion/statistics/texts';

const texts = pageTexts((message) => message);

const none: PageState = {
	isEmpty: true,
	figures: [],
	days: { labels: [], shown: [], accepted: [] },
	tables: [],
};
const some: PageState = {
	isEmpty: false,
	figures: [{ label: 'Shown (estimate)', value: '40', detail: 'stood <b>' }],
	days: { labels: ['20 Nov', '21 Nov'], shown: [30, 10], accepted: [5, 1] },
	tables: [{ title: 'By language', heads: ['', 'Shown'], rows: [['<img src=x>', '40']] }],
};

function setUp() {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const sent: FromPage[] = [];
	const shown: Days[] = [];
	let charts = 0;
	// A JSDOM window is one with other type names.
	const page = window as unknown as Window & typeof globalThis;
	const { document } = window;
	new StatisticsPage(page, { postMessage: (message) => sent.push(message) }, () => {
		charts++;
		return { element: document.createElement('figure'), show: (days) => shown.push(days) };
	});
	const receive = (data: unknown) => window.dispatchEvent(new window.MessageEvent('message', { data }));
	return {
		document,
		sent,
		shown,
		charts: () => charts,
		receive,
		show: (state: PageState) => receive({ type: 'state', texts, state }),
		text: (selector: string) => document.querySelector(selector)?.textContent,
	};
}

describe('media/statisticsPage', () => {
	it('says that it is ready, and shows nothing before it is answered', () => {
		const { sent, text } = setUp();
		assert.deepEqual(sent, [{ type: 'ready' }]);
		assert.equal(text('main'), '');
	});

	it('says what will be there while nothing was counted, without a reset', () => {
		const { show, text, document } = setUp();
		show(none);
		assert.equal(text('.empty h1'), texts.emptyTitle);
		assert.match(text('.empty') ?? '', /still there minutes later[\s\S]*Nothing leaves it/);
		assert.equal(document.querySelector('button'), null);
	});

	it('shows figures, the chart, its table and the other tables, foreign text as text', () => {
		const { show, text, shown, document } = setUp();
		show(some);
		assert.equal(document.querySelector('.empty'), null);
		assert.equal(text('.figure'), 'Shown (estimate)40stood <b>');
		assert.deepEqual(shown, [some.days]);
		assert.ok(document.querySelector('.chart figure'));
		const days = [...document.querySelectorAll('details tbody tr')].map((row) =>
			[...row.children].map((cell) => cell.textContent),
		);
		assert.deepEqual(days, [
			['21 Nov', '10', '1'],
			['20 Nov', '30', '5'],
		]);
		assert.equal(text('section:last-child tbody'), '<img src=x>40');
		assert.equal(document.querySelector('img'), null);
	});

	it('keeps the chart, the open table and the keyboard’s place through an update', () => {
		const { show, charts, document } = setUp();
		show(some);
		const details = document.querySelector('details');
		assert.ok(details);
		details.open = true;
		details.dispatchEvent(new (document.defaultView ?? window).Event('toggle'));
		document.querySelector('button')?.focus();
		show({ ...some, figures: [] });
		assert.equal(charts(), 1);
		assert.equal(document.querySelector('details')?.open, true);
		assert.equal(document.activeElement?.textContent, texts.reset);
	});

	it('asks for a reset', () => {
		const { show, sent, document } = setUp();
		show(some);
		document.querySelector('button')?.click();
		assert.deepEqual(sent.at(-1), { type: 'reset' });
		show(none);
		assert.ok(document.querySelector('.empty'));
	});

	it('ignores what the extension does not say', () => {
		const { receive, show, text } = setUp();
		show(some);
		for (const data of [
			undefined,
			'state',
			{ type: 'state' },
			{ type: 'other', texts, state: none },
			{ type: 'state', texts, state: { ...some, days: 1 } },
		]) {
			receive(data);
		}
		assert.match(text('main') ?? '', /Shown \(estimate\)40/);
	});
});
