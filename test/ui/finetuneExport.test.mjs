/** A fine-tune is exported for trainers elsewhere: what is asked, the warning, the folder, with nothing pretended. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage } from '../support/fineTunePage.mjs';
import { prepareFineTune } from '../support/fineTuneSample.mjs';
import { useWorkbench } from './session.mjs';

describe('exporting a fine-tune', () => {
	let workspace;
	let storage;
	const session = useWorkbench((sample) => {
		({ workspace } = sample);
		storage = path.join(sample.userData, 'User/globalStorage/familiar.familiar');
		return prepareFineTune(sample);
	});
	const user = new FineTunePage(session);

	it('asks, warns, and writes a folder that holds all that another trainer needs', async () => {
		const { workbench } = session;
		const widget = workbench.page.locator('.quick-input-widget');
		const input = widget.locator('input[type=text]').first();
		const asks = (text) => widget.getByText(text).first().waitFor({ timeout: user.limit });
		await workbench.runCommand('Familiar: Export Fine-Tune');
		// As before a training, what is taken is seen first.
		await user.button('Continue to the Fine-Tune…').click();
		await asks('The model that the other trainer loads');
		await input.fill('not a repository');
		await asks('Enter a repository such as');
		await input.fill('Example/Starter');
		await asks('The model that the other trainer loads');
		await user.shot('finetune export asks model');
		await input.press('Enter');
		await asks('How many GPUs');
		await input.fill('4');
		await user.shot('finetune export asks GPUs');
		await input.press('Enter');
		await user.rows().filter({ hasText: 'What fills the holes' }).click();
		await user.dialog().waitFor();
		await user.shot('finetune export warns');
		assert.match((await user.dialog().textContent()) ?? '', /leaves this machine only if you take it/);
		const parent = path.join(workspace, '..', 'exports');
		fs.mkdirSync(parent);
		await user.dialog().getByRole('button', { name: 'Choose Folder…' }).click();
		await user.choosePath('Export Here', `${fs.realpathSync(parent)}/`);
		await user.told('The fine-tune is exported to');
		await user.shot('finetune export done');
		const [name, ...others] = fs.readdirSync(parent);
		assert.deepEqual(others, []);
		assert.match(name ?? '', /^familiar-workspace-[0-9a-f]{8}$/);
		const read = (file) => fs.readFileSync(path.join(parent, name, file), 'utf8');
		const manifest = JSON.parse(read('manifest.json'));
		assert.equal(manifest.baseModel.hub, 'Example/Starter');
		assert.equal(manifest.launch.gpus, 4);
		assert.ok(manifest.data.counts.train.samples > 50);
		assert.match(read('README.md'), /\| DDP \|/);
		assert.deepEqual(
			fs.readdirSync(storage).filter((entry) => entry.startsWith('export-')),
			[],
		);
	});
});
