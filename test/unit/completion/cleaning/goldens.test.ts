/** Bad outputs, and what may be shown of each. */
import * as assert from 'node:assert/strict';
import { taken } from '../../../support/taken';
import { GOLDENS } from './goldenTexts';

describe('cleaning: goldens', () => {
	for (const { name, source, raw, expected, ...options } of GOLDENS) {
		it(name, async () => assert.equal(await taken(source, raw, options), expected));
	}
});
