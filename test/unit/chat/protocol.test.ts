/** Tests of the checks on messages between the webview and the extension. */

import assert from 'node:assert/strict';
import { isFromChat, isOpenableLink, isToChat, MAX_QUESTION } from '../../../src/chat/protocol';
import { chatTexts } from '../../../src/chat/texts';
import { MAX_ANSWER } from '../../../src/chat/turn';

const turn = {
	...{ id: 'a-1', role: 'assistant', text: 'x', state: 'done', note: undefined, remedies: [] },
	...{ usage: undefined, branch: undefined, isEditable: false },
};
const usage = { used: 1_204, size: 2_048, leftOut: 2, linesCut: 0 };
const status = {
	state: 'ready',
	name: 'm',
	place: 'CPU',
	progress: 0,
	isStarter: false,
	problem: undefined,
	remedies: ['restart'],
};
const texts = chatTexts({ t: (message) => message });

function check(is: (value: unknown) => boolean, value: unknown, expected: boolean): void {
	const shown = JSON.stringify(value) ?? 'undefined';
	it(`${expected ? 'takes' : 'refuses'} ${shown.slice(0, 80)}`, () => {
		assert.equal(is(value), expected);
	});
}

describe('chat/protocol', () => {
	describe('from the webview', () => {
		for (const good of [
			{ type: 'ready' },
			{ type: 'ask', text: 'hi' },
			{ type: 'stop' },
			{ type: 'getStarted' },
			{ type: 'regenerate' },
			{ type: 'edit', turn: 'a-1', text: 'hi' },
			{ type: 'branch', turn: 'a-1', by: -1 },
			{ type: 'copy', turn: 'a-1', block: 0 },
			{ type: 'insert', turn: 'a-1', block: 3 },
			{ type: 'apply', turn: 'a-1', block: 3 },
			{ type: 'openLink', url: 'https://example.com/a?b#c' },
			{ type: 'remedy', remedy: 'select-model' },
		]) {
			check(isFromChat, good, true);
		}
		for (const bad of [
			undefined,
			null,
			'ready',
			[],
			{},
			{ type: 'run', command: 'rm' },
			{ type: 'ask' },
			{ type: 'ask', text: '  \n' },
			{ type: 'ask', text: 'x'.repeat(MAX_QUESTION + 1) },
			{ type: 'copy', turn: 'a-1' },
			{ type: 'edit', turn: 'a-1', text: ' ' },
			{ type: 'edit', turn: 'a-1', text: 'x'.repeat(MAX_QUESTION + 1) },
			{ type: 'edit', text: 'x' },
			{ type: 'branch', turn: 'a-1', by: 2 },
			{ type: 'branch', turn: 'a-1' },
			{ type: 'copy', turn: '../x', block: 0 },
			{ type: 'copy', turn: 'a-1', block: -1 },
			{ type: 'insert', turn: 'a-1', block: 0.5 },
			{ type: 'insert', turn: 'a-1', block: Number.NaN },
			{ type: 'openLink', url: 'command:workbench.action.quit' },
			{ type: 'remedy', remedy: 'familiar.deleteAllData' },
		]) {
			check(isFromChat, bad, false);
		}
	});

	describe('to the webview', () => {
		for (const good of [
			{ type: 'restore', turns: [turn], status, texts },
			{ type: 'turns', turns: [] },
			{ type: 'turn', turn },
			{ type: 'turn', turn: { ...turn, usage, branch: { at: 1, of: 2 }, isEditable: true } },
			{ type: 'turn', turn: { ...turn, usage: { ...usage, unsummarised: 'longer' } } },
			{ type: 'turn', turn: { ...turn, usage: { ...usage, summary: { exchanges: 3, text: '- So.' } } } },
			{ type: 'delta', turn: 'a-1', offset: 0, text: 'x' },
			{ type: 'status', status },
			{ type: 'acted', action: 'copy', turn: 'a-1', block: 0 },
			{ type: 'acted', action: 'apply', turn: 'a-1', block: 0 },
			{ type: 'draft', text: 'x' },
			{ type: 'busy', busy: true },
			{ type: 'focus' },
		]) {
			check(isToChat, good, true);
		}
		for (const bad of [
			{ type: 'restore', turns: [turn], status, texts: {} },
			{ type: 'restore', turns: Array.from({ length: 201 }, () => turn), status, texts },
			{ type: 'turn', turn: { ...turn, state: 'dancing' } },
			{ type: 'turn', turn: { ...turn, text: 'x'.repeat(MAX_ANSWER + 1) } },
			{ type: 'turn', turn: { ...turn, remedies: ['x'] } },
			{ type: 'turn', turn: { ...turn, usage: { ...usage, leftOut: -1 } } },
			{ type: 'turn', turn: { ...turn, usage: { used: 1 } } },
			{ type: 'turn', turn: { ...turn, usage: { ...usage, unsummarised: 'tired' } } },
			{ type: 'turn', turn: { ...turn, usage: { ...usage, summary: '- So.' } } },
			{
				type: 'turn',
				turn: { ...turn, usage: { ...usage, summary: { exchanges: 3, text: 'x'.repeat(9_000) } } },
			},
			{ type: 'turn', turn: { ...turn, branch: { at: 'x', of: 2 } } },
			{ type: 'turn', turn: { ...turn, isEditable: undefined } },
			{ type: 'delta', turn: 'a-1', offset: -1, text: 'x' },
			{ type: 'status', status: { ...status, state: 'x' } },
			{ type: 'acted', action: 'run', turn: 'a-1', block: 0 },
			{ type: 'busy' },
			{ type: 'eval', code: 'x' },
		]) {
			check(isToChat, bad, false);
		}
	});

	describe('links', () => {
		check(isOpenableLink, 'https://example.com', true);
		for (const bad of [
			'http://example.com',
			'javascript:alert(1)',
			'JaVaScRiPt:alert(1)',
			'data:text/html,x',
			'file:///etc/passwd',
			'vscode://settings',
			'vscode:extension/x',
			'command:x',
			'//evil.example/x',
			'\\\\evil\\share',
			'/relative',
			'https://user:secret@evil.example',
			`https://example.com/${'a'.repeat(3_000)}`,
			'',
			7,
		]) {
			check(isOpenableLink, bad, false);
		}
	});
});
