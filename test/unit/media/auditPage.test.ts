/** Tests of the audit's page: what it asks for, what it draws, and what it says for which gesture. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { AuditPage } from '../../../media/auditPage';
import type { Filter, FromAuditPage, Row, Summary } from '../../../src/finetune/audit/protocol';
import { auditTexts } from '../../../src/finetune/audit/texts';
import { english } from '../../../src/finetune/job/english';

const texts = auditTexts(english);
const all: Filter = { side: 'all', stage: '', language: '', folder: '', text: '' };

const summary: Summary = {
	version: 1,
	canGoOn: false,
	figures: [{ label: 'Files in', value: '3', detail: 'of <b>5</b>' }],
	notes: ['docs is left out: <img src=x>'],
	stages: [{ key: 'secret', label: 'Secret', in: 0, out: 2 }],
	languages: [
		{ key: 'Python', label: 'Python', in: 2, out: 1 },
		{ key: 'C', label: 'C', in: 1, out: 1 },
	],
	folders: [{ key: '0/src', label: 'one/src/', in: 3, out: 2 }],
};

const rowOf = (index: number, more: Partial<Row> = {}): Row => ({
	index,
	path: `src/<i>${index}.py`,
	isIn: true,
	stage: 'In',
	value: '10 tokens',
	threshold: 'drawn 1.00 ×',
	reason: 'fine',
	isMine: false,
	move: 'out',
	whyNot: '',
	...more,
});

function setUp(kept?: unknown) {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const sent: FromAuditPage[] = [];
	let state: unknown = kept;
	// A JSDOM window is one with other type names, and has no CSS.
	const page = window as unknown as Window & typeof globalThis;
	Object.assign(page, { CSS: { escape: (text: string) => text } });
	new AuditPage(page, {
		postMessage: (message) => sent.push(message),
		getState: () => state,
		setState: (value) => {
			state = value;
		},
	});
	const { document } = window;
	const receive = (data: unknown) => window.dispatchEvent(new window.MessageEvent('message', { data }));
	const asked = () => sent.filter((message) => message.type === 'rows');
	return {
		window,
		document,
		sent,
		asked,
		receive,
		state: () => state,
		show: (more: Partial<Summary> = {}) =>
			receive({ type: 'state', texts, summary: { ...summary, ...more } }),
		/** Answers the last request with rows from the first it wants. */
		answer: (count: number, more: (index: number) => Partial<Row> = () => ({}), version = 1) => {
			const last = asked().at(-1);
			assert.ok(last);
			const { request, offset } = last;
			const rows = Array.from({ length: Math.min(last.count, count - offset) }, (_, index) =>
				rowOf(offset + index, more(offset + index)),
			);
			receive({ type: 'rows', request, version, offset, all: count, rows });
		},
		rows: () => [...document.querySelectorAll('.rows .row')],
		press: (key: string) =>
			document
				.querySelector('.list')
				?.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })),
		click: (selector: string) => {
			const found = document.querySelector<HTMLElement>(selector);
			assert.ok(found, selector);
			found.click();
		},
	};
}

