/** Tests of when a run that was interrupted is offered, and with which words. */

import assert from 'node:assert/strict';
import type { Memory } from '../../../../src/finetune/adapters/choices';
import type { StoredRun } from '../../../../src/finetune/job/runStore';
import { offerToResume } from '../../../../src/finetune/panel/offer';
import { shown, translate } from './runs';

describe('finetune/panel/offer', () => {
	let asked: string[];
	let answer: string | undefined;
	let memory: Memory;

	beforeEach(() => {
		const values = new Map<string, unknown>();
		asked = [];
		answer = undefined;
		memory = {
			get: (key, defaultValue) => {
				const value: typeof defaultValue | undefined =
					JSON.parse(JSON.stringify(values.get(key) ?? null)) ?? undefined;
				return value ?? defaultValue;
			},
			update: async (key, value) => {
				values.set(key, value);
			},
		};
	});

	function offer(updated: number, hasCheckpoint = true): Promise<'resume' | 'show' | undefined> {
		const left: StoredRun = {
			id: '20260101-000000-abcd',
			folder: '/runs/1',
			order: shown().order,
			state: 'interrupted',
			stored: {
				version: 1,
				state: 'running',
				updated,
				checkpointStep: 10,
				result: undefined,
				problem: undefined,
			},
			obstacle: undefined,
			hasCheckpoint,
			elsewhere: undefined,
		};
		const ask = async (text: string) => {
			asked.push(text);
			return answer;
		};
		return offerToResume(left, memory, ask, translate);
	}

	it('offers each interruption once', async () => {
		answer = 'Resume';
		assert.deepEqual([await offer(1), await offer(1)], ['resume', undefined]);
		answer = 'Show';
		assert.equal(await offer(2), 'show');
		answer = undefined;
		assert.equal(await offer(3), undefined);
		assert.equal(asked.length, 3);
	});

	it('says whether it goes on or begins again', async () => {
		await offer(1);
		await offer(2, false);
		assert.match(asked[0] ?? '', /shop.*go on from its last checkpoint/);
		assert.match(asked[1] ?? '', /begin again with the same data/);
	});
});
