/** Fine-tuning the chat in the workbench: the questions in their order, and the run, with a trainer that only pretends. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareFineTune } from '../support/fineTuneSample.mjs';
import { useWorkbench } from './session.mjs';

describe('fine-tuning the chat', function () {
	this.timeout(4 * LIMIT);
	let runs;
	const session = useWorkbench((sample) => {
		runs = path.join(sample.userData, 'User/globalStorage/familiar.familiar/runs');
		return prepareFineTune(sample);
	});
	const user = new FineTunePage(session, 2 * LIMIT);

	it('asks how long, of what and by which teacher, and says that nothing leaves the machine', async () => {
		const { page } = session.workbench;
		await session.workbench.runCommand('Familiar: Fine-tune Chat on This Workspace');
		// A workspace's first audit is shown before anything is asked.
		await user.button('Continue to the Fine-Tune…').click({ timeout: 2 * LIMIT });
		const time = user.rows().filter({ hasText: 'a quick look' });
		await time.waitFor({ timeout: 2 * LIMIT });
		await time.click();
		await user.rows().filter({ hasText: 'Documentation and functions' }).waitFor({ timeout: LIMIT });
		await user.shot('finetune chat kinds');
		assert.equal(await user.rows().count(), 4);
		await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
		const nobody = user.rows().filter({ hasText: 'nothing is sent anywhere' });
		await nobody.waitFor({ timeout: LIMIT });
		await user.shot('finetune chat teacher');
		assert.equal(await user.rows().filter({ hasText: 'on this machine' }).count(), 3);
		await nobody.click();
		await user.dialog().waitFor({ timeout: LIMIT });
		assert.match((await user.dialog().textContent()) ?? '', /Nothing leaves this machine/);
		await user.shot('finetune chat question');
		await user.dialog().getByRole('button', { name: 'Start' }).click();
	});

	it('prepares conversations that are learned from and others that judge, and trains', async () => {
		await user
			.panel()
			.locator('.run')
			.waitFor({ timeout: 2 * LIMIT });
		await user.phase('Training');
		const [folder] = fs.readdirSync(runs);
		const linesOf = (name) =>
			fs
				.readFileSync(path.join(runs, folder, name), 'utf8')
				.trim()
				.split('\n');
		for (const name of ['chat-test.jsonl', 'chat-validation.jsonl']) {
			const [first] = linesOf(name).map((line) => JSON.parse(line));
			assert.deepEqual(
				first.messages.map(({ role }) => role),
				['system', 'user', 'assistant'],
			);
		}
		assert.equal(fs.readFileSync(path.join(runs, folder, 'dataset.fds')).toString('latin1', 0, 4), 'FDS1');
		await user.phase('Finished');
		await user.shot('finetune chat finished');
	});
});
