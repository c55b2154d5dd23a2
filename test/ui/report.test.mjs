/** The report of a fine-tune as a user meets it: verdict, use, roll back, name, notes, comparison, and what is said later. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { flawsOf } from '../support/looks.mjs';
import { prepareReports } from '../support/reportAdapters.mjs';
import { useWorkbench } from './session.mjs';

/** Commits since the adapters were trained. */
const COMMITS = 37;

/** What must not be scrolled sideways. */
const BOXES = 'header, .actions, .verdict, .columns section, .example, .sides';

describe('fine-tune report', () => {
	let kept;
	const session = useWorkbench((sample) => {
		kept = prepareReports(sample, COMMITS);
	});
	const user = new FineTunePage(session);

	function record(id) {
		return JSON.parse(fs.readFileSync(path.join(kept, `${id}.report.json`), 'utf8'));
	}

	async function text(selector) {
		return (await user.panel().locator(selector).first().textContent({ timeout: LIMIT })) ?? '';
	}

	async function standing(wanted) {
		await user.panel().locator('header .detail', { hasText: wanted }).waitFor({ timeout: LIMIT });
	}

	async function type(value) {
		const input = session.workbench.page.locator('.quick-input-widget input[type=text]');
		await input.waitFor({ timeout: LIMIT });
		await input.fill(value);
		await session.workbench.page.keyboard.press('Enter');
	}

	/** The top, the middle and the end of the page, in dark and in light; and nothing that cannot be read. */
	async function shots(name, selectors) {
		for (const kind of ['dark', 'light']) {
			if ((await user.panel().locator(`body.vscode-${kind}`).count()) === 0) {
				await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
			}
			await user.panel().locator(`body.vscode-${kind}`).waitFor({ timeout: LIMIT });
			for (const [index, selector] of selectors.entries()) {
				await user.panel().locator(selector).first().scrollIntoViewIfNeeded();
				await user
					.panel()
					.locator(selector)
					.first()
					.evaluate((part) => part.scrollIntoView());
				await user.shot(`report ${name} ${index + 1} ${kind}`);
			}
			const { texts, flaws } = await flawsOf(user.panel(), BOXES);
			assert.ok(texts > 20, `${texts} texts`);
			assert.deepEqual(flaws, []);
		}
	}

	it('asks which adapter, and shows the verdict before everything else', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-tune Report');
		await user.rows().filter({ hasText: 'shop' }).waitFor({ timeout: LIMIT });
		assert.equal(await user.rows().count(), 2);
		await user.shot('report asks which');
		await user.rows().filter({ hasText: 'shop' }).click();
		assert.match(await text('.verdict strong'), /^Passed: better than the base at 180 places of 31 files/);
		assert.equal(await text('h1'), 'shop');
		assert.match(await text('main'), /37 commits since/);
		await user.panel().locator('.chart canvas').waitFor({ timeout: LIMIT });
		await user.panel().locator('.learning canvas').waitFor({ timeout: LIMIT });
		assert.match(await text('.learning'), /Twice the code is expected to give 1\.214 instead of 1\.270/);
		await shots('passed', ['header', '.learning', '.chart', '.examples', '.columns']);
	});

	it('runs nothing of what the code or the model says', async () => {
		const panel = user.panel();
		const policy = await panel.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
		assert.match(policy ?? '', /default-src 'none'; script-src 'nonce-/);
		assert.equal(await panel.locator('img').count(), 0);
		await panel.locator('.examples summary', { hasText: '<img src=x' }).click();
		await panel.getByText('<script>alert(1)</script>').waitFor({ timeout: LIMIT });
		await panel.getByText('const b = a;[U+202E]').waitFor({ timeout: LIMIT });
	});

	it('uses the adapter at the strength of the judge, and rolls back in one click', async () => {
		await user.button('Use').click();
		await standing('In use, 75 %');
		assert.match(await session.familiar.tooltip(), /Adapter: shop \(75 %\)/);
		await session.workbench.runCommand('Familiar: Select Adapter');
		await user.rows().filter({ hasText: 'Roll back' }).waitFor({ timeout: LIMIT });
		await user.shot('report adapter menu rolls back');
		await session.workbench.page.keyboard.press('Escape');
		await user.button('Roll Back').click();
		await user.told('Rolled back: the model is in use without an adapter');
		await standing('Off');
		assert.match(await text('.columns'), /none \(rolled back\)/);
	});

	it('takes a name and notes', async () => {
		await user.hideNotifications();
		await user.button('Rename…').click();
		await type('the shop, November');
		await user.panel().locator('h1', { hasText: 'the shop, November' }).waitFor({ timeout: LIMIT });
		await user.button('Edit Notes…').click();
		await type('Only the cart and what it imports.');
		await user.panel().locator('.own-notes').waitFor({ timeout: LIMIT });
		const { name, notes } = record('0a1b2c3d4e5f6071');
		assert.deepEqual([name, notes], ['the shop, November', 'Only the cart and what it imports.']);
		assert.match(
			fs.readFileSync(path.join(kept, '0a1b2c3d4e5f6071.report.md'), 'utf8'),
			/^# the shop, November\n[\s\S]*> Only the cart/,
		);
		await user.selectAdapter();
		await user.rows().filter({ hasText: 'the shop, November' }).first().waitFor({ timeout: LIMIT });
		await session.workbench.page.keyboard.press('Escape');
	});

	it('copies itself as Markdown', async () => {
		await user.button('Copy as Markdown').click();
		await session.workbench.statusItem('The report is in the clipboard').first().waitFor({ timeout: LIMIT });
	});

	it('compares adapters beside each other', async () => {
		await user.button('Compare…').click();
		const row = user.rows().filter({ hasText: 'night run' });
		await row.waitFor({ timeout: LIMIT });
		await user.shot('report compare asks');
		await row.click();
		await session.workbench.page.keyboard.press('Enter');
		await user.panel().locator('.comparison').waitFor({ timeout: LIMIT });
		const heads = await user.panel().locator('.comparison thead th').allTextContents();
		assert.deepEqual(heads, ['', 'night run', 'the shop, November']);
		assert.match(await text('.comparison .differs >> text=Rank'), /Rank, alpha/);
		assert.equal(await user.panel().locator('.warning').count(), 0);
		await shots('comparison', ['header', '.comparison tbody:nth-of-type(4)']);
	});

	it('says why one did not pass, and activates it anyway', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-tune Report');
		await user.rows().filter({ hasText: 'night run' }).click();
		await user.panel().locator('.verdict.bad').waitFor({ timeout: LIMIT });
		assert.match(await text('.reasons li'), /general code rises by 9 %/);
		await shots('failed', ['header']);
		await user.button('Activate Anyway').click();
		await standing('In use, 100 %');
	});

	it('says later how many commits there were since, and offers to go on from the adapter', async () => {
		const toast = await user.told(`${COMMITS} commits since the adapter night run was trained`);
		await user.shot('report commits since');
		await toast.getByRole('button', { name: 'Continue Training…' }).click();
		// What a fine-tune says of so small a repository.
		await user.told('can be learned from');
	});
});
