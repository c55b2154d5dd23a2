/** Adapters as files, with nothing pretended: imported from PEFT and from GGUF, refused with the reason, exported, deleted. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { importTypeScript } from '../support/typescript.mjs';
import { root, useWorkbench } from './session.mjs';

const { factors, writeAdapterFolder } = await importTypeScript('test/unit/finetune/peft/adapterFolder.ts');
const { readGgufFile } = await importTypeScript('src/inference/gguf/gguf.ts');

/** The matrix that the adapters of this test change. */
const MATRIX = 'blk.0.attn_q.weight';
const MODULE = 'model.layers.0.self_attn.q_proj';

/** Inputs and outputs of that matrix in the starter. */
function shapeOfMatrix() {
	const { tensors } = readGgufFile(path.join(root, 'models/starter.gguf'));
	return tensors.find(({ name }) => name === MATRIX).shape;
}

/** Puts a PEFT folder into the workspace. */
function writePeft(workspace, name, inputs, outputs) {
	const folder = writeAdapterFolder(workspace, { tensors: factors(MODULE, inputs, outputs) });
	fs.renameSync(folder, path.join(workspace, name));
}

describe('adapters as files', () => {
	let workspace;
	/** Where the adapters are kept. */
	let kept;
	const session = useWorkbench((sample) => {
		({ workspace } = sample);
		kept = path.join(sample.userData, 'User/globalStorage/familiar.familiar/adapters');
		const [inputs, outputs] = shapeOfMatrix();
		writePeft(workspace, 'tiny-lora', inputs, outputs);
		writePeft(workspace, 'other-lora', inputs + 8, outputs);
	});
	const user = new FineTunePage(session);

	function keptFiles() {
		return fs.existsSync(kept) ? fs.readdirSync(kept) : [];
	}

	it('refuses a PEFT folder that was made for another base, and says why', async () => {
		await session.workbench.runCommand('Familiar: Import Adapter');
		await user.rows().filter({ hasText: 'A PEFT folder' }).waitFor();
		await user.shot('adapter import asks');
		await user.rows().filter({ hasText: 'A PEFT folder' }).click();
		await user.choosePath('Import', path.join(workspace, 'other-lora/'));
		const toast = await user.told('made for another base');
		await user.shot('adapter import refused');
		assert.match((await toast.textContent()) ?? '', /q_proj" goes from \d+ inputs to \d+ outputs/);
		assert.deepEqual(keptFiles(), []);
	});

	it('imports a PEFT folder, and uses it at once', async () => {
		await user.hideNotifications();
		await user.importAdapter('A PEFT folder', path.join(workspace, 'tiny-lora/'));
		const toast = await user.told('tiny-lora is imported');
		await user.shot('adapter imported');
		// What PEFT says of its base is no model that is loaded.
		assert.match((await toast.textContent()) ?? '', /trained on someone\/base, other weights than/);
		assert.equal(keptFiles().length, 1);
		await session.workbench.runCommand('Familiar: Show Fine-Tune');
		await toast.getByRole('button', { name: 'Use' }).click();
		await user.adaptersInUse(1);
		assert.match(await session.familiar.tooltip(), /Adapter: tiny-lora \(100 %\)/);
		await user.shot('adapter in use');
	});

	it('exports it as a PEFT folder that can be imported again', async () => {
		await user.hideNotifications();
		await user.openAdapter('tiny-lora');
		await user.shot('adapter menu');
		await user.rows().filter({ hasText: 'Export as PEFT' }).click();
		await session.workbench.page
			.locator('.quick-input-widget')
			.getByRole('button', { name: 'Export Here' })
			.waitFor({ timeout: LIMIT });
		await user.shot('adapter export asks');
		await user.choosePath('Export Here', `${workspace}/`);
		await user.told('tiny-lora is exported to');
		await user.shot('adapter exported');
		const folder = path.join(workspace, 'tiny-lora-peft');
		assert.deepEqual(fs.readdirSync(folder).sort(), [
			'README.md',
			'adapter_config.json',
			'adapter_model.safetensors',
		]);
		await user.hideNotifications();
		await user.importAdapter('A PEFT folder', `${folder}/`);
		await user.told('tiny-lora-peft is imported');
	});

	it('switches an adapter off before it deletes it, and asks first', async () => {
		await user.hideNotifications();
		const before = keptFiles().length;
		await user.openAdapter('in use, 100 %');
		await user.rows().filter({ hasText: 'Delete…' }).click();
		await user.dialog().waitFor();
		await user.shot('adapter delete asks');
		assert.match((await user.dialog().textContent()) ?? '', /Delete the adapter tiny-lora\?/);
		await user.dialog().getByRole('button', { name: 'Cancel' }).click();
		await user.dialog().waitFor({ state: 'detached' });
		assert.equal(keptFiles().length, before);
		await user.adaptersInUse(1);

		await user.openAdapter('in use, 100 %');
		await user.rows().filter({ hasText: 'Delete…' }).click();
		await user.dialog().getByRole('button', { name: 'Delete' }).click();
		await user.adaptersInUse(0);
		await user.selectAdapter();
		assert.equal(await user.rows().filter({ hasText: 'imported' }).count(), 1);
		assert.equal(keptFiles().length, before - 1);
		await session.workbench.page.keyboard.press('Escape');
		assert.doesNotMatch(await session.familiar.tooltip(), /Adapter/);
	});

	it('imports a GGUF adapter, and refuses one that was trained on other weights', async () => {
		const [name] = keptFiles();
		const bytes = fs.readFileSync(path.join(kept, name));
		fs.writeFileSync(path.join(workspace, 'mine.gguf'), bytes);
		// The same length, so that the file stays one.
		const key = bytes.indexOf('familiar.base.fingerprint');
		const hash = bytes.indexOf(/[0-9a-f]{64}/.exec(bytes.toString('latin1', key))[0], key);
		bytes.write('0'.repeat(64), hash, 'latin1');
		fs.writeFileSync(path.join(workspace, 'foreign.gguf'), bytes);

		await user.importAdapter('A GGUF file', path.join(workspace, 'foreign.gguf'));
		const toast = await user.told('foreign.gguf cannot be used');
		await user.shot('adapter GGUF refused');
		assert.match((await toast.textContent()) ?? '', /with the weights 0000.*is loaded\. Select the model/);
		assert.deepEqual(keptFiles(), [name]);

		await user.hideNotifications();
		await user.importAdapter('A GGUF file', path.join(workspace, 'mine.gguf'));
		await (await user.told('is imported')).getByRole('button', { name: 'Use' }).click();
		await user.adaptersInUse(1);
		assert.ok(
			keptFiles().some((file) => /^mine-[0-9a-f]{16}\.gguf$/.test(file)),
			keptFiles().join(),
		);
		assert.deepEqual(
			keptFiles().filter((file) => file.endsWith('.tmp')),
			[],
		);
		await user.selectAdapter();
		await user.shot('adapter list');
	});
});
