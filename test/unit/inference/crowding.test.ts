/** When the models of completion and chat are said not to fit into memory together. */
import * as assert from 'node:assert/strict';
import { isCrowded } from '../../../src/inference/crowding';
import type { ModelState } from '../../../src/inference/model';
import { fakeDescription } from '../../support/fakeModel';

const ready = (path: string, displacedBy?: string): ModelState => ({
	type: 'ready',
	model: { ...fakeDescription, path },
	...(displacedBy !== undefined && { residence: 'unloaded', displacedBy }),
});

describe('isCrowded', () => {
	it('says so when one of the two had to leave for the other, and not for anybody else', () => {
		assert.equal(isCrowded(ready('/a'), ready('/b')), false);
		assert.equal(isCrowded(ready('/a', '/b'), ready('/b')), true);
		assert.equal(isCrowded(ready('/a'), ready('/b', '/a')), true);
		assert.equal(isCrowded(ready('/a', '/c'), ready('/b')), false, 'another window wants something else');
		assert.equal(isCrowded(ready('/a', '/b'), undefined), false, 'the chat asks the same model');
		assert.equal(isCrowded(ready('/a', '/b'), { type: 'starting' }), false);
	});
});
