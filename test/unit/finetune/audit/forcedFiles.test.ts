/** Choices about single files outlive the window, whatever else was written in their place. */
import * as assert from 'node:assert/strict';
import { ForcedFiles } from '../../../../src/finetune/audit/forcedFiles';

function memory(first: Readonly<Record<string, unknown>> = {}) {
	const values = new Map(Object.entries(first));
	return {
		values,
		get: <T>(key: string, defaultValue: T): T => {
			// As the editor: whatever was written comes back.
			const value: unknown = values.get(key);
			return value === undefined ? defaultValue : JSON.parse(JSON.stringify(value));
		},
		update: async (key: string, value: unknown) => {
			values.set(key, value);
		},
	};
}

describe('choices about files', () => {
	it('are remembered by folder and path, the last one counts, and they can be taken back', async () => {
		const kept = memory();
		const forced = new ForcedFiles(kept);
		await forced.set('/one', 'a.ts', 'in');
		await forced.set('/one', 'b.ts', 'out');
		await forced.set('/two', 'a.ts', 'out');
		await forced.set('/one', 'a.ts', 'out');
		assert.deepEqual(new ForcedFiles(kept).of('/one'), { in: [], out: ['a.ts', 'b.ts'] });
		await forced.set('/one', 'a.ts', undefined);
		assert.deepEqual(forced.of('/one'), { in: [], out: ['b.ts'] });
		assert.deepEqual(forced.of('/two'), { in: [], out: ['a.ts'] });
		assert.deepEqual(forced.of('/three'), { in: [], out: [] });
	});

	it('are not believed when they are something else', () => {
		const wrong = [{ 'familiar.corpusChoices': 'x' }, { 'familiar.corpusChoices': [{ folder: 1 }] }];
		for (const values of wrong) {
			assert.deepEqual(new ForcedFiles(memory(values)).of('/one'), { in: [], out: [] });
		}
		assert.equal(new ForcedFiles(memory({ 'familiar.corpusSeen': 'yes' })).wasSeen, false);
	});

	it('know whether an audit was seen, until all is forgotten', async () => {
		const kept = memory();
		const forced = new ForcedFiles(kept);
		assert.equal(forced.wasSeen, false);
		await forced.see();
		await forced.set('/one', 'a.ts', 'in');
		assert.equal(new ForcedFiles(kept).wasSeen, true);
		await forced.clear();
		assert.equal(forced.wasSeen, false);
		assert.deepEqual(forced.of('/one'), { in: [], out: [] });
	});

	it('are bounded: the oldest go', async () => {
		const many = Array.from({ length: 10_000 }, (_, index) => ({
			folder: '/one',
			path: `f${index}`,
			to: 'in',
		}));
		const forced = new ForcedFiles(memory({ 'familiar.corpusChoices': many }));
		await forced.set('/one', 'new.ts', 'out');
		assert.deepEqual(forced.of('/one').out, ['new.ts']);
		assert.equal(forced.of('/one').in.length, 9_999);
		assert.ok(!forced.of('/one').in.includes('f9999'));
	});
});
