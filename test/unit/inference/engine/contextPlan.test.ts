/** How much context is asked for, and what is said when it is less than what was chosen. */
import * as assert from 'node:assert/strict';
import { mostTokens, planContext, trainedContextOf } from '../../../../src/inference/engine/contextPlan';
import type { GgufValue } from '../../../../src/inference/gguf/gguf';

describe('context plan', () => {
	for (const [chosen, trained, size, most] of [
		[0, 32_768, { min: 512, max: 8192 }, 8192],
		[0, 2048, { min: 512, max: 2048 }, 2048],
		[0, 256, { min: 256, max: 256 }, 256],
		[0, undefined, { min: 512, max: 8192 }, 8192],
		[4096, 32_768, 4096, 4096],
		[32_768, 32_768, 32_768, 32_768],
		[65_536, undefined, 65_536, 65_536],
		[512, 32_768, 512, 512],
		[256, 256, 256, 256],
	] as const) {
		it(`takes what was chosen: ${chosen} of ${trained}`, () => {
			const plan = planContext(chosen, trained);
			assert.deepEqual(plan, { size, reason: undefined });
			assert.equal(mostTokens(plan), most);
		});
	}

	it('takes no more than what the model was trained with, and says so', () => {
		const { size, reason } = planContext(1_048_576, 32_768);
		assert.equal(size, 32_768);
		assert.match(reason ?? '', /trained with a context of 32768 tokens.*instead of the chosen 1048576/);
	});

	for (const [chosen, trained, size] of [
		[1, 32_768, 512],
		[511, undefined, 512],
		[100, 256, 256],
	] as const) {
		it(`takes no less than a useful prompt needs, and says so: ${chosen} of ${trained}`, () => {
			const plan = planContext(chosen, trained);
			assert.equal(plan.size, size);
			assert.match(plan.reason ?? '', new RegExp(`chosen ${chosen} tokens.*${size} are used`));
		});
	}

	const name: GgufValue = { type: 'string', value: 'qwen2' };
	for (const [expected, entries] of [
		[4096, { 'general.architecture': name, 'qwen2.context_length': { type: 'uint32', value: 4096 } }],
		[undefined, { 'general.architecture': name, 'llama.context_length': { type: 'uint32', value: 4096 } }],
		[undefined, { 'general.architecture': name, 'qwen2.context_length': { type: 'uint32', value: 0 } }],
		[undefined, { 'general.architecture': name, 'qwen2.context_length': { type: 'string', value: '1' } }],
		[undefined, { 'qwen2.context_length': { type: 'uint32', value: 4096 } }],
	] satisfies [number | undefined, Record<string, GgufValue>][]) {
		it(`finds ${expected} in ${Object.keys(entries).join(', ')}`, () => {
			assert.equal(trainedContextOf({ metadata: new Map(Object.entries(entries)) }), expected);
		});
	}
});
