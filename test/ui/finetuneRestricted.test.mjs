/** Fine-tuning in Restricted Mode: nothing is offered or begun, and what is asked for says why, until the user trusts. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { makeSample } from '../../scripts/sample.mjs';
import { Workbench } from '../host/driver.mjs';
import { leaveRun } from '../support/fineTuneOrder.mjs';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareFineTune } from '../support/fineTuneSample.mjs';
import { keepServing } from '../support/windows.mjs';
import { Familiar } from './familiar.mjs';
import { root, shots } from './session.mjs';

describe('a fine-tune that was left behind, in Restricted Mode', () => {
	const session = {};
	const user = new FineTunePage(session);
	let sample;
	let familiar;

	before(async () => {
		sample = makeSample();
		const settings = prepareFineTune(sample);
		leaveRun(sample);
		session.workbench = await Workbench.open({
			extensionDevelopmentPath: [root],
			workspace: sample.workspace,
			userDataDir: sample.userData,
			extensionsDir: sample.extensions,
			trust: false,
			shots: path.resolve(shots),
			settings,
		});
		familiar = new Familiar(session.workbench, sample.workspace);
		await familiar.ready();
		await keepServing(session.workbench);
	});

	after(async () => {
		await session.workbench?.close();
		sample.remove();
	});

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') {
			await session.workbench.shot(`FAILED ${this.currentTest.title}`);
		}
		await session.workbench.page.keyboard.press('Escape');
	});

	/** Titles that the command palette has for these words. */
	async function commandsFor(words) {
		await session.workbench.quickInput(`>${words}`);
		await user.rows().first().waitFor();
		const titles = await user.rows().allTextContents();
		await session.workbench.page.keyboard.press('Escape');
		return titles.filter((title) => /Fine-?tun|Adapter/i.test(title));
	}

	/** VS Code's own page about trust. */
	async function trustPage() {
		await session.workbench.runCommand('Workspaces: Manage Workspace Trust');
		return session.workbench.page.locator('.workspace-trust-editor');
	}

	it('is not offered, and its commands are not there', async () => {
		assert.deepEqual(await commandsFor('Familiar: Fine-tune'), []);
		assert.deepEqual(await commandsFor('Familiar: Import Adapter'), []);
		assert.equal(await session.workbench.toast('was interrupted').count(), 0);
	});

	it('is offered as soon as the workspace is trusted', async () => {
		const page = await trustPage();
		await page.getByRole('button', { name: 'Trust', exact: true }).click({ timeout: LIMIT });
		const toast = await user.told('was interrupted');
		await toast.getByRole('button', { name: 'Show' }).click();
		await user.phase('Interrupted');
	});

	it('says why nothing begins when the trust is taken back while the panel is open', async () => {
		const page = await trustPage();
		const folder = page.locator('.monaco-list-row').last();
		await folder.hover({ timeout: LIMIT });
		await folder.getByRole('button', { name: 'Delete Path' }).click();
		// VS Code reloads the window for that.
		const restricted = session.workbench.statusItem('Restricted Mode');
		await restricted.waitFor({ timeout: LIMIT });
		await familiar.ready();
		await user.phase('Interrupted');
		await user.button('Start a Fine-Tune…').click({ timeout: LIMIT });
		const start = await user.told('reads repositories only in a trusted workspace');
		await start.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
		await user.shot('finetune restricted');
		await user.button('Resume').click();
		await user.told('goes on only in a trusted workspace');
		assert.equal(await session.workbench.toast('was interrupted').count(), 0);
	});
});
