/** Keeps the translators' template equal to the texts in the sources. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/root';

describe('l10n', () => {
	it('the bundle holds what the sources show (`node scripts/l10n.mjs` writes it)', async () => {
		const { collectTexts } = await import(pathToFileURL(path.join(root, 'scripts/l10n.mjs')).href);
		const bundle: unknown = JSON.parse(fs.readFileSync(path.join(root, 'l10n/bundle.l10n.json'), 'utf8'));
		assert.deepEqual(bundle, collectTexts());
	});
});
