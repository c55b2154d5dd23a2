/** Tests of the composer: completion by keyboard, chips, drops, notices, and pastes that are too long. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { Composer } from '../../../media/composer';
import type { Chip, FromComposer, Suggestion, ToComposer } from '../../../src/chat/context/messages';
import { type FromChat, MAX_QUESTION } from '../../../src/chat/protocol';
import { chatTexts } from '../../../src/chat/texts';

const texts = chatTexts({ t: (message) => message });

const commands: readonly Suggestion[] = ['explain', 'fix', 'fancy'].map((name) => ({
	insert: `/${name}`,
	label: `/${name}`,
	detail: `does ${name}`,
	continues: false,
}));
const file: Suggestion = { insert: '#file:', label: '#file', detail: 'A file', continues: true };

function chip(id: string, rest: Partial<Chip> = {}): Chip {
	return { id, label: `${id}.ts`, tokens: 12, problem: undefined, mention: undefined, ...rest };
}

function setUp() {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const { document } = window;
	const sent: (FromChat | FromComposer)[] = [];
	const composer = new Composer(
		document,
		texts,
		(message) => sent.push(message),
		() => undefined,
	);
	document.body.append(composer.element);
	const input = document.querySelector('textarea');
	assert.ok(input);
	const type = (text: string, caret = text.length) => {
		input.value = text;
		input.setSelectionRange(caret, caret);
		input.dispatchEvent(new window.Event('input'));
	};
	const receive = (message: ToComposer) => composer.receive(message);
	return {
		window,
		document,
		composer,
		input,
		sent,
		type,
		receive,
		/** Answers the last question for completions. */
		offer: (items: readonly Suggestion[]) => {
			const asked = sent.findLast((message) => message.type === 'suggest');
			assert.ok(asked?.type === 'suggest');
			receive({ type: 'suggestions', request: asked.request, items });
		},
		press: (key: string, options: KeyboardEventInit = {}) => {
			const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options });
			input.dispatchEvent(event);
			return event.defaultPrevented;
		},
		options: () =>
			[...document.querySelectorAll('[role="option"]')].map((option) => [
				option.querySelector('.suggestion-label')?.textContent,
				option.getAttribute('aria-selected'),
			]),
		list: () => {
			const list = document.querySelector<HTMLElement>('[role="listbox"]');
			assert.ok(list);
			return list;
		},
		/** A drop or a paste, which jsdom has no events for. */
		give: (target: Element, name: string, key: string, data: Readonly<Record<string, string>>) => {
			const event = new window.Event(name, { bubbles: true, cancelable: true });
			Object.defineProperty(event, key, { value: { getData: (format: string) => data[format] ?? '' } });
			target.dispatchEvent(event);
			return event;
		},
		button: (label: string) => {
			const found = document.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`);
			assert.ok(found, `${label} in ${document.body.innerHTML}`);
			return found;
		},
	};
}

describe('media/composer', () => {
	it('asks for completions of the word at the caret, and for nothing else', () => {
		const { type, sent } = setUp();
		type('why is /this');
		assert.equal(sent.length, 0);
		type('/ex');
		type('why #fi there', 7);
		assert.deepEqual(
			sent.map((message) => message.type === 'suggest' && message.word),
			['/ex', '#fi'],
		);
	});

	it('shows them as a list that the keyboard rules while it stays in the input', () => {
		const { type, offer, options, list, press, input } = setUp();
		assert.equal(list().hidden, true);
		type('/');
		offer(commands);
		assert.equal(list().hidden, false);
		assert.equal(list().getAttribute('aria-label'), texts.suggestions);
		assert.equal(input.getAttribute('aria-controls'), list().id);
		assert.deepEqual(options(), [
			['/explain', 'true'],
			['/fix', 'false'],
			['/fancy', 'false'],
		]);
		assert.equal(press('ArrowDown'), true);
		assert.equal(press('ArrowDown'), true);
		assert.deepEqual(options()[2], ['/fancy', 'true']);
		assert.equal(input.getAttribute('aria-activedescendant'), list().children[2]?.id);
		press('ArrowDown');
		press('ArrowUp');
		press('ArrowUp');
		assert.deepEqual(options()[1], ['/fix', 'true']);
		assert.equal(press('Enter'), true);
		assert.equal(input.value, '/fix ');
		assert.equal(list().hidden, true);
		assert.equal(input.getAttribute('aria-activedescendant'), null);
	});

	it('takes the choice with Tab, leaves the rest of the text alone, and goes on where an argument follows', () => {
		const { type, offer, press, input, sent } = setUp();
		type('what is #fi here?', 11);
		offer([file]);
		assert.equal(press('Tab'), true);
		assert.equal(input.value, 'what is #file: here?');
		assert.equal(input.selectionStart, 14);
		assert.deepEqual(sent.at(-1), { type: 'suggest', request: 3, word: '#file:' });
		offer([{ insert: '#file:a.ts', label: 'a.ts', detail: '', continues: false }]);
		press('Enter');
		assert.equal(input.value, 'what is #file:a.ts here?');
	});

	it('closes with Escape, and sends with Enter what is written out', () => {
		const { type, offer, press, list, sent, input } = setUp();
		type('/f');
		offer(commands);
		assert.equal(press('Escape'), true);
		assert.equal(list().hidden, true);
		assert.equal(press('Tab'), false);
		type('/fix');
		offer(commands);
		assert.equal(list().querySelector('[aria-selected="true"] .suggestion-label')?.textContent, '/fix');
		press('Enter');
		assert.deepEqual(sent.at(-1), { type: 'ask', text: '/fix' });
		assert.equal(input.value, '');
	});

	it('ignores an answer that comes late, and keys of an input method', () => {
		const { type, receive, list, offer, press, input } = setUp();
		type('/e');
		type('/ex');
		receive({ type: 'suggestions', request: 1, items: commands });
		assert.equal(list().hidden, true);
		offer(commands);
		press('Enter', { isComposing: true });
		assert.equal(input.value, '/ex');
		type('/ex it');
		assert.equal(list().hidden, true);
	});

	it('never takes what was offered for another word', () => {
		const { type, offer, press, options, input } = setUp();
		type('/');
		offer(commands);
		type('/f');
		assert.deepEqual(
			options().map(([label]) => label),
			['/fix', '/fancy'],
		);
		type('/fa');
		press('Tab');
		assert.equal(input.value, '/fancy ');
		type('#file:');
		offer(
			['a', 'b'].map((name) => ({ insert: `#file:${name}.ts`, label: name, detail: '', continues: false })),
		);
		type('#file:b');
		press('Enter');
		assert.equal(input.value, '#file:b.ts ');
	});

	it('takes a choice with the mouse without losing the keyboard', () => {
		const { type, offer, list, input, window } = setUp();
		input.focus();
		type('/');
		offer(commands);
		const event = new window.MouseEvent('mousedown', { bubbles: true, cancelable: true });
		list().children[1]?.dispatchEvent(event);
		assert.equal(event.defaultPrevented, true);
		assert.equal(input.value, '/fix ');
	});

	it('shows names as text', () => {
		const { type, offer, list } = setUp();
		type('#file:');
		offer([{ insert: '#file:x', label: '<img src=x onerror=alert(1)>', detail: '**a**', continues: false }]);
		assert.equal(list().querySelector('img'), null);
		assert.equal(list().textContent, '<img src=x onerror=alert(1)>**a**');
	});

	it('tells the mentions of the draft once it rests, and only when they are others', async () => {
		const { type, sent } = setUp();
		const told = async () => {
			await new Promise((resolve) => setTimeout(resolve, 200));
			return sent.filter((message) => message.type === 'mentions');
		};
		type('what is #file:a.t');
		type('what is #file:a.ts');
		assert.deepEqual(await told(), [{ type: 'mentions', mentions: ['#file:a.ts'] }]);
		type('what is #file:a.ts doing');
		assert.equal((await told()).length, 1);
		type('what');
		assert.deepEqual((await told()).at(-1), { type: 'mentions', mentions: [] });
		type('Error: x\n    at f (/w/a.ts:2:1)');
		assert.deepEqual((await told()).at(-1), { type: 'mentions', mentions: ['/w/a.ts:2'] });
	});

	it('shows chips with their size, or why they cannot go along, and what does not fit', () => {
		const { receive, document } = setUp();
		const label = '<b>\u202Ea.ts';
		receive({
			type: 'chips',
			chips: [chip('a'), chip('b', { tokens: undefined, problem: 'Excluded.' }), chip('c', { label })],
			note: 'Too much.',
		});
		const chips = [...document.querySelectorAll('.chip')];
		assert.deepEqual(
			chips.map((one) => one.textContent),
			['a.ts~12 tokens', 'b.tsExcluded.', `${label}~12 tokens`],
		);
		assert.deepEqual(
			chips.map((one) => one.classList.contains('refused')),
			[false, true, false],
		);
		assert.equal(chips[2]?.querySelector('b'), null);
		// A name cannot turn the text around it.
		assert.ok(chips[2]?.querySelector('bdi'));
		assert.equal(document.querySelector('.chip-note')?.textContent, 'Too much.');
		assert.equal(document.querySelector('.chip-list')?.getAttribute('aria-label'), texts.context);
		receive({ type: 'chips', chips: [], note: undefined });
		assert.equal(document.querySelector<HTMLElement>('.chips')?.hidden, true);
	});

	it('takes a chip away, with its mention where it has one, and stays among them', () => {
		const { receive, type, input, sent, button, document } = setUp();
		type('what is #file:a.ts doing?');
		receive({ type: 'chips', chips: [chip('a', { mention: '#file:a.ts' }), chip('b')], note: undefined });
		button('Remove b.ts').focus();
		button('Remove b.ts').click();
		assert.deepEqual(sent.at(-1), { type: 'takeAway', chip: 'b' });
		receive({ type: 'chips', chips: [chip('a', { mention: '#file:a.ts' })], note: undefined });
		assert.equal(document.activeElement, button('Remove a.ts'));
		type('what is #file:a.ts doing?');
		button('Remove a.ts').click();
		assert.equal(input.value, 'what is doing?');
		assert.deepEqual(sent.filter(({ type }) => type === 'takeAway').length, 1);
	});

	it('takes files that are dropped, from whichever format names them', () => {
		const { give, composer, sent } = setUp();
		const event = give(composer.element, 'drop', 'dataTransfer', {
			'text/uri-list': '# a comment\r\nfile:///w/a.ts\r\nfile:///w/b.ts\r\n',
		});
		assert.equal(event.defaultPrevented, true);
		give(composer.element, 'drop', 'dataTransfer', { 'application/vnd.code.uri-list': 'file:///w/c.ts' });
		give(composer.element, 'drop', 'dataTransfer', { 'text/plain': 'words' });
		assert.deepEqual(sent, [
			{ type: 'drop', uris: ['file:///w/a.ts', 'file:///w/b.ts'] },
			{ type: 'drop', uris: ['file:///w/c.ts'] },
		]);
	});

	it('does not paste what a question cannot hold, and says so', () => {
		const { give, input, document, type } = setUp();
		type('before');
		const paste = (length: number) =>
			give(input, 'paste', 'clipboardData', { 'text/plain': 'x'.repeat(length) }).defaultPrevented;
		assert.equal(paste(100), false);
		assert.equal(paste(MAX_QUESTION - 6), false);
		assert.equal(paste(MAX_QUESTION - 5), true);
		assert.equal(paste(2 * 1024 * 1024), true);
		assert.equal(input.value, 'before');
		assert.match(document.querySelector('.notice')?.textContent ?? '', /2097152 characters.*65536/);
	});

	it('keeps a text that became too long when a question came back', () => {
		const { composer, input, type, press, sent } = setUp();
		type('x'.repeat(MAX_QUESTION - 1));
		composer.giveBack('why?');
		press('Enter');
		assert.equal(input.value.length, MAX_QUESTION + 5);
		type('why?');
		press('Enter');
		assert.deepEqual(
			sent.filter((message) => message.type === 'ask'),
			[{ type: 'ask', text: 'why?' }],
		);
	});

	it('says what the extension has to say, until it is closed or something is asked', () => {
		const { receive, document, press, type, button, sent } = setUp();
		const notice = () => {
			const found = document.querySelector<HTMLElement>('.notice');
			assert.ok(found);
			return found;
		};
		const rows = [{ name: '/fix', text: '<i>Corrects</i>' }];
		const say = () => receive({ type: 'notice', notice: { text: 'Commands:', rows } });
		assert.equal(notice().hidden, true);
		say();
		assert.equal(notice().getAttribute('role'), 'status');
		assert.equal(notice().querySelector('dd')?.textContent, '<i>Corrects</i>');
		assert.equal(press('Escape'), true);
		assert.equal(notice().hidden, true);
		say();
		button(texts.close).click();
		assert.equal(notice().hidden, true);
		say();
		type('why?');
		press('Enter');
		assert.equal(notice().hidden, true);
		assert.deepEqual(sent, [{ type: 'ask', text: 'why?' }]);
	});

	it('ignores messages that are not its own', () => {
		const { composer, document } = setUp();
		for (const message of [undefined, { type: 'notice' }, { type: 'chips', chips: [{}], note: undefined }]) {
			composer.receive(message);
		}
		assert.equal(document.querySelector<HTMLElement>('.notice')?.hidden, true);
	});
});
