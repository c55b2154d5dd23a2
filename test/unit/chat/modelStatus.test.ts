/** Tests of what the chat view says of the model. */

import assert from 'node:assert/strict';
import { chatStatusOf } from '../../../src/chat/modelStatus';
import { isToChat } from '../../../src/chat/protocol';
import type { ModelState } from '../../../src/inference/model';
import { fakeDescription } from '../../support/fakeModel';

describe('chat/modelStatus', () => {
	it('names the file while it loads', () => {
		const status = chatStatusOf({ type: 'loading', path: 'C:\\models\\Qwen.gguf', progress: 0.5 }, false);
		assert.equal(status.name, 'Qwen');
		assert.equal(status.progress, 0.5);
	});

	it('names model and place when it is ready', () => {
		const status = chatStatusOf({ type: 'ready', model: { ...fakeDescription, backend: 'vulkan' } }, true);
		assert.deepEqual([status.name, status.place, status.isStarter], ['fake', 'Vulkan', true]);
		assert.equal(status.problem, undefined);
	});

	it('says that a model has no chat format', () => {
		const chat = { type: 'unsupported', reason: 'No chat.' } as const;
		const status = chatStatusOf({ type: 'ready', model: { ...fakeDescription, chat } }, false);
		assert.equal(status.problem, 'No chat.');
		assert.deepEqual(status.remedies, ['select-model']);
	});

	it('gives the reason of a failure and what helps', () => {
		const problem = { code: 'x', message: 'Truncated.', remedies: ['use-starter'] } as const;
		const status = chatStatusOf({ type: 'failed', problem }, false);
		assert.deepEqual(
			[status.state, status.problem, status.remedies],
			['failed', 'Truncated.', ['use-starter']],
		);
	});

	const long = 'x'.repeat(5_000);
	const chat = { type: 'unsupported', reason: long } as const;
	const states: readonly ModelState[] = [
		{ type: 'loading', path: `/models/${long}.gguf`, progress: 0 },
		{ type: 'ready', model: { ...fakeDescription, name: long } },
		{ type: 'ready', model: { ...fakeDescription, chat } },
		{ type: 'failed', problem: { code: 'x', message: long, remedies: [] } },
	];
	for (const [index, state] of states.entries()) {
		it(`stays within what the view takes, however long the texts are: ${state.type} ${index}`, () => {
			assert.ok(isToChat({ type: 'status', status: chatStatusOf(state, false) }));
		});
	}
});
