/** Tests of the checks on messages about the history. */

import assert from 'node:assert/strict';
import { isFromHistory, isToHistory, MAX_LISTED } from '../../../../src/chat/conversations/protocol';

const summary = { id: 'a', title: 't', time: 1, passage: undefined, isOpen: false };

function check(is: (value: unknown) => boolean, value: unknown, expected: boolean): void {
	const shown = JSON.stringify(value) ?? 'undefined';
	it(`${expected ? 'takes' : 'refuses'} ${shown.slice(0, 80)}`, () => assert.equal(is(value), expected));
}

describe('chat/conversations/protocol', () => {
	for (const good of [
		{ type: 'history', query: '' },
		{ type: 'open', conversation: 'a-1' },
		{ type: 'rename', conversation: 'a-1', title: 'x' },
		{ type: 'delete', conversation: 'a-1' },
		{ type: 'export', conversation: 'a-1' },
	]) {
		check(isFromHistory, good, true);
	}
	for (const bad of [
		undefined,
		{ type: 'history' },
		{ type: 'history', query: 'x'.repeat(1_000) },
		{ type: 'open', conversation: '../a' },
		{ type: 'delete', conversation: 'a/b' },
		{ type: 'export', conversation: '' },
		{ type: 'rename', conversation: 'a', title: ' ' },
		{ type: 'rename', conversation: 'a', title: 'x'.repeat(1_000) },
		{ type: 'deleteAll' },
	]) {
		check(isFromHistory, bad, false);
	}
	for (const good of [
		{ type: 'showHistory' },
		{ type: 'historyChanged' },
		{ type: 'history', query: 'x', conversations: [summary, { ...summary, passage: 'p' }] },
	]) {
		check(isToHistory, good, true);
	}
	for (const bad of [
		{ type: 'history', query: 'x' },
		{ type: 'history', query: 'x', conversations: [{ ...summary, time: 'now' }] },
		{ type: 'history', query: 'x', conversations: Array.from({ length: MAX_LISTED + 1 }, () => summary) },
		{ type: 'turns' },
	]) {
		check(isToHistory, bad, false);
	}
});
