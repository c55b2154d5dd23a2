/** The local API as its user meets it: started, copied from, asked from a shell and from a page, seen, and stopped. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

const LIMIT = 30_000;

describe('the local API', () => {
	const session = useWorkbench();

	/** What a button of the notification puts into the clipboard. */
	async function copied(title, shown) {
		const { workbench } = session;
		await workbench.toast('local API answers').getByRole('button', { name: title }).click();
		for (const deadline = Date.now() + LIMIT; Date.now() < deadline; ) {
			const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
			if (shown.test(text)) {
				return text;
			}
			await workbench.page.waitForTimeout(50);
		}
		assert.fail(`nothing like ${shown} was copied`);
	}

	it('is started by command, and gives what a program needs', async () => {
		const { workbench, familiar } = session;
		assert.doesNotMatch(await familiar.status.innerHTML(), /codicon-broadcast/);
		await workbench.runCommand('Familiar: Start Local API');
		await workbench.toast('local API answers').waitFor({ timeout: LIMIT });
		await familiar.status.locator('.codicon-broadcast').waitFor({ timeout: LIMIT });
		await workbench.toast('local API answers').getByRole('button', { name: 'Copy Token' }).hover();
		await workbench.shot('local API');
		const example = await copied('Copy Example', /OPENAI_BASE_URL/);
		const [, address] = /OPENAI_BASE_URL=(\S+)/.exec(example);
		const [, token] = /OPENAI_API_KEY=(\S+)/.exec(example);
		const answer = await fetch(`${address}/models`, { headers: { authorization: `Bearer ${token}` } });
		assert.equal(answer.status, 200);
		assert.equal((await answer.json()).data.length, 1);
		// The editor in the browser is a page, too, and pages are not answered, whatever they know.
		const told = await workbench.page.evaluate(
			([url, key]) =>
				fetch(url, { headers: { authorization: `Bearer ${key}` } }).then(
					() => 'answered',
					() => 'refused',
				),
			[`${address}/models`, token],
		);
		assert.equal(told, 'refused');
		await workbench.runCommand('Familiar: Show Local API');
		assert.equal(await copied('Copy Token', /^[\w-]{43}$/), token);
		await workbench.runCommand('Familiar: Show Local API');
		assert.equal(await copied('Copy Address', /^http:/), address);
	});

	it('is seen in the status bar and its menu, and stopped there', async () => {
		const { workbench, familiar } = session;
		await familiar.status.click();
		const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
		await rows.filter({ hasText: 'Stop local API' }).waitFor({ timeout: LIMIT });
		await workbench.shot('local API in the menu');
		await rows.filter({ hasText: 'Stop local API' }).click();
		await familiar.status.locator('.codicon-broadcast').waitFor({ state: 'detached', timeout: LIMIT });
	});
});
