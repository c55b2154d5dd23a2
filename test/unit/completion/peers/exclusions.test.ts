/** What is left out, and what is not: ordinary files that other tools shut out by their name are completed. */
import * as assert from 'node:assert/strict';
import { brief, house } from '../../../support/completionHouse';
import { cursorIn } from '../../../support/marked';

describe('peers: exclusions', () => {
	for (const path of [
		'config.json',
		'settings.json',
		'.vscode/settings.json',
		'app/config.json',
		'tsconfig.json',
	]) {
		it(`${path} is completed as any other file`, async () => {
			const { model, get } = house();
			model.onFill = () => '8080';
			const facts = { languageId: 'json', path, fullPath: `/repository/${path}` };
			assert.equal(brief(await get(cursorIn('{\n  "port": █\n}', facts))), 'model: 8080');
		});
	}

	it('a secret file beside them is neither completed nor read ahead, and says so', async () => {
		const { model, clock, engine, get } = house();
		const cursor = cursorIn('PORT=█', { languageId: 'dotenv', fullPath: '/repository/.env.local' });
		engine.visit(() => cursor);
		await clock.pass(1_000);
		assert.equal(brief(await get(cursor)), 'secret-file');
		assert.deepEqual([model.fills.length, model.prefills.length], [0, 0]);
	});
});
