/** A fine-tune over the life of windows, with a trainer that only pretends: the window reloaded, two at once. */
import assert from 'node:assert/strict';
import { Workbench } from '../host/driver.mjs';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareFineTune } from '../support/fineTuneSample.mjs';
import { keepServing } from '../support/windows.mjs';
import { Familiar } from './familiar.mjs';
import { shots, useWorkbench } from './session.mjs';

describe('the fine-tuning panel in a window that is reloaded', () => {
	const session = useWorkbench(prepareFineTune);
	const user = new FineTunePage(session);

	before(() => keepServing(session.workbench));

	async function reload() {
		const loaded = session.workbench.page.waitForEvent('domcontentloaded');
		// Its own command: VS Code remembers nothing of a page that the browser takes away.
		await session.workbench.runCommand('Developer: Reload Window');
		await loaded;
		await Workbench.ready(session.workbench);
		await session.familiar.ready();
	}

	it('is there again when there is nothing to show', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-Tune');
		await user.panel().locator('.empty').waitFor();
		await reload();
		await user.panel().locator('.empty').waitFor({ timeout: LIMIT });
		assert.equal(await user.button('Start a Fine-Tune…').isVisible(), true);
	});

	it('shows what was interrupted, offers to go on, and does', async () => {
		await user.start();
		// Past the first checkpoint.
		await user.step(70);
		await reload();
		await user.phase('Interrupted');
		await user.told('was interrupted');
		await user.shot('finetune reloaded');
		assert.match((await user.panel().locator('.detail').textContent()) ?? '', /from its last checkpoint/);
		assert.ok((await user.shownStep()) >= 70);
		await user.button('Resume').click();
		await user.phase('Finished');
	});

	it('shows the result of a run that was over', async () => {
		await reload();
		await user.phase('Finished');
		assert.match((await user.panel().locator('.sentence').textContent()) ?? '', /kept, off/);
		assert.equal(await session.workbench.toast('was interrupted').count(), 0);
	});
});

describe('two windows that fine-tune at once', () => {
	const session = useWorkbench(prepareFineTune);
	/** Both windows; in the end the one that trains comes first. */
	let users;

	before(async () => {
		const { page } = session.workbench;
		const workbench = await Workbench.visit(page.context(), page.url(), shots);
		await new Familiar(workbench, session.familiar.workspace).ready();
		users = [new FineTunePage(session), new FineTunePage({ workbench })];
	});

	it('lets one of them train, and tells the other who does', async () => {
		for (const user of users) {
			await user.ask();
		}
		await Promise.all(users.map((user) => user.dialog().getByRole('button', { name: 'Start' }).click()));
		const refused = users.map(({ workbench }) => workbench.toast(/Another window .*is fine-tuning/));
		const loser = await Promise.race(
			refused.map(async (toast, index) => {
				await toast.waitFor({ timeout: LIMIT });
				return index;
			}),
		);
		users = [users[1 - loser], users[loser]];
		await users[0].phase('Training');
		await users[0].button('Pause').click();
		await users[0].phase('Paused');
		await users[1].shot('finetune second window refused');
		assert.equal(await users[0].workbench.toast('is fine-tuning').count(), 0);
	});

	it('says so before anything is asked', async () => {
		const [, loser] = users;
		await loser.hideNotifications();
		await loser.workbench.runCommand('Familiar: Fine-tune on This Workspace');
		const toast = await loser.told('is fine-tuning');
		assert.match((await toast.textContent()) ?? '', /\(process \d+\).*cancel it there/);
		await toast.getByRole('button', { name: 'Show' }).click();
		await loser.panel().locator('.run').waitFor({ timeout: LIMIT });
		await loser.shot('finetune second window');
		assert.match((await loser.panel().locator('main').textContent()) ?? '', /nother window/);
	});

	it('trains in the other when the first has ended', async () => {
		const [winner, loser] = users;
		await winner.button('Cancel').click();
		await winner.phase('Cancelled');
		await loser.start();
		await loser.phase('Training');
		await loser.button('Cancel').click();
		await loser.phase('Cancelled');
	});
});
