/** A file that is there is found, and one that is not is no failure. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { exists } from '../../../src/inference/exists';
import { temporaryFolder } from '../../support/engines';

describe('inference/exists', () => {
	it('tells files and folders that are there from those that are not', async () => {
		const folder = temporaryFolder();
		assert.equal(await exists(folder), true);
		assert.equal(await exists(path.join(folder, 'missing')), false);
		assert.equal(await exists(path.join(folder, 'missing', 'deeper')), false);
	});
});
