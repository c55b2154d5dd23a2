/** Tests of the chat view: what it shows for which message, and what it says for which gesture. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { ChatPanel, type ViewHost } from '../../../media/chatPanel';
import type { ChatStatus, ToChat } from '../../../src/chat/protocol';
import { chatTexts } from '../../../src/chat/texts';
import type { Turn } from '../../../src/chat/turn';

const texts = chatTexts({ t: (message) => message });
const ready: ChatStatus = {
	state: 'ready',
	name: 'qwen',
	place: 'CPU',
	progress: 0,
	isStarter: false,
	problem: undefined,
	remedies: [],
};

function turn(id: string, role: Turn['role'], text: string, rest: Partial<Turn> = {}): Turn {
	return {
		...{ id, role, text, state: 'done', note: undefined, remedies: [] },
		...{ usage: undefined, branch: undefined, isEditable: false },
		...rest,
	};
}

function setUp(state?: unknown) {
	const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
	const sent: Parameters<ViewHost['postMessage']>[0][] = [];
	let saved: unknown = state;
	const frames: FrameRequestCallback[] = [];
	window.requestAnimationFrame = (callback) => frames.push(callback);
	// A JSDOM window is one with other type names.
	const page = window as unknown as Window & typeof globalThis;
	new ChatPanel(page, {
		postMessage: (message) => sent.push(message),
		getState: () => saved,
		setState: (next) => {
			saved = next;
		},
	});
	const { document } = window;
	const find = (selector: string) => {
		const found = document.querySelector<HTMLElement>(selector);
		assert.ok(found, `${selector} in ${document.body.innerHTML}`);
		return found;
	};
	return {
		window,
		document,
		sent,
		find,
		saved: () => saved,
		receive: (message: ToChat | unknown) =>
			window.dispatchEvent(new window.MessageEvent('message', { data: message })),
		restore: (turns: readonly Turn[] = [], status: ChatStatus = ready) =>
			window.dispatchEvent(
				new window.MessageEvent('message', { data: { type: 'restore', turns, status, texts } }),
			),
		nextFrame: () => {
			for (const frame of frames.splice(0)) {
				frame(0);
			}
		},
		frames,
		button: (label: string) => {
			const found = [...document.querySelectorAll('button')].find(
				(one) => one.getAttribute('aria-label') === label || one.textContent === label,
			);
			assert.ok(found, `${label} in ${document.body.innerHTML}`);
			return found;
		},
		type: (text: string) => {
			const input = document.querySelector('textarea');
			assert.ok(input);
			input.value = text;
			input.dispatchEvent(new window.Event('input'));
			return input;
		},
		press: (key: string, options: KeyboardEventInit = {}) =>
			find('textarea').dispatchEvent(
				new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }),
			),
	};
}

const answer = 'Look:\n\n```ts\nconst a = 1;\n```\n\nand\n\n```py\npass\n```';

describe('media/chatPanel', () => {
	it('says that it is ready, and shows nothing before it is answered', () => {
		const { sent, document } = setUp();
		assert.deepEqual(sent, [{ type: 'ready' }]);
		assert.equal(document.querySelector('textarea'), null);
	});

	it('says what it can do and which model answers while it is empty', () => {
		const { restore, find } = setUp();
		restore();
		assert.match(find('.welcome').textContent ?? '', /Explain.*Fix.*Generate/s);
		assert.equal(find('.model-name').textContent, 'qwen · CPU');
	});

	it('leads an empty chat to the walkthrough, and to a model while the starter is in use', () => {
		const { restore, find, document, sent, button, receive } = setUp();
		restore([], { ...ready, isStarter: true });
		assert.match(find('.welcome').textContent ?? '', /Starter model: choose a real one/);
		find('.welcome .primary').click();
		assert.deepEqual(sent.at(-1), { type: 'remedy', remedy: 'select-model' });
		button(texts.getStarted).click();
		assert.deepEqual(sent.at(-1), { type: 'getStarted' });
		assert.ok(document.body.classList.contains('has-starter'));
		receive({ type: 'status', status: ready });
		assert.equal(document.body.classList.contains('has-starter'), false);
	});

	it('folds what was thought, and leaves it as it was folded while it grows', () => {
		const { restore, find, receive } = setUp();
		restore([turn('u', 'user', 'hi'), turn('m', 'assistant', '<think>A list', { state: 'streaming' })]);
		const thought = find('.thought');
		assert.equal(thought.hasAttribute('open'), false);
		assert.equal(find('.thought summary').textContent, texts.thinking);
		thought.setAttribute('open', '');
		receive({ type: 'turn', turn: turn('m', 'assistant', '<think>A list?</think>\nUse a **heap**.') });
		assert.equal(find('.thought'), thought);
		assert.equal(thought.hasAttribute('open'), true);
		assert.equal(find('.thought summary').textContent, texts.thought);
		assert.equal(find('.thought-text').textContent, 'A list?');
		assert.equal(find('.markdown').textContent?.trim(), 'Use a heap.');
	});

	it('shows a conversation with buttons that name ids, never code', () => {
		const { restore, find, document, sent, button } = setUp();
		restore([turn('u', 'user', '<b>hi</b> `x`'), turn('m', 'assistant', answer)]);
		assert.equal(find('.turn.user .turn-body').textContent, '<b>hi</b> `x`');
		assert.deepEqual(
			[...document.querySelectorAll('.code-block pre')].map((block) => block.textContent),
			['const a = 1;', 'pass'],
		);
		assert.equal(find('.code-language').textContent, 'ts');
		button(texts.copy).click();
		[...document.querySelectorAll<HTMLElement>('.code-block')].at(1)?.querySelector('button')?.click();
		assert.deepEqual(sent.slice(1), [
			{ type: 'copy', turn: 'm', block: 0 },
			{ type: 'insert', turn: 'm', block: 1 },
		]);
	});

	it('renders a stream once a frame, and only the part that changed', () => {
		const { restore, receive, nextFrame, frames, find, document } = setUp();
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', '', { state: 'streaming' })]);
		assert.ok(document.querySelector('.dots'));
		receive({ type: 'delta', turn: 'm', offset: 0, text: 'Look:\n\n```ts\nconst' });
		receive({ type: 'delta', turn: 'm', offset: 18, text: ' a = 1;\n```\nthen' });
		assert.equal(frames.length, 1);
		nextFrame();
		assert.equal(document.querySelector('.dots'), null);
		const block = find('.code-block');
		const first = find('.markdown');
		assert.equal(find('.code-block pre').textContent, 'const a = 1;');
		receive({ type: 'delta', turn: 'm', offset: 34, text: ' more' });
		nextFrame();
		assert.equal(find('.code-block'), block);
		assert.equal(find('.markdown'), first);
		assert.equal(find('.turn-body').textContent, 'q');
		assert.match(find('.turn.assistant').textContent ?? '', /then more/);
		assert.equal(find('.turn.assistant').getAttribute('aria-busy'), 'true');
		receive({ type: 'turn', turn: turn('m', 'assistant', `${answer}`) });
		assert.equal(find('.turn.assistant').getAttribute('aria-busy'), 'false');
	});

	it('goes on with an answer in whose middle the view was killed', () => {
		const { restore, receive, nextFrame, sent, find } = setUp();
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', 'Half ', { state: 'streaming' })]);
		receive({ type: 'delta', turn: 'm', offset: 5, text: 'and half' });
		nextFrame();
		assert.match(find('.turn.assistant').textContent ?? '', /Half and half/);
		assert.deepEqual(sent.filter(({ type }) => type === 'ready').length, 1);
	});

	it('gives the same DOM letter by letter as at once', () => {
		const whole = setUp();
		whole.restore([turn('m', 'assistant', answer)]);
		const { restore, receive, nextFrame, find } = setUp();
		restore([turn('m', 'assistant', '', { state: 'streaming' })]);
		for (const [offset, text] of [...answer].entries()) {
			receive({ type: 'delta', turn: 'm', offset, text });
			nextFrame();
		}
		receive({ type: 'turn', turn: turn('m', 'assistant', answer) });
		assert.equal(find('.turn').innerHTML, whole.find('.turn').innerHTML);
	});

	it('asks for everything when a piece is missing', () => {
		const { restore, receive, sent } = setUp();
		restore([turn('m', 'assistant', 'ab', { state: 'streaming' })]);
		receive({ type: 'delta', turn: 'm', offset: 5, text: 'x' });
		receive({ type: 'delta', turn: 'unknown', offset: 0, text: 'x' });
		assert.deepEqual(sent.slice(1), [{ type: 'ready' }, { type: 'ready' }]);
	});

	it('ignores messages that are not its own', () => {
		const { restore, receive, find } = setUp();
		restore();
		for (const data of [undefined, 'x', { type: 'turns', turns: [{ id: 1 }] }, { type: 'eval', code: '1' }]) {
			receive(data);
		}
		assert.ok(find('.welcome'));
	});

	it('sends with Enter, breaks the line with Shift+Enter, and leaves input methods alone', () => {
		const { restore, sent, type, press } = setUp();
		restore();
		const input = type('  why?\n');
		press('Enter', { shiftKey: true });
		press('Enter', { isComposing: true });
		assert.equal(sent.length, 1);
		press('Enter');
		assert.deepEqual(sent[1], { type: 'ask', text: '  why?\n' });
		assert.equal(input.value, '');
		press('Enter');
		assert.equal(sent.length, 2);
	});

	it('has Stop in the place of Send while an answer is written', () => {
		const { restore, receive, sent, type, press, button } = setUp();
		restore([turn('u', 'user', 'q')]);
		assert.equal(button(texts.stop).hidden, true);
		receive({ type: 'turn', turn: turn('m', 'assistant', '', { state: 'streaming' }) });
		assert.equal(button(texts.stop).hidden, false);
		assert.equal(button(`${texts.send} (Enter)`).hidden, true);
		type('next');
		press('Enter');
		button(texts.stop).click();
		assert.deepEqual(sent.slice(1), [{ type: 'stop' }]);
		receive({ type: 'turn', turn: turn('m', 'assistant', 'x', { state: 'stopped' }) });
		assert.equal(button(texts.stop).hidden, true);
	});

	it('offers another answer below the last one only', () => {
		const { restore, document, receive, sent, button } = setUp();
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', 'a')]);
		button(texts.regenerate).click();
		assert.deepEqual(sent.at(-1), { type: 'regenerate' });
		receive({ type: 'turn', turn: turn('u2', 'user', 'q2') });
		receive({ type: 'turn', turn: turn('m2', 'assistant', 'b', { state: 'interrupted' }) });
		const labels = [...document.querySelectorAll('.turn .quiet')].map((one) => one.textContent);
		assert.deepEqual(labels, [texts.retry]);
		assert.match(document.body.textContent ?? '', /Interrupted/);
	});

	it('shows nothing of a block of code without code, also while it is written', () => {
		const { document, restore, sent } = setUp();
		const blocks = () => [...document.querySelectorAll('.code-block code')].map((code) => code.textContent);
		const answer = 'Before\n\n```ts\n\n```\n\nAfter\n\n```ts\none\n```\n\n```ts\n';
		restore([turn('1', 'user', 'Explain'), turn('2', 'assistant', answer, { state: 'streaming' })]);
		assert.deepEqual(blocks(), ['one']);
		// Its buttons still mean the second block of the answer.
		document.querySelector<HTMLElement>('.code-block [aria-label="Copy"]')?.click();
		assert.deepEqual(sent.at(-1), { type: 'copy', turn: '2', block: 1 });
		restore([turn('1', 'user', 'Explain'), turn('2', 'assistant', '```\n```')]);
		assert.deepEqual(blocks(), []);
		assert.ok(document.body.textContent?.includes(texts.nothing));
	});

	it('says so when the model answered nothing', () => {
		const { restore, document } = setUp();
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', '  \n')]);
		assert.ok(document.body.textContent?.includes(texts.nothing));
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', 'a')]);
		assert.ok(!document.body.textContent?.includes(texts.nothing));
	});

	it('shows why an answer failed, with what helps', () => {
		const { restore, find, sent, button } = setUp();
		restore([
			turn('u', 'user', 'q'),
			turn('m', 'assistant', '', { state: 'failed', note: 'No model.', remedies: ['select-model'] }),
		]);
		assert.equal(find('.turn .note').textContent, 'No model.');
		button(texts['remedy.select-model']).click();
		assert.deepEqual(sent.at(-1), { type: 'remedy', remedy: 'select-model' });
	});

	it('shows how the model is', () => {
		const { restore, receive, find, document, button, sent } = setUp();
		restore([], { ...ready, state: 'loading', name: 'qwen', place: '', progress: 0.43 });
		assert.match(find('.banner').textContent ?? '', /Loading qwen 43 %/);
		receive({
			type: 'status',
			status: { ...ready, state: 'failed', problem: 'Truncated.', remedies: ['use-starter'] },
		});
		assert.equal(find('.banner [class="note"]').textContent, 'Truncated.');
		button(texts['remedy.use-starter']).click();
		assert.deepEqual(sent.at(-1), { type: 'remedy', remedy: 'use-starter' });
		receive({ type: 'status', status: { ...ready, isStarter: true } });
		assert.match(find('.banner').textContent ?? '', /Starter model: choose a real one for real work\./);
		receive({ type: 'status', status: ready });
		assert.equal(document.querySelector('.banner'), null);
	});

	it('keeps the draft through a reload, and gets a refused question back', () => {
		const first = setUp();
		first.restore();
		first.type('half a qu');
		assert.deepEqual(first.saved(), { draft: 'half a qu' });
		const second = setUp(first.saved());
		second.restore();
		assert.equal(second.find('textarea').textContent, '');
		assert.equal(second.document.querySelector('textarea')?.value, 'half a qu');
		second.receive({ type: 'draft', text: 'other' });
		assert.equal(second.document.querySelector('textarea')?.value, 'other\n\nhalf a qu');
		assert.deepEqual(second.saved(), { draft: 'other\n\nhalf a qu' });
		second.type('');
		second.receive({ type: 'draft', text: 'other' });
		assert.equal(second.document.querySelector('textarea')?.value, 'other');
	});

	it('can be stopped while what goes along is read', () => {
		const { restore, receive, button, type, press, sent } = setUp();
		restore();
		receive({ type: 'busy', busy: true });
		assert.equal(button('Stop').hidden, false);
		type('next');
		press('Enter');
		assert.ok(!sent.some((message) => message.type === 'ask'));
		button('Stop').click();
		assert.deepEqual(
			sent.filter((message) => message.type === 'stop'),
			[{ type: 'stop' }],
		);
		receive({ type: 'busy', busy: false });
		assert.equal(button('Stop').hidden, true);
	});

	it('opens no link by itself: it asks the extension', () => {
		const { restore, window, find, sent } = setUp();
		restore([turn('m', 'assistant', '[docs](https://example.com/a)')]);
		const click = new window.MouseEvent('click', { bubbles: true, cancelable: true });
		find('.turn a').dispatchEvent(click);
		assert.equal(click.defaultPrevented, true);
		assert.deepEqual(sent.at(-1), { type: 'openLink', url: 'https://example.com/a' });
	});

	it('warns of hidden characters in code', () => {
		const { restore, find } = setUp();
		restore([turn('m', 'assistant', '```py\nif a != "x\u202e":\n```')]);
		assert.ok(find('.code-block.has-hidden .hidden-warning'));
		assert.match(find('.code-block pre').textContent ?? '', /\[U\+202E\]/);
	});

	it('acknowledges what the extension did', () => {
		const { restore, receive, document } = setUp();
		restore([turn('m', 'assistant', answer)]);
		receive({ type: 'acted', action: 'copy', turn: 'm', block: 1 });
		const acted = document.querySelectorAll('.acted');
		assert.equal(acted.length, 1);
		assert.equal(acted[0]?.getAttribute('aria-label'), texts.copied);
	});

	it('changes a question where it stands, and asks again from there', () => {
		const { restore, find, sent, button, window, document } = setUp();
		restore([turn('u', 'user', 'why?', { isEditable: true }), turn('m', 'assistant', 'a')]);
		button(texts.edit).click();
		const input = document.querySelector<HTMLTextAreaElement>('.question-editor textarea');
		assert.equal(input?.value, 'why?');
		assert.equal(document.activeElement, input);
		const press = (key: string, options: KeyboardEventInit = {}) =>
			input?.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, ...options }));
		press('Escape');
		assert.equal(find('.turn.user .turn-body').textContent, 'why?');
		assert.equal(document.activeElement, button(texts.edit));
		button(texts.edit).click();
		const again = document.querySelector<HTMLTextAreaElement>('.question-editor textarea');
		assert.ok(again);
		again.value = 'how?';
		again.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter', shiftKey: true }));
		assert.equal(sent.filter(({ type }) => type === 'edit').length, 0);
		again.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter' }));
		assert.deepEqual(sent.at(-1), { type: 'edit', turn: 'u', text: 'how?' });
		assert.equal(document.querySelector('.question-editor'), null);
	});

	it('keeps a changed question when the view is killed in the middle, or everything is shown anew', () => {
		const turns = [turn('u', 'user', 'why?', { isEditable: true }), turn('m', 'assistant', 'a')];
		const first = setUp();
		first.restore(turns);
		first.button(texts.edit).click();
		const input = first.document.querySelector<HTMLTextAreaElement>('.question-editor textarea');
		assert.ok(input);
		input.value = 'how did';
		input.dispatchEvent(new first.window.Event('input'));
		const second = setUp(first.saved());
		second.restore(turns);
		const edited = () =>
			second.document.querySelector<HTMLTextAreaElement>('.question-editor textarea')?.value;
		assert.equal(edited(), 'how did');
		second.receive({ type: 'turns', turns });
		assert.equal(edited(), 'how did');
		second.button(texts.cancel).click();
		second.receive({ type: 'turns', turns });
		assert.equal(edited(), undefined);
	});

	it('has arrows to other versions, and keeps the keyboard on them', () => {
		const { restore, find, receive, sent, document } = setUp();
		const versions = (at: number) => [
			turn('u', 'user', 'q'),
			turn(`m${at}`, 'assistant', 'a', { branch: { at, of: 3 } }),
		];
		restore(versions(3));
		assert.equal(find('.versions').textContent, '3/3');
		assert.equal(find('.versions').getAttribute('aria-label'), 'Version 3 of 3');
		const [before, after] = document.querySelectorAll<HTMLButtonElement>('.versions button');
		after?.click();
		assert.equal(sent.length, sent.filter(({ type }) => type !== 'branch').length);
		before?.click();
		assert.deepEqual(sent.at(-1), { type: 'branch', turn: 'm3', by: -1 });
		receive({ type: 'turns', turns: versions(2) });
		assert.equal(find('.versions').textContent, '2/3');
		assert.equal(document.activeElement, document.querySelector('.versions button'));
	});

	it('says how full the context was at the last answer, and at others only what was missing', () => {
		const { restore, document } = setUp();
		const usage = { used: 1_204, size: 2_048, leftOut: 0, linesCut: 0 };
		restore([
			turn('m1', 'assistant', 'a', { usage }),
			turn('m2', 'assistant', 'b', { usage: { ...usage, leftOut: 1, linesCut: 12 } }),
			turn('m3', 'assistant', 'c', { usage: { ...usage, leftOut: 2 } }),
			turn('m4', 'assistant', 'd', { usage }),
		]);
		assert.deepEqual(
			[...document.querySelectorAll('.usage')].map((line) => line.textContent),
			[
				'1,204 of 2,048 tokens; 1 earlier exchange was left out; 12 lines were cut',
				'1,204 of 2,048 tokens; 2 earlier exchanges were left out',
				'1,204 of 2,048 tokens',
			],
		);
	});

	it('says what was summarised, and shows the summary to whoever unfolds it, as text', () => {
		const { restore, receive, document, find } = setUp();
		const usage = { used: 9, size: 2_048, leftOut: 0, linesCut: 0 };
		const summary = { exchanges: 2, text: '- <b>bold</b>\u202E' };
		const older = turn('m1', 'assistant', 'a', { usage: { ...usage, summary } });
		restore([
			older,
			turn('m2', 'assistant', 'b', { usage: { ...usage, leftOut: 3, unsummarised: 'pending' } }),
		]);
		assert.deepEqual(
			[...document.querySelectorAll('.usage summary, span.usage')].map((line) => line.textContent),
			[
				'9 of 2,048 tokens; 2 earlier exchanges were summarised',
				'9 of 2,048 tokens; 3 earlier exchanges were left out (they are not summarised yet)',
			],
		);
		assert.equal(find('.summary-text').textContent, '- <b>bold</b>[U+202E]');
		assert.equal(find('.summary-text').tabIndex, 0);
		assert.equal(find('details.usage').hasAttribute('open'), false);
		find('details.usage').setAttribute('open', '');
		receive({ type: 'turn', turn: { ...older, note: 'Applied.' } });
		assert.equal(find('details.usage').hasAttribute('open'), true, 'it stays as it was unfolded');
	});

	it('shows the list of conversations in the place of the chat, and the chat again', () => {
		const { restore, receive, sent, document, type, find, window } = setUp();
		restore();
		type('draft');
		receive({ type: 'showHistory' });
		assert.deepEqual(sent.at(-1), { type: 'history', query: '' });
		assert.equal(document.activeElement, document.querySelector('.history input'));
		find('.history input').dispatchEvent(
			new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true }),
		);
		assert.equal(document.body.classList.contains('browsing'), false);
		assert.equal(document.activeElement, document.querySelector('textarea'));
		assert.equal(document.querySelector('textarea')?.value, 'draft');
		receive({ type: 'showHistory' });
		receive({ type: 'focus' });
		assert.equal(document.body.classList.contains('browsing'), false);
	});

	it('is readable for a screen reader', () => {
		const { restore, find, document } = setUp();
		restore([turn('u', 'user', 'q'), turn('m', 'assistant', answer)]);
		const log = find('[role="log"]');
		assert.equal(log.getAttribute('aria-live'), 'polite');
		assert.equal(log.getAttribute('aria-label'), texts.transcript);
		for (const button of document.querySelectorAll('button')) {
			assert.ok(button.getAttribute('aria-label') || button.textContent, button.outerHTML);
		}
		assert.ok(find('textarea').getAttribute('aria-label'));
	});

	it('keeps the focus, and what is unfolded, when a turn or all of them are told again', () => {
		const panel = setUp();
		const turns = [
			turn('q', 'user', 'Why?', { branch: { at: 1, of: 2 }, isEditable: true }),
			turn('a', 'assistant', 'So.', {
				sources: [{ path: 'a.ts', firstLine: 1, lastLine: 4 }],
			}),
		];
		panel.restore(turns);
		const details = panel.document.querySelector('details');
		assert.ok(details);
		details.open = true;
		panel.button('Version before').focus();
		panel.receive({ type: 'turn', turn: turns[0] });
		panel.receive({ type: 'turn', turn: turns[1] });
		panel.receive({ type: 'turns', turns });
		assert.equal(panel.document.activeElement?.getAttribute('aria-label'), 'Version before');
		assert.equal(panel.document.querySelector('details')?.open, true);
	});

	it('keeps what is being typed at when turns are told again', () => {
		const panel = setUp();
		const turns = [turn('q', 'user', 'Why?', { isEditable: true }), turn('a', 'assistant', 'So.')];
		panel.restore(turns);
		panel.button('Edit').click();
		const editor = panel.find('.question-editor textarea');
		panel.receive({ type: 'turns', turns });
		panel.receive({ type: 'turn', turn: turns[0] });
		assert.equal(panel.document.activeElement, editor);
	});
});
