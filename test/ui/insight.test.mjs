/** What Familiar tells of its completions: statistics, the inspector, and why a file is left out. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { useWorkbench } from './session.mjs';

const LIMIT = 60_000;

describe('what became of completions', () => {
	const session = useWorkbench(({ workspace }) => {
		fs.writeFileSync(path.join(workspace, '.familiarignore'), 'src/cart.ts\n');
	});

	it('is counted on a page, and only counted', async () => {
		const { workbench, familiar } = session;
		await familiar.typeUntilGhostText();
		await familiar.accept();
		await workbench.runCommand('Familiar: Show Completion Statistics');
		const page = workbench.webview();
		await page.getByText('Accepted').first().waitFor({ timeout: LIMIT });
		await workbench.shot('completion statistics');
		const text = await page.locator('body').textContent();
		assert.match(text, /typescript/i);
		assert.doesNotMatch(text, /app\.ts|multiply/);
		await workbench.runCommand('View: Close Editor');
	});

	it('can be inspected, request by request', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Inspect Completions');
		const lines = workbench.page.locator('.editor-instance .view-lines').last();
		await lines.getByText('Completions that were asked for').waitFor({ timeout: LIMIT });
		await workbench.shot('completion inspector');
		const text = (await lines.textContent()).replaceAll('\u00a0', ' ');
		assert.match(text, /app\.ts/);
		assert.match(text, /generation|known texts/);
		await workbench.runCommand('View: Close Editor');
	});

	it('is nothing in a file that is left out, and the status bar names the rule', async () => {
		const { workbench, familiar } = session;
		await workbench.openFile('cart.ts');
		await workbench.goto(1, 1);
		await workbench.page.keyboard.press('Enter');
		await workbench.page.keyboard.type('const value = ', { delay: 25 });
		const text = await familiar.tooltip();
		await workbench.shot('excluded file');
		assert.match(text, /\.familiarignore/);
		assert.equal(await workbench.ghost().count(), 0);
	});
});
