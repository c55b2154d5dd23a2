/** Tests of the list of conversations: found and changed by keyboard alone, and never a name that deceives. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { HistoryList } from '../../../media/history';
import type { FromHistory, Summary } from '../../../src/chat/conversations/protocol';
import { chatTexts } from '../../../src/chat/texts';

const texts = chatTexts({ t: (message) => message });

function summary(id: string, title: string, rest: Partial<Summary> = {}): Summary {
	return { id, title, time: 1_700_000_000_000, passage: undefined, isOpen: false, ...rest };
}

const three = [summary('a', 'Alpha'), summary('b', 'Beta', { isOpen: true }), summary('c', 'Gamma')];

function setUp(conversations: readonly Summary[] = three) {
	const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', {
		pretendToBeVisual: true,
	});
	const { document } = window;
	const sent: FromHistory[] = [];
	let closed = 0;
	const list = new HistoryList(
		document,
		texts,
		(message) => sent.push(message),
		() => closed++,
	);
	document.body.append(list.element);
	list.show();
	list.receive({ type: 'history', query: '', conversations });
	const search = document.querySelector('input');
	assert.ok(search);
	return {
		window,
		document,
		list,
		search,
		sent,
		closed: () => closed,
		names: () => [...document.querySelectorAll('.history-title')].map((name) => name.textContent),
		press: (key: string) =>
			document.activeElement?.dispatchEvent(
				new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
			),
		focused: () => document.activeElement?.querySelector('.history-title')?.textContent,
		button: (label: string) => {
			const found = document.querySelector<HTMLButtonElement>(`[aria-label="${label}"]`);
			assert.ok(found, label);
			return found;
		},
	};
}

describe('media/history', () => {
	it('shows names, which one is open, and how many there are', () => {
		const { names, document } = setUp();
		assert.deepEqual(names(), ['Alpha', 'Beta', 'Gamma']);
		assert.equal(document.querySelector('[aria-current="true"] .history-title')?.textContent, 'Beta');
		assert.equal(document.querySelector('[role="status"]')?.textContent, '3 conversations');
		assert.equal(document.querySelector('[role="list"]')?.getAttribute('aria-label'), texts.history);
	});

	it('says what an empty list means', () => {
		const { list, search, document } = setUp([]);
		const said = () => document.querySelector('[role="status"]')?.textContent;
		assert.equal(said(), texts.historyEmpty);
		search.value = 'x';
		list.receive({ type: 'history', query: 'x', conversations: [] });
		assert.equal(said(), texts.historyNothing);
	});

	it('asks when there was no letter for a while, and shows the answer to the last only', async () => {
		const { list, search, window, sent, names } = setUp();
		for (const value of ['a', 'al']) {
			search.value = value;
			search.dispatchEvent(new window.Event('input'));
		}
		assert.equal(sent.length, 1);
		await new Promise((resolve) => setTimeout(resolve, 250));
		assert.deepEqual(sent.slice(1), [{ type: 'history', query: 'al' }]);
		list.receive({ type: 'history', query: 'a', conversations: [] });
		assert.equal(names().length, 3);
		list.receive({
			type: 'history',
			query: 'al',
			conversations: [summary('a', 'Alpha', { passage: '…al…' })],
		});
		assert.deepEqual(names(), ['Alpha']);
	});

	it('is walked with the arrows, from the search and back', () => {
		const { press, focused, document, search } = setUp();
		assert.equal(document.activeElement, search);
		press('ArrowDown');
		assert.equal(focused(), 'Alpha');
		press('ArrowDown');
		press('ArrowDown');
		press('ArrowDown');
		assert.equal(focused(), 'Gamma');
		press('Home');
		assert.equal(focused(), 'Alpha');
		press('End');
		assert.equal(focused(), 'Gamma');
		press('Home');
		press('ArrowUp');
		assert.equal(document.activeElement, search);
	});

	it('has one row in the order of Tab', () => {
		const { press, document } = setUp();
		press('ArrowDown');
		press('ArrowDown');
		const reachable = [...document.querySelectorAll<HTMLElement>('.history-list button')].filter(
			(button) => button.tabIndex === 0,
		);
		assert.deepEqual(
			reachable.map((button) => button.getAttribute('aria-label') ?? 'Beta'),
			['Beta', 'Rename: Beta', 'Export as Markdown: Beta', 'Delete: Beta'],
		);
	});

	it('opens, exports and deletes by id', () => {
		const { document, button, sent, closed, press } = setUp();
		button('Export as Markdown: Gamma').click();
		button('Delete: Alpha').click();
		press('ArrowDown');
		press('Delete');
		document.querySelectorAll<HTMLButtonElement>('.history-name')[1]?.click();
		assert.deepEqual(sent.slice(1), [
			{ type: 'export', conversation: 'c' },
			{ type: 'delete', conversation: 'a' },
			{ type: 'delete', conversation: 'a' },
			{ type: 'open', conversation: 'b' },
		]);
		assert.equal(closed(), 1);
	});

	it('deletes letters, not conversations, in the search', () => {
		const { press, sent } = setUp();
		press('Delete');
		assert.equal(sent.length, 1);
	});

	it('renames in place; Escape leaves the name', () => {
		const { press, sent, document, focused, list, closed } = setUp();
		press('ArrowDown');
		press('F2');
		const input = () => document.querySelector<HTMLInputElement>('.history-rename');
		assert.equal(input()?.value, 'Alpha');
		press('Escape');
		assert.equal(closed(), 0);
		assert.equal(focused(), 'Alpha');
		press('F2');
		const box = input();
		assert.ok(box);
		box.value = ' New ';
		// What arrives meanwhile does not take the box away.
		list.receive({ type: 'history', query: '', conversations: three.slice(1) });
		assert.ok(input());
		press('Enter');
		assert.deepEqual(sent.at(-1), { type: 'rename', conversation: 'a', title: 'New' });
		assert.equal(input(), null);
	});

	it('keeps the keyboard where it was when the list is different', () => {
		const { press, list, focused } = setUp();
		press('ArrowDown');
		press('End');
		list.receive({ type: 'history', query: '', conversations: three.slice(1) });
		assert.equal(focused(), 'Gamma');
		list.receive({ type: 'history', query: '', conversations: three.slice(0, 1) });
		assert.equal(focused(), 'Alpha');
	});

	it('shows hidden characters, and markup as text', () => {
		const { names, document } = setUp([summary('a', '<img src=x>\u202egpj.exe')]);
		assert.deepEqual(names(), ['<img src=x>[U+202E]gpj.exe']);
		assert.equal(document.querySelector('img'), null);
	});

	it('names what has no name by its time', () => {
		const { names } = setUp([summary('a', '')]);
		assert.match(names()[0] ?? '', /2023/);
	});
});
