/** Tests of what VS Code is told of the local model. */

import assert from 'node:assert/strict';
import { informationOf, limitsOf } from '../../../../src/chat/builtIn/modelInformation';
import type { ModelState } from '../../../../src/inference/model';
import { fakeDescription } from '../../../support/fakeModel';
import { l10n } from '../../../support/fakeVscode';

function ready(contextSize: number): ModelState {
	return { type: 'ready', model: { ...fakeDescription, contextSize, trainedContext: 131_072 } };
}

describe('chat/builtIn/modelInformation', () => {
	function informed(state: ModelState) {
		return informationOf(state, false, 1_024, l10n.t);
	}

	it('has the context that is loaded, not the one that the model was trained with', () => {
		const { maxInputTokens, maxOutputTokens } = informed(ready(4_096));
		assert.deepEqual([maxInputTokens, maxOutputTokens], [3_072, 1_024]);
	});

	it('leaves half of a small context for what is asked', () => {
		assert.deepEqual(limitsOf(ready(512), 1_024), { input: 256, output: 256 });
	});

	it('names the model, and says that it neither sees nor calls tools', () => {
		const { id, name, family, version, tooltip, capabilities } = informed(ready(4_096));
		assert.deepEqual([name, family, version], ['fake', 'llama', '1.0 M Q8_0']);
		assert.deepEqual(capabilities, { imageInput: false, toolCalling: false });
		assert.match(tooltip, /nothing leaves it/);
		const other = { ...fakeDescription, name: 'other', path: '/models/other.gguf' };
		assert.equal(informed({ type: 'ready', model: other }).id, id);
	});

	it('says that a model can call tools where it can', () => {
		const chat = { type: 'chat', wrapper: 'chatML', callsTools: true } as const;
		const { capabilities, tooltip } = informed({ type: 'ready', model: { ...fakeDescription, chat } });
		assert.deepEqual(capabilities, { imageInput: false, toolCalling: true });
		assert.match(tooltip, /can call tools/);
	});

	it('is the same at any progress of loading', () => {
		const loading = (progress: number) => informed({ type: 'loading', path: '/models/Qwen.gguf', progress });
		assert.deepEqual(loading(0.1), loading(0.9));
		assert.equal(loading(0.1).name, 'Qwen');
		assert.match(loading(0.1).tooltip, /is being loaded/);
	});

	it('is there without a model, with the reason', () => {
		const problem = { code: 'model-missing', message: 'There is no a.gguf.', remedies: [] };
		const failed = informed({ type: 'failed', problem });
		assert.deepEqual(
			[failed.name, failed.detail, failed.tooltip],
			['Familiar', 'Familiar, not usable', problem.message],
		);
		const chat = { type: 'unsupported', reason: 'No chat.' } as const;
		assert.equal(informed({ type: 'ready', model: { ...fakeDescription, chat } }).tooltip, 'No chat.');
	});
});
