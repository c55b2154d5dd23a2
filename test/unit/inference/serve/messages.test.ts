/** Conversations of OpenAI's clients as ours, and what of them cannot be one. */
import * as assert from 'node:assert/strict';
import { ApiError } from '../../../../src/inference/serve/apiError';
import { messagesOf } from '../../../../src/inference/serve/messages';

const called = (id: string, name: string, given = '{}') => ({
	id,
	type: 'function',
	function: { name, arguments: given },
});
const user = { role: 'user', content: 'Hello' };

function refuses(value: unknown, param: string): void {
	assert.throws(
		() => messagesOf(value),
		(error) => error instanceof ApiError && error.status === 400 && error.body.error['param'] === param,
		param,
	);
}

describe('messagesOf', () => {
	it('reads roles, texts and parts', () => {
		const parts = [
			{ type: 'text', text: 'a' },
			{ type: 'text', text: 'b' },
		];
		assert.deepEqual(
			messagesOf([
				{ role: 'developer', content: 'Obey.' },
				{ role: 'user', content: parts, name: 'Ann' },
				{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
				user,
			]),
			[
				{ role: 'system', content: 'Obey.' },
				{ role: 'user', content: 'ab' },
				{ role: 'assistant', content: 'No.' },
				{ role: 'user', content: 'Hello' },
			],
		);
	});

	it('makes one of what follows from the same', () => {
		assert.deepEqual(
			messagesOf([{ role: 'system', content: 'a' }, { role: 'developer', content: 'b' }, user, user]),
			[
				{ role: 'system', content: 'a\n\nb' },
				{ role: 'user', content: 'Hello\n\nHello' },
			],
		);
	});

	it('puts what calls brought into the order of the calls', () => {
		assert.deepEqual(
			messagesOf([
				user,
				{ role: 'assistant', content: null, tool_calls: [called('1', 'a', '{"x":1}'), called('2', 'b', '')] },
				{ role: 'tool', tool_call_id: '2', content: 'two' },
				{ role: 'tool', tool_call_id: '1', content: [{ type: 'text', text: 'one' }] },
				user,
			]),
			[
				{ role: 'user', content: 'Hello' },
				{
					role: 'assistant',
					content: '',
					calls: [
						{ name: 'a', arguments: { x: 1 } },
						{ name: 'b', arguments: {} },
					],
				},
				{ role: 'tool', content: 'one' },
				{ role: 'tool', content: 'two' },
				{ role: 'user', content: 'Hello' },
			],
		);
	});

	it('may end with what a call brought', () => {
		const messages = messagesOf([
			user,
			{ role: 'assistant', tool_calls: [called('1', 'a')] },
			{ role: 'tool', tool_call_id: '1', content: 'one' },
		]);
		assert.equal(messages.at(-1)?.role, 'tool');
	});

	it('names the place of what it cannot read', () => {
		refuses(undefined, 'messages');
		refuses([], 'messages');
		refuses(['Hello'], 'messages[0].role');
		refuses([{ role: 'boss', content: 'a' }], 'messages[0].role');
		refuses([{ role: 'constructor', content: 'a' }], 'messages[0].role');
		refuses([user, { role: 'user' }], 'messages[1].content');
		refuses([{ role: 'user', content: 7 }], 'messages[0].content');
		refuses([{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }], 'messages[0].content[0]');
		refuses([{ role: 'system', content: 'a' }], 'messages');
		refuses([user, { role: 'assistant', content: 'I say' }], 'messages');
	});

	it('lets no call be without an answer, and no answer without a call', () => {
		const call = { role: 'assistant', tool_calls: [called('1', 'a')] };
		refuses([user, call, user], 'messages[2]');
		refuses([user, call], 'messages[1]');
		refuses([user, { role: 'tool', tool_call_id: '1', content: 'one' }], 'messages[1].tool_call_id');
		const answer = { role: 'tool', tool_call_id: '1', content: 'one' };
		refuses([user, call, answer, answer], 'messages[3].tool_call_id');
		refuses([{ ...user, tool_calls: [called('1', 'a')] }], 'messages[0].tool_calls');
		refuses(
			[user, { role: 'assistant', tool_calls: [called('1', 'a', '[1]')] }],
			'messages[1].tool_calls[0]',
		);
		refuses([user, { role: 'assistant', tool_calls: 'a' }], 'messages[1].tool_calls');
	});
});
