/** Which model leaves memory for another. */
import * as assert from 'node:assert/strict';
import { foremost, nextToLeave, type Resident } from '../../../../src/inference/host/residents';
import type { ModelRole } from '../../../../src/inference/model';

const NOW = 1_000_000;
const one = (role: ModelRole, changes: Partial<Resident> = {}): Resident => ({
	role,
	isBusy: false,
	isWanted: true,
	usedAt: NOW - 100_000,
	...changes,
});
const busy = { isBusy: true };
const fresh = { usedAt: NOW - 1_000 };

function check(
	title: string,
	wanted: ModelRole,
	residents: readonly Resident[],
	leaves: number | 'wait' | undefined,
): void {
	it(title, () => {
		const expected = typeof leaves === 'number' ? residents[leaves] : leaves;
		assert.deepEqual(nextToLeave(wanted, residents, NOW), expected);
		assert.deepEqual(nextToLeave(wanted, [...residents].reverse(), NOW), expected, 'in any order');
	});
}

describe('host/residents', () => {
	check('nobody where nobody is', 'completion', [], undefined);
	check('the least important', 'completion', [one('chat'), one('completion'), one('embedding')], 2);
	check('the one that was not used for longest', 'chat', [one('chat', fresh), one('chat')], 1);
	check(
		'one that nobody wants before all others',
		'chat',
		[one('embedding'), one('completion', { isWanted: false })],
		1,
	);
	check('no busy one', 'chat', [one('embedding', busy), one('chat')], 1);
	check('waits for a busy one', 'chat', [one('chat', busy)], 'wait');
	check('a completion model that rests', 'chat', [one('completion')], 0);
	check('a fresh completion model last', 'chat', [one('completion', fresh), one('chat', fresh)], 1);
	check(
		'waits for what is busy rather than take it',
		'chat',
		[one('completion', fresh), one('embedding', busy)],
		'wait',
	);
	check('it all the same where there is nothing else', 'embedding', [one('completion', fresh)], 0);
	check('waits until it is idle', 'chat', [one('completion', { ...fresh, ...busy })], 'wait');
	check(
		'another completion model has no such respect',
		'completion',
		[one('completion', fresh), one('chat', busy)],
		0,
	);

	it('counts a model for the most important role that anybody gives it', () => {
		assert.equal(foremost(['embedding', 'chat']), 'chat');
		assert.equal(foremost(['chat', 'completion', 'embedding']), 'completion');
	});
});
