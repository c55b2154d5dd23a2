/** Tests of when a trained adapter comes into use. */

import assert from 'node:assert/strict';
import { activation } from '../../../../src/finetune/panel/activation';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { translate } from './runs';

const base = '/models/base.gguf';
const adapter = { path: '/adapters/a.gguf', name: 'shop', scale: 0.75 };

describe('finetune/panel/activation', () => {
	let model: FakeModel;
	let used: unknown[];
	let remembered: unknown[];
	/** What `use` answers; it may also change the model. */
	let answer: () => string | undefined;

	beforeEach(() => {
		model = new FakeModel();
		used = [];
		remembered = [];
		answer = () => undefined;
	});

	function activate(): Promise<string | undefined> {
		return activation({
			model,
			active: {
				use: async (choices) => {
					used.push(choices);
					return answer();
				},
			},
			choices: {
				set: async (of, choices) => {
					remembered.push([of, choices]);
				},
			},
			translate,
		})(adapter.path, adapter.name, base, adapter.scale);
	}

	function load(path: string): void {
		model.state = { type: 'ready', model: { ...fakeDescription, path } };
	}

	it('uses it at once where its model is loaded, and passes a refusal on', async () => {
		load(base);
		assert.equal(await activate(), undefined);
		answer = () => 'Too large.';
		assert.equal(await activate(), 'Too large.');
		assert.deepEqual([used, remembered], [[[adapter], [adapter]], []]);
	});

	it('remembers it for its model where that is not loaded', async () => {
		model.state = { type: 'none' };
		assert.equal(await activate(), 'It is used as soon as base.gguf is loaded.');
		load('/models/other.gguf');
		assert.equal(await activate(), 'It is used as soon as base.gguf is loaded.');
		load(base);
		answer = () => {
			load('/models/other.gguf');
			return 'Another base.';
		};
		assert.equal(await activate(), 'It is used as soon as base.gguf is loaded.');
		assert.deepEqual(remembered, Array(3).fill([base, [adapter]]));
	});
});
