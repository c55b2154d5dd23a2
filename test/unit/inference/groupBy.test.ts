/** Groups in the order of their first member, each in the order in which its members come. */
import * as assert from 'node:assert/strict';
import { groupBy } from '../../../src/inference/groupBy';

describe('inference/groupBy', () => {
	it('keeps the order of groups and of what is in them', () => {
		assert.deepEqual(
			[...groupBy(['b1', 'a1', 'b2', 'c1', 'a2'], (thing) => thing.charAt(0))],
			[
				['b', ['b1', 'b2']],
				['a', ['a1', 'a2']],
				['c', ['c1']],
			],
		);
		assert.equal(groupBy([], String).size, 0);
	});
});
