/**
 * Fine-tuning with nothing pretended: real repository, real trainer, real model, one minute. FAMILIAR_FINETUNE_FOLDER names a
 * folder of sources to learn from instead of Familiar's own, and FAMILIAR_FINETUNE_MINUTES another time.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { commitAll } from '../support/commitAll.mjs';
import { FineTunePage } from '../support/fineTunePage.mjs';
import { root, useWorkbench } from './session.mjs';

const given = process.env.FAMILIAR_FINETUNE_FOLDER;
const minutes = Number(process.env.FAMILIAR_FINETUNE_MINUTES ?? 1);

/** Milliseconds for what comes before and after the minutes of training, on a slow, busy machine. */
const LIMIT = 240_000;
const RUN_LIMIT = LIMIT + minutes * 60_000;
/** Training points after which the curve is one; a slow machine makes few steps in a minute. */
const POINTS = 2;

/** Makes the workspace a repository with one commit, and puts the file in which is typed beside it, untracked. */
function prepare(sample) {
	const app = fs.readFileSync(path.join(sample.workspace, 'src/app.ts'));
	sample.workspace = path.join(sample.folder, given === undefined ? 'familiar' : path.basename(given));
	if (given === undefined) {
		for (const room of ['completion', 'chat', 'inference']) {
			fs.cpSync(path.join(root, 'src', room), path.join(sample.workspace, 'src', room), { recursive: true });
		}
	} else {
		const filter = (file) => path.basename(file) !== '.git';
		fs.cpSync(given, sample.workspace, { recursive: true, filter });
	}
	commitAll(sample.workspace);
	fs.mkdirSync(path.join(sample.workspace, 'src'), { recursive: true });
	fs.writeFileSync(path.join(sample.workspace, 'src/app.ts'), app);
	return { 'familiar.finetune.minutes': minutes };
}

describe('fine-tuning for real', function () {
	this.timeout(RUN_LIMIT);
	const session = useWorkbench(prepare);
	const user = new FineTunePage(session, RUN_LIMIT);
	/** Whether the adapter is in use after the run, by what the panel says. */
	let isUsed;

	/** The value beside a label, in a table or among the figures of the panel. */
	function value(label) {
		const row = user
			.panel()
			.locator('tr, .figure')
			.filter({ has: user.panel().getByText(label, { exact: true }) });
		return row.locator('td, dd').first();
	}

	/** Opens Select Adapter; the rows that are adapters. */
	async function selectAdapter() {
		await user.selectAdapter();
		return user.rows().filter({ hasText: 'held-out loss' });
	}

	async function revert() {
		await session.familiar.page.keyboard.press('Escape');
		await session.workbench.runCommand('File: Revert File');
		await session.familiar.page.waitForFunction(() => document.querySelector('.tab.dirty') === null);
	}

	it('asks, estimates, and draws losses as they come', async () => {
		const { workbench } = session;
		await workbench.openFile('app.ts');
		await user.ask('your setting');
		const files = Number(/(\d+) tracked files/.exec((await user.dialog().textContent()) ?? '')?.[1]);
		assert.ok(files >= 30, `${files} files are read`);
		await workbench.shot('finetune real asks');
		await user.dialog().getByRole('button', { name: 'Start' }).click();
		await user.phase('Training');
		// The words are checked, not the speed.
		assert.match((await value('Memory').textContent()) ?? '', /^[\d.]+ [MG]B of [\d.]+ [MG]B free$/);
		assert.match((await value('Time').textContent()) ?? '', /^about \d+/);
		await user.panel().getByText('As a table').click();
		await user.panel().locator('.chart tbody tr').nth(POINTS).waitFor({ timeout: RUN_LIMIT });
		await user.panel().getByText('As a table').click();
		await workbench.shot('finetune real running');
	});

	it('lets completions go first while it trains', async () => {
		const { workbench, familiar } = session;
		// Side by side, so that both can be seen.
		await workbench.runCommand('View: Move Editor into Next Group');
		await user.phase('Training');
		await workbench.runCommand('View: Focus First Editor Group');
		const [{ ghost }] = await Promise.all([familiar.typeUntilGhostText(), user.phase('Waiting')]);
		await workbench.shot('finetune real waiting');
		assert.notEqual(ghost.trim(), '');
		await user.phase('Training');
		await revert();
	});

	it('ends with a verdict that fits its numbers', async () => {
		const { workbench } = session;
		// What the judge says of so short a run is its own. The run is finished for a moment before it is judged.
		const sentence = user
			.panel()
			.locator('.verdict .sentence')
			.filter({ hasText: /The adapter is (active|kept, off)/ });
		await sentence.waitFor({ timeout: RUN_LIMIT });
		await user.phase('Finished');
		const cells = await user.panel().locator('.verdict tbody tr').first().locator('td').allTextContents();
		const [before, after] = cells.map(Number);
		assert.ok(before > 0 && after > 0, `held-out losses ${cells.join(', ')}`);
		assert.match(cells[2] ?? '', after < before ? /^−|^±0/ : /^\+|^±0/);
		const [, standing] =
			/^The adapter is (active|kept, off)/.exec((await sentence.textContent()) ?? '') ?? [];
		assert.ok(standing, (await sentence.textContent()) ?? '');
		isUsed = standing === 'active';
		await user.adaptersInUse(isUsed ? 1 : 0);
		await workbench.toast(`is ${standing}`).waitFor({ timeout: LIMIT });
		assert.doesNotMatch(
			(await user.panel().locator('main').textContent()) ?? '',
			/NaN|undefined|Infinity|\{\d\}/,
		);
		await workbench.shot('finetune real finished');
	});

	it('completes with the adapter, and without it when it is turned off', async () => {
		const { workbench, familiar } = session;
		const adapter = await selectAdapter();
		await workbench.shot('finetune real adapters');
		assert.equal(await adapter.count(), 1);
		assert.equal(/in use/.test((await adapter.textContent()) ?? ''), isUsed);
		if (isUsed) {
			await familiar.page.keyboard.press('Escape');
		} else {
			await adapter.click();
			await user.rows().filter({ hasText: 'Use alone' }).click();
			await user.adaptersInUse(1);
		}
		await workbench.runCommand('View: Focus First Editor Group');
		const { ghost } = await familiar.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await revert();
		assert.match(await familiar.tooltip(), /Adapter: \S+ \(\d+ %\)/);
		await workbench.shot('finetune real tooltip');

		await selectAdapter();
		await user.rows().filter({ hasText: 'Turn off all adapters' }).click();
		await user.adaptersInUse(0);
		await workbench.runCommand('View: Focus First Editor Group');
		assert.notEqual((await familiar.typeUntilGhostText()).ghost.trim(), '');
		await revert();
		assert.doesNotMatch(await familiar.tooltip(), /Adapter/);
	});

	it('shows its result on a page of its own', async () => {
		const { workbench, familiar } = session;
		for (const command of [
			'Notifications: Clear All Notifications',
			'View: Close Primary Side Bar',
			'View: Revert and Close Editor',
		]) {
			await workbench.runCommand(command);
			await familiar.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
		}
		await familiar.page.locator('.tab', { hasText: 'app.ts' }).waitFor({ state: 'detached' });
		await user
			.panel()
			.getByRole('button', { name: /^(Use|Activate Anyway)$/ })
			.click();
		await user.adaptersInUse(1);
		await user.panel().locator('.loss-chart canvas').waitFor();
		assert.equal(await user.panel().locator('.verdict .sentence').isVisible(), true);
		await familiar.page.mouse.move(0, 0);
		await workbench.shot('finetune real result');
	});
});
