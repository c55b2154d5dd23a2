/** A model that can call functions: what it looked up stands folded above its answer, and nothing outside is read. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

const berth =
	'/** Gives a ship its berth in the harbour. */\nexport function assignBerth(ship: string): string {\n\treturn ship.toUpperCase();\n}\n';

describe('steps of an answer', () => {
	const session = useWorkbench((sample) => {
		fs.mkdirSync(path.join(sample.workspace, 'src'), { recursive: true });
		fs.writeFileSync(path.join(sample.workspace, 'src/harbour.ts'), berth);
		fs.writeFileSync(path.join(path.dirname(sample.workspace), 'outside.ts'), 'export const secret = 1;\n');
		return scriptedModel(sample, 'callingHost');
	});
	const steps = () => session.familiar.chat.locator('.turn.assistant .step');

	it('stand folded above it', async () => {
		const { familiar, workbench } = session;
		await familiar.openChat();
		await familiar.chat.locator('textarea').fill('Which function gives a ship its berth?');
		const answer = await familiar.answerTo(() => familiar.chat.locator('textarea').press('Enter'));
		await workbench.shot('steps folded');
		assert.match(String(answer), /toUpperCase/);
		assert.deepEqual(await steps().locator('summary').allTextContents(), [
			'Looked up: search function assignBerth',
			'Looked up: read_file src/harbour.ts',
			'Not looked up: read_file ../outside.ts',
		]);
		assert.equal(await steps().first().locator('.step-text').isVisible(), false);
	});

	it('show with one key what they brought', async () => {
		const { workbench } = session;
		await steps().nth(0).locator('summary').press('Enter');
		await steps().nth(1).locator('summary').press('Enter');
		await steps().nth(2).locator('summary').press('Enter');
		const brought = await steps().locator('.step-text').allTextContents();
		assert.match(brought[0], /^src\/harbour\.ts:2: export function assignBerth/);
		assert.match(brought[1], /return ship\.toUpperCase/);
		assert.match(brought[2], /There is no file \.\.\/outside\.ts/);
		await workbench.shot('steps');
	});
});
