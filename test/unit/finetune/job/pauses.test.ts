/** Two reasons for a pause, one trainer. */
import assert from 'node:assert/strict';
import { Pauses } from '../../../../src/finetune/job/pauses';

describe('finetune/job/pauses', () => {
	let sent: string[];
	let pauses: Pauses;
	beforeEach(() => {
		sent = [];
		pauses = new Pauses((message) => sent.push(message.type));
	});

	it('goes on only when nobody wants it paused', () => {
		pauses.pause('battery');
		pauses.pause('user');
		assert.equal(pauses.reason, 'user');
		pauses.resume('battery');
		assert.deepEqual(sent, ['pause']);
		assert.equal(pauses.reason, 'user');
		pauses.resume('user');
		assert.deepEqual(sent, ['pause', 'resume']);
		assert.equal(pauses.reason, undefined);
	});

	it('lets the user overrule the battery', () => {
		pauses.pause('battery');
		pauses.resume('user');
		assert.deepEqual(sent, ['pause', 'resume']);
		pauses.resume('battery');
		assert.deepEqual(sent, ['pause', 'resume'], 'the plug changes nothing then');
	});

	it('shows what the trainer says where nobody asked', () => {
		pauses.report('busy');
		assert.deepEqual([pauses.reason, pauses.isAsked], ['busy', false]);
		pauses.pause('user');
		assert.equal(pauses.reason, 'user');
		pauses.report(undefined);
		pauses.resume('user');
		assert.equal(pauses.reason, undefined);
	});
});
