/** Tests of what other extensions send to the model. */

import assert from 'node:assert/strict';
import { conversationOf, offerOf, type SentMessage, textOf } from '../../../../src/chat/builtIn/conversation';
import { l10n } from '../../../support/fakeVscode';

const USER = 1;
const ASSISTANT = 2;
const SYSTEM = 3;

function of(sent: readonly SentMessage[]) {
	return conversationOf(sent, l10n.t);
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

	it('refuses images and what else has to be seen or heard, by name', () => {
		const data = new Uint8Array(1);
		assert.match(reason({ mimeType: 'image/png', data }), /cannot see images/);
		assert.match(reason({ mimeType: 'application/pdf', data }), /text alone.*application\/pdf/);
		assert.match(reason({ callId: '1', content: [{ mimeType: 'image/png', data }] }), /cannot see images/);
	});

	it('leaves out the hints that other extensions send along, and reads texts in data', () => {
		const data = new TextEncoder().encode('{"a":1}');
		const conversation = of([
			{
				role: USER,
				content: [
					'Look: ',
					{ mimeType: 'cache_control', data: new TextEncoder().encode('ephemeral') },
					{ mimeType: 'application/json', data },
					{ value: 'a thought', id: '1' },
					undefined,
				],
			},
		]);
		assert.deepEqual(conversation, {
			type: 'messages',
			messages: [{ role: 'user', content: 'Look: {"a":1}' }],
		});
	});

	it('has calls with what they brought, behind the message that made them', () => {
		const conversation = of([
			{ role: USER, content: ['What is a.ts?'] },
			{
				role: ASSISTANT,
				content: [
					'I look.',
					{ callId: '1', name: 'read', input: { path: 'a.ts' } },
					{ callId: '2', name: 'log', input: {} },
				],
			},
			{
				role: USER,
				content: [
					{ callId: '1', content: [{ value: 'one' }, 'two'] },
					{ callId: '2', content: [] },
					'Go on.',
				],
			},
		]);
		assert.deepEqual(conversation, {
			type: 'messages',
			messages: [
				{ role: 'user', content: 'What is a.ts?' },
				{
					role: 'assistant',
					content: 'I look.',
					calls: [
						{ name: 'read', arguments: { path: 'a.ts' } },
						{ name: 'log', arguments: {} },
					],
				},
				{ role: 'tool', content: 'one\ntwo' },
				{ role: 'tool', content: '' },
				{ role: 'user', content: 'Go on.' },
			],
		});
		assert.equal(of([{ role: USER, content: [{ callId: '1', content: ['x'] }] }]).type, 'messages');
	});

	it('knows what is offered to be called, also without a schema', () => {
		const inputSchema = { type: 'object', properties: { a: { type: 'string' } } };
		assert.deepEqual(offerOf({ name: 'read', description: 'Reads.', inputSchema }), {
			name: 'read',
			description: 'Reads.',
			parameters: inputSchema,
		});
		assert.deepEqual(offerOf({ name: 'log', description: '' }).parameters, { type: 'object' });
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
