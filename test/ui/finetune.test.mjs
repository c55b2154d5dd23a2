/** Fine-tuning as a user meets it, with a trainer that only pretends: questions, panel, pause, result, failure, resume. */
import assert from 'node:assert/strict';
import { leaveRun } from '../support/fineTuneOrder.mjs';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareFineTune, setMode } from '../support/fineTuneSample.mjs';
import { useWorkbench } from './session.mjs';

describe('fine-tuning', () => {
	let sample;
	const session = useWorkbench((made) => {
		sample = made;
		return prepareFineTune(sample);
	});
	const user = new FineTunePage(session);

	/** Screenshots in dark and in light. */
	async function shots(name) {
		for (const kind of ['dark', 'light']) {
			await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
			await user.panel().locator(`body.vscode-${kind}`).waitFor({ timeout: LIMIT });
			// A frame for the picture of the curve, which follows the theme.
			await session.familiar.page.waitForTimeout(300);
			await session.workbench.shot(`finetune ${name} ${kind}`);
		}
	}

	it('explains itself while there is nothing to show', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-Tune');
		await user.panel().locator('.empty').waitFor();
		await session.workbench.shot('finetune empty');
		assert.equal(await user.button('Start a Fine-Tune…').isVisible(), true);
	});

	it('asks, prepares, and shows the training', async () => {
		const { workbench } = session;
		await user.ask('a quick look', () => workbench.shot('finetune asks time'));
		await workbench.shot('finetune asks');
		const text = await user.dialog().textContent();
		assert.match(text ?? '', /tracked files of workspace are read/);
		assert.match(text ?? '', /Nothing leaves this machine/);
		await user.dialog().getByRole('button', { name: 'Start' }).click();
		await user.panel().locator('.run').waitFor({ timeout: LIMIT });
		await user.phase('Training');
		await user.step(90);
		await session.workbench.shot('finetune running');
		assert.equal(await user.panel().locator('canvas').isVisible(), true);
		assert.match((await user.panel().locator('.estimate').textContent()) ?? '', /1\.6 GB of 6\.2 GB free/);
	});

	it('pauses, survives being hidden, and goes on', async () => {
		const { workbench } = session;
		await user.button('Pause').click();
		await user.phase('Paused');
		const before = await user.shownStep();
		await workbench.openFile('todo.ts');
		await workbench.runCommand('Familiar: Show Fine-Tune');
		await user.phase('Paused');
		// The step that was under way still ended.
		assert.ok((await user.shownStep()) - before <= 1);
		await shots('paused');
		await user.button('Resume').click();
		await user.phase('Training');
	});

	it('keeps an adapter off that did not help, and says so', async () => {
		await user.phase('Finished');
		assert.match((await user.panel().locator('.sentence').textContent()) ?? '', /kept, off/);
		assert.match((await user.panel().locator('.verdict').textContent()) ?? '', /2\.1532.*2\.1871.*\+1\.6 %/);
		await session.workbench.shot('finetune worse');
		await user.told('is kept, off');
	});

	it('says why an adapter that helped could not be used', async () => {
		setMode(sample, 'better');
		await user.start();
		await user.phase('Finished');
		await user.panel().locator('.verdict .note', { hasText: 'pretended.gguf' }).waitFor();
		await user.panel().getByText('As a table').click();
		await shots('finished');
	});

	it('says why a run failed, and goes on from its checkpoint', async () => {
		setMode(sample, 'fail');
		await user.start();
		await user.phase('Failed');
		assert.match((await user.panel().locator('.detail').textContent()) ?? '', /0\.9 GB are free/);
		await shots('failed');
		setMode(sample, 'worse');
		await user.button('Resume').click();
		await user.phase('Finished');
	});

	it('cancels', async () => {
		await user.start();
		await user.step(5);
		await user.button('Cancel').click();
		await user.phase('Cancelled');
		assert.equal(await user.button('Cancel').count(), 0);
	});
});

describe('a fine-tune that a closed window left behind, in high contrast', () => {
	const session = useWorkbench((sample) => {
		prepareFineTune(sample);
		leaveRun(sample);
		return { 'workbench.colorTheme': 'Default High Contrast' };
	});

	it('is offered once, and shown as it was left', async () => {
		const { workbench } = session;
		const toast = await new FineTunePage(session).told('was interrupted');
		await toast.getByRole('button', { name: 'Show' }).click();
		await workbench.webview().locator('.phase', { hasText: 'Interrupted' }).waitFor();
		await session.familiar.page.waitForTimeout(300);
		await workbench.shot('finetune interrupted high contrast');
		const buttons = await workbench.webview().locator('.actions button').allTextContents();
		assert.deepEqual(buttons, ['Resume', 'Start a Fine-Tune…']);
	});
});