describe('media/auditPage', () => {
	it('says that it is ready, then asks for the first rows', () => {
		const { sent, show, document } = setUp();
		assert.deepEqual(sent, [{ type: 'ready' }]);
		assert.equal(document.querySelector('main')?.hidden, true);
		show();
		assert.deepEqual(sent[1], { type: 'rows', request: 1, filter: all, offset: 0, count: 100 });
		assert.equal(document.querySelector('main')?.hidden, false);
	});

	it('draws what is on screen and no more, as text', () => {
		const { show, answer, rows, document } = setUp();
		show();
		answer(100_000);
		assert.ok(rows().length > 10 && rows().length < 60, String(rows().length));
		assert.equal(rows()[0]?.querySelector('.path')?.textContent, 'src/<i>0.py');
		assert.equal(document.querySelector<HTMLElement>('.rows')?.style.height, '2600000px');
		assert.equal(document.querySelector('.list')?.getAttribute('aria-rowcount'), '100001');
		assert.equal(document.querySelector('.count')?.textContent, 'Files shown: 100,000');
		assert.equal(document.querySelector('img, b, i'), null);
	});

	it('asks for other rows when it is scrolled, and forgets those far away', () => {
		const { show, answer, asked, document, window, rows } = setUp();
		show();
		answer(100_000);
		const list = document.querySelector('.list');
		assert.ok(list);
		for (const place of [5_000, 50_000, 99_990]) {
			list.scrollTop = place * 26;
			list.dispatchEvent(new window.Event('scroll'));
			assert.equal(asked().at(-1)?.offset, Math.floor(Math.min(place - 10 + 40, 99_999) / 100) * 100);
			answer(100_000);
		}
		assert.ok(rows().some((row) => row.getAttribute('aria-rowindex') === '100001'));
	});

	it("answers to earlier filters, and of earlier audits, are nobody's", () => {
		const { show, answer, asked, receive, rows, click } = setUp();
		show();
		const [first] = asked();
		click('[data-key="language Python"]');
		receive({ type: 'rows', request: first?.request, version: 1, offset: 0, all: 1, rows: [rowOf(0)] });
		assert.equal(rows().length, 0);
		answer(2, undefined, 7);
		assert.equal(rows().length, 0);
		answer(2);
		assert.equal(rows().length, 2);
	});

	it('filters by what is pressed, chosen and typed, and keeps that for when it is shown again', async () => {
		const { show, asked, click, document, window, state, answer } = setUp();
		show();
		answer(3);
		click('[data-key="language Python"]');
		assert.deepEqual(asked().at(-1)?.filter, { ...all, language: 'Python' });
		assert.equal(
			document.querySelector('[data-key="language Python"]')?.getAttribute('aria-pressed'),
			'true',
		);
		const [side] = document.querySelectorAll('select');
		assert.ok(side);
		side.value = 'out';
		side.dispatchEvent(new window.Event('change'));
		const search = document.querySelector('input');
		assert.ok(search);
		search.value = 'src';
		const typed = new Promise<void>((resolve) => {
			search.addEventListener('input', () => window.setTimeout(resolve, 150));
		});
		search.dispatchEvent(new window.Event('input'));
		await typed;
		const filter = { ...all, side: 'out', language: 'Python', text: 'src' };
		assert.deepEqual(asked().at(-1)?.filter, filter);
		assert.deepEqual(state(), { filter });
		const again = setUp(state());
		again.show();
		assert.deepEqual(again.asked().at(-1)?.filter, filter);
		click('[data-key="language Python"]');
		assert.equal(asked().at(-1)?.filter.language, '');
		click('.filters button');
		assert.deepEqual(asked().at(-1)?.filter, all);
		assert.deepEqual(setUp({ filter: { side: 'up' } }).sent, [{ type: 'ready' }]);
	});

	it('is steered by the keyboard', () => {
		const { show, answer, press, sent, document } = setUp();
		show();
		answer(300, (index) => (index === 2 ? { isIn: false, move: '', whyNot: 'A secret.' } : {}));
		const active = () => document.querySelector('.list')?.getAttribute('aria-activedescendant');
		assert.equal(active(), 'row0');
		press('ArrowDown');
		assert.equal(active(), 'row1');
		press('Enter');
		assert.deepEqual(sent.at(-1), { type: 'open', version: 1, index: 1 });
		press(' ');
		assert.deepEqual(sent.at(-1), { type: 'move', version: 1, index: 1, move: 'out' });
		const before = sent.length;
		press('ArrowDown');
		press(' ');
		assert.equal(sent.length, before, 'nothing may be done with a secret');
		assert.equal(document.querySelector('[role="status"]')?.textContent, 'A secret.');
		assert.equal(document.querySelector('.reason')?.textContent, 'src/<i>2.py: fine');
		press('End');
		assert.equal(sent.filter((one) => one.type === 'rows').at(-1)?.type, 'rows');
		answer(300);
		assert.equal(active(), 'row299');
		press('Home');
		assert.equal(active(), 'row0');
		press('ArrowUp');
		assert.equal(active(), 'row0');
	});

	it('opens a file, decides about one, and says why it cannot', () => {
		const { show, answer, sent, document, rows, click } = setUp();
		show();
		answer(2, (index) => (index === 1 ? { isIn: false, move: '', whyNot: 'A secret.' } : {}));
		click('#row0 .path');
		assert.deepEqual(sent.at(-1), { type: 'open', version: 1, index: 0 });
		click('#row0 button');
		assert.deepEqual(sent.at(-1), { type: 'move', version: 1, index: 0, move: 'out' });
		assert.equal(rows()[1]?.querySelector('button'), null);
		assert.equal(document.querySelector('#row1 [aria-label="A secret."]')?.textContent, '–');
	});

	it('keeps its place when a choice changes the audit', () => {
		const { show, answer, press, asked, document } = setUp();
		show();
		answer(300);
		press('ArrowDown');
		show({ version: 2 });
		assert.equal(asked().at(-1)?.offset, 0);
		answer(300, undefined, 2);
		assert.equal(document.querySelector('.list')?.getAttribute('aria-activedescendant'), 'row1');
	});

	it('offers to go on only where something follows', () => {
		const { show, sent, document, click } = setUp();
		show();
		assert.equal(document.querySelector('.primary'), null);
		show({ canGoOn: true });
		click('.primary');
		assert.deepEqual(sent.at(-1), { type: 'act', action: 'goOn' });
	});

	it('tells news, and what there is none of', () => {
		const { receive, show, answer, document } = setUp();
		show();
		answer(0);
		receive({ type: 'said', text: 'a.ts is taken in.' });
		assert.equal(document.querySelector('[role="status"]')?.textContent, 'a.ts is taken in.');
		assert.equal(document.querySelector('.count')?.textContent, texts.none);
	});

	it('ignores what is no message of the extension', () => {
		const { receive, document } = setUp();
		receive({ type: 'state', texts: {}, summary });
		receive('x');
		assert.equal(document.querySelector('main')?.hidden, true);
	});

	it('asks for little at once while it is scrolled, and at last for what is on screen', () => {
		const page = setUp();
		page.show();
		page.answer(100_000);
		const list = page.document.querySelector('.list');
		assert.ok(list);
		const before = page.asked().length;
		for (let step = 1; step <= 200; step++) {
			list.scrollTop = step * 10_000;
			list.dispatchEvent(new page.window.Event('scroll'));
		}
		const asked = page.asked().slice(before);
		assert.ok(asked.length >= 1 && asked.length <= 4, String(asked.length));
		assert.equal(page.rows().length, 0);
		page.answer(100_000);
		// What was asked for is far away by now; what is on screen is asked for next.
		page.answer(100_000);
		assert.ok(page.rows().length > 0);
	});
});
