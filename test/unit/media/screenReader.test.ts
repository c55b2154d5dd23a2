/** What a screen reader hears of the chat: every control by its role and its name, and what is said by itself. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { ChatPanel } from '../../../media/chatPanel';
import { chatTexts } from '../../../src/chat/texts';
import type { Turn } from '../../../src/chat/turn';

const texts = chatTexts({ t: (message) => message });
const status = {
	...{ state: 'loading', name: 'qwen', place: 'CPU', progress: 0.5, isStarter: false },
	...{ problem: undefined, remedies: [] },
};

function turn(id: string, role: Turn['role'], text: string, rest: Partial<Turn> = {}): Turn {
	return {
		...{ id, role, text, state: 'done', note: undefined, remedies: [] },
		...{ usage: undefined, branch: undefined, isEditable: false },
		...rest,
	};
}

const turns = [
	turn('u', 'user', 'Why?', { isEditable: true, branch: { at: 2, of: 3 }, attachments: ['src/a.ts'] }),
	turn('m', 'assistant', 'See [1].\n\n```ts\nconst a = 1;\n```', {
		sources: [{ path: 'src/a.ts', firstLine: 1, lastLine: 2, number: 1 }],
		remedies: ['show-log'],
	}),
];

function setUp(shown: readonly Turn[] = turns) {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	// A JSDOM window is one with other type names.
	const page = window as unknown as Window & typeof globalThis;
	new ChatPanel(page, { postMessage: () => undefined, getState: () => undefined, setState: () => undefined });
	const { document } = window;
	const receive = (data: unknown) => window.dispatchEvent(new window.MessageEvent('message', { data }));
	receive({ type: 'restore', turns: shown, status, texts });
	/** What can have the focus, in the order of the page: `tag name`. */
	const controls = (within: string) =>
		[
			...document.querySelectorAll(
				['a', 'button', 'input', 'textarea', 'summary', '[tabindex="0"]']
					.map((tag) => `${within} ${tag}`)
					.join(),
			),
		].map((control) => {
			const name = control.getAttribute('aria-label') ?? control.textContent?.trim() ?? '';
			return `${control.tagName.toLowerCase()} ${name}`;
		});
	/** Role and name of one element. */
	const said = (selector: string) => {
		const found = document.querySelector(selector);
		assert.ok(found, `${selector} in ${document.body.innerHTML}`);
		return [found.getAttribute('role'), found.getAttribute('aria-label')];
	};
	return { document, receive, controls, said };
}

describe('the chat for a screen reader', () => {
	it('names every control of the conversation', () => {
		const { controls } = setUp();
		assert.deepEqual(controls('.transcript'), [
			'button Version before',
			'button Version after',
			'button Edit',
			'button Open src/a.ts:1-2',
			'button Insert at Cursor',
			'button Apply to the File',
			'button Copy',
			'pre const a = 1;',
			'button Show Log',
			'summary Sources (1)',
			'button Open src/a.ts:1-2',
			'button Regenerate',
		]);
	});

	it('says who speaks, which version is shown, and what went along', () => {
		const { said } = setUp();
		assert.deepEqual(said('.transcript'), ['log', 'Conversation']);
		assert.deepEqual(said('.turn.user'), [null, 'You']);
		assert.deepEqual(said('.turn.assistant'), [null, 'Familiar']);
		assert.deepEqual(said('.versions'), ['group', 'Version 2 of 3']);
		assert.deepEqual(said('ul.attachments'), [null, 'Sent with the question']);
	});

	it('names what a question is changed with', () => {
		const { controls, document } = setUp();
		document.querySelector<HTMLElement>('.edit')?.click();
		assert.deepEqual(controls('.question-editor'), ['textarea Edit', 'button Send', 'button Cancel']);
	});

	it('names every control of the input, with chips and a notice', () => {
		const { controls, said, receive } = setUp();
		const chip = { id: '1', label: 'src/a.ts', tokens: 5, problem: undefined, mention: undefined };
		receive({ type: 'chips', chips: [chip], note: 'Too much' });
		receive({ type: 'notice', notice: { text: 'Commands', rows: [{ name: '/fix', text: 'Fixes' }] } });
		assert.deepEqual(controls('.composer'), [
			'button Close',
			'dl /fixFixes',
			'textarea Ask about your code',
			'button Remove src/a.ts',
			'button qwen · CPU',
			'button Send (Enter)',
			'button Stop',
		]);
		assert.deepEqual(said('.notice'), ['status', null]);
		assert.deepEqual(said('.chip-list'), [null, 'Sent with the question']);
		assert.deepEqual(said('.chip-note'), ['status', null]);
		assert.deepEqual(said('.suggestions'), ['listbox', 'Commands and context']);
	});

	it('says that an answer is awaited, and how far the model is', () => {
		const { said, document } = setUp([turn('m', 'assistant', '', { state: 'streaming' })]);
		assert.deepEqual(said('.dots'), ['status', 'Answering']);
		assert.equal(document.querySelector('.turn')?.getAttribute('aria-busy'), 'true');
		assert.ok(said('.banner progress')[1], document.querySelector('.banner')?.innerHTML);
	});

	it('names every control of the history', () => {
		const { controls, said, receive } = setUp();
		receive({ type: 'showHistory' });
		const conversation = { id: 'a', title: 'Sorting', time: 1_700_000_000_000, isOpen: true };
		receive({ type: 'history', query: '', conversations: [{ ...conversation, passage: undefined }] });
		const names = controls('.history');
		assert.match(names[2] ?? '', /^button Sorting/);
		assert.deepEqual(names.toSpliced(2, 1), [
			'button Back to the chat (Escape)',
			'input Search titles and texts',
			'button Rename: Sorting',
			'button Export as Markdown: Sorting',
			'button Delete: Sorting',
		]);
		assert.deepEqual(said('.history-count'), ['status', null]);
		assert.deepEqual(said('.history-list'), ['list', 'Chat history']);
		assert.deepEqual(said('.history-row'), ['listitem', null]);
	});

	it('draws icons for the eye only', () => {
		const { document } = setUp();
		const icons = [...document.querySelectorAll('svg')];
		assert.ok(icons.length > 5);
		for (const icon of icons) {
			assert.equal(icon.getAttribute('aria-hidden'), 'true', icon.outerHTML);
		}
	});
});
