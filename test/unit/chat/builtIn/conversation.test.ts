/** Tests of what other extensions send to the model. */

import assert from 'node:assert/strict';
import { conversationOf, type SentMessage, textOf } from '../../../../src/chat/builtIn/conversation';
import { l10n } from '../../../support/fakeVscode';

const USER = 1;
const ASSISTANT = 2;
const SYSTEM = 3;

function of(sent: readonly SentMessage[], tools = 0) {
	return conversationOf(sent, tools, l10n.t);
}

/** Why a conversation of one message is refused. */
function reason(part: unknown): string {
	const conversation = of([{ role: USER, content: ['Look:', part] }]);
	return conversation.type === 'refused' ? conversation.reason : 'it is not';
}

describe('chat/builtIn/conversation', () => {
	it('has the roles and the texts of what was sent', () => {
		const conversation = of([
			{ role: SYSTEM, content: ['Be brief.'] },
			{ role: USER, content: ['What is ', 'this?'] },
			{ role: ASSISTANT, content: ['A loop.'] },
			{ role: USER, content: ['Why?'] },
		]);
		assert.deepEqual(conversation, {
			type: 'messages',
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'What is this?' },
				{ role: 'assistant', content: 'A loop.' },
				{ role: 'user', content: 'Why?' },
			],
		});
	});

	it('makes one message of what the same one said twice', () => {
		const conversation = of([
			{ role: USER, content: ['Be brief.'] },
			{ role: USER, content: ['What is this?'] },
		]);
		assert.deepEqual(conversation, {
			type: 'messages',
			messages: [{ role: 'user', content: 'Be brief.\n\nWhat is this?' }],
		});
	});

	it('leaves out what is empty', () => {
		const conversation = of([
			{ role: USER, content: ['Why?'] },
			{ role: ASSISTANT, content: [' \n'] },
			{ role: USER, content: [] },
		]);
		assert.deepEqual(conversation, { type: 'messages', messages: [{ role: 'user', content: 'Why?' }] });
	});

	it('refuses images, calls of tools and what is neither', () => {
		assert.match(reason({ mimeType: 'image/png', data: new Uint8Array(1) }), /cannot see images/);
		assert.match(reason({ callId: '1', name: 'read', input: {} }), /cannot call tools/);
		assert.match(reason({ callId: '1', content: ['text'] }), /cannot call tools/);
		assert.match(reason({ mimeType: 'application/json', data: new Uint8Array(1) }), /text alone/);
		assert.match(reason(undefined), /text alone/);
	});

	it('refuses tools that may be called', () => {
		const conversation = of([{ role: USER, content: ['Why?'] }], 1);
		assert.ok(conversation.type === 'refused');
		assert.match(conversation.reason, /cannot call tools/);
	});

	it('refuses what nobody could answer', () => {
		const refused = [
			of([]),
			of([{ role: USER, content: ['  '] }]),
			of([{ role: 7, content: ['Why?'] }]),
			of([
				{ role: USER, content: ['Why?'] },
				{ role: ASSISTANT, content: ['Because'] },
			]),
		];
		assert.deepEqual(
			refused.map((one) => (one.type === 'refused' ? one.reason : one.messages)),
			[
				'The request has no text.',
				'The request has no text.',
				'A message has a role that this model does not know: 7.',
				'The last message of a request must be the one of the user.',
			],
		);
	});

	it('counts the texts of a message alone', () => {
		assert.equal(textOf(['a', { mimeType: 'image/png' }, 'b']), 'ab');
	});
});
