/**
 * The models view in the real editor, from the starter to a model of one's own: searched on a hub, downloaded over a line that
 * breaks, resumed, loaded, completing; measured, unloaded, with an adapter below it, and deleted. The hub is a server of this
 * test behind `http.proxy`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage } from '../support/fineTunePage.mjs';
import { importTypeScript } from '../support/typescript.mjs';
import { LocalHub } from './localHub.mjs';
import { root, useWorkbench } from './session.mjs';

const { factors, writeAdapterFolder } = await importTypeScript('test/unit/finetune/peft/adapterFolder.ts');
const { readGgufFile } = await importTypeScript('src/inference/gguf/gguf.ts');
const { CATALOGUE } = await importTypeScript('src/inference/models/catalogue.ts');
const { cutAfter, stallAfter } = await importTypeScript('test/support/fileServer.ts');

const MATRIX = 'blk.0.attn_q.weight';
const MODULE = 'model.layers.0.self_attn.q_proj';
const NAME = 'tiny-coder-q4_k_m.gguf';

describe('the models view', () => {
	const starter = path.join(root, 'models/starter.gguf');
	const model = fs.readFileSync(starter);
	let hub;
	let workspace;
	/** Where the models are kept. */
	let kept;

	before(async () => {
		hub = await LocalHub.start('familiar/tiny-coder-GGUF', { [NAME]: model });
		for (const { repository } of CATALOGUE) {
			hub.add(repository, { 'any-q4_k_m.gguf': model, 'any-q2_k.gguf': model });
		}
	});

	const session = useWorkbench((sample) => {
		({ workspace } = sample);
		kept = path.join(sample.userData, 'User/globalStorage/familiar.familiar/models');
		const { tensors } = readGgufFile(starter);
		const [inputs, outputs] = tensors.find(({ name }) => name === MATRIX).shape;
		const folder = writeAdapterFolder(workspace, { tensors: factors(MODULE, inputs, outputs) });
		fs.renameSync(folder, path.join(workspace, 'tiny-lora'));
		return hub.settings;
	});
	const user = new FineTunePage(session);

	after(() => hub.stop());

	const rows = (text) =>
		session.workbench.page.locator('.customview-tree .monaco-list-row', { hasText: text });
	const picks = (text) =>
		session.workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
	/** Presses the button that a row shows when the mouse is on it. */
	const act = async (row, name) => {
		await row.hover();
		await row.getByRole('button', { name }).click();
	};
	/** The row of the model that is loaded. */
	const loaded = () => rows(/tiny-coder Q4_K_M.*for completion/).first();
	const recommended = () => rows(/completion and chat · /).first();
	const quiet = () => user.hideNotifications();

	it('shows the starter in use, what it takes, and what is recommended, without asking anybody', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Show Models');
		await rows('Starter model').first().waitFor();
		await user.shot('models view below the chat');
		// So that it has the room of both.
		await workbench.page.locator('.pane-header', { hasText: 'Chat' }).click();
		await rows('Starter model').first().waitFor();
		await rows('Recommended for This Machine').first().waitFor();
		await rows('tokens/s').first().waitFor();
		assert.match(
			(await rows('Starter model').first().getAttribute('aria-label')) ?? '',
			/^Starter model, for completion, chat · \d+ MB · Q8_0/,
		);
		assert.equal((await rows('Qwen2.5-Coder').count()) > 0, true);
		await workbench.page.getByText('The starter model is small.').waitFor();
		await user.shot('models view starter');
		assert.deepEqual(hub.asked, []);
	});

	it('shows an adapter below its base, and a press of it uses it, another turns it off', async () => {
		await user.importAdapter('A PEFT folder', path.join(workspace, 'tiny-lora/'));
		await user.told('tiny-lora is imported');
		await quiet();
		const adapter = rows('tiny-lora').first();
		await adapter.click();
		await rows(/tiny-lora.*in use/)
			.first()
			.waitFor();
		assert.equal(
			await adapter.getAttribute('aria-level'),
			String(Number(await rows('Starter model').first().getAttribute('aria-level')) + 1),
		);
		assert.match(await session.familiar.tooltip(), /Adapter: tiny-lora \(100 %\)/);
		await user.shot('models view adapter');
		await adapter.click();
		await rows(/tiny-lora.*in use/)
			.first()
			.waitFor({ state: 'detached' });
	});

	it('shows a download with what has arrived, cancels it, and keeps what is here', async () => {
		const { workbench } = session;
		await workbench.page.locator('.pane-header', { hasText: 'Models' }).hover();
		await workbench.page.locator('.pane-header').getByRole('button', { name: 'Select Model' }).click();
		await picks('Search the Hugging Face Hub').first().click();
		await workbench.page.getByText('Words in the name of a model').waitFor();
		await workbench.page.keyboard.type('tiny coder');
		await workbench.page.keyboard.press('Enter');
		await picks('familiar/tiny-coder-GGUF').first().click();
		await picks('Q4_K_M').first().waitFor();
		hub.script.push(stallAfter(6_000_000, model));
		await picks('Q4_K_M').first().click();
		await rows('6 MB of 14 MB').first().waitFor({ timeout: 30_000 });
		await user.shot('models view downloading');
		await act(rows('6 MB of 14 MB').first(), 'Cancel the Download');
		await rows('6 MB of 14 MB, interrupted').first().waitFor();
		await user.shot('models view interrupted');
	});

	it('goes on over a line that breaks, and has it installed', async () => {
		const { workbench } = session;
		hub.script.push(cutAfter(3_000_000, model));
		await act(rows('interrupted').first(), 'Resume the Download');
		const here = workbench.toast('tiny-coder Q4_K_M is here and in use now, in place of the starter');
		await here.waitFor({ timeout: 60_000 });
		await rows('Downloading').waitFor({ state: 'detached' });
		await loaded().waitFor();
		assert.ok(hub.ranges(NAME).length >= 3, hub.ranges(NAME).join());
		await user.shot('models view installed');
		await here.getByRole('button', { name: 'Undo' }).click();
		await rows(/Starter model.*for completion, chat/)
			.first()
			.waitFor();
		// It comes below the starter when that is loaded, and moves what is pressed next.
		await rows('tiny-lora').first().waitFor();
		await quiet();
	});

	it('loads it at a press of its button, and it completes', async () => {
		const { workbench, familiar } = session;
		await act(rows('tiny-coder Q4_K_M').first(), 'Use for Completion');
		await rows(/tiny-coder Q4_K_M.*for completion, chat/)
			.first()
			.waitFor();
		await rows('CPU, ').first().waitFor({ timeout: 60_000 });
		// It was made for these very weights.
		await rows('tiny-lora').first().waitFor();
		await familiar.ready();
		const { ghost } = await familiar.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await user.shot('models view first completion');
		await workbench.page.keyboard.press('Escape');
	});

	it('measures it, and keeps what it found', async () => {
		const { workbench } = session;
		await act(loaded(), 'Benchmark the Model');
		const toast = workbench.toast(/Benchmark: reads [\d,]+, writes [\d,]+ tokens\/s \(CPU\)/);
		await toast.waitFor({ timeout: 60_000 });
		await rows(/Benchmark: reads .*CPU · /)
			.first()
			.waitFor();
		await user.shot('models view benchmark');
		await quiet();
	});

	it('unloads it and loads it again', async () => {
		await act(loaded(), 'Unload the Model');
		await rows(/tiny-coder Q4_K_M.*not loaded/)
			.first()
			.waitFor();
		await user.shot('models view unloaded');
		await act(rows('tiny-coder Q4_K_M').first(), 'Load the Model');
		await rows('CPU, ').first().waitFor({ timeout: 60_000 });
		await session.familiar.ready();
	});

	/** A menu that has just opened takes no press for a moment. */
	async function press(item) {
		const menu = session.workbench.page.locator('.monaco-menu');
		while (await menu.isVisible()) {
			await menu.getByText(item).click();
			await menu.waitFor({ state: 'hidden', timeout: 1_000 }).catch(() => undefined);
		}
	}

	it('copies the diagnostics, and says where a file is', async () => {
		const { workbench } = session;
		await loaded().click({ button: 'right' });
		await user.shot('models view menu');
		await press('Reveal in File Manager');
		await workbench.toast(/tiny-coder-q4_k_m\.gguf is on the machine where Familiar runs/).waitFor();
		await quiet();
		await loaded().click({ button: 'right' });
		await press('Copy Diagnostics');
		await workbench.toast('The diagnostics are in the clipboard.').waitFor();
		await quiet();
	});

	it('is deleted from the keyboard, after a question, and the starter takes its place', async () => {
		const { workbench } = session;
		await loaded().click();
		await workbench.page.keyboard.press('Delete');
		await user.dialog().getByText('Delete tiny-coder Q4_K_M (14 MB) from this machine?').waitFor();
		await user.shot('models view delete');
		await user.dialog().getByRole('button', { name: 'Delete' }).click();
		await rows(/Starter model.*for completion, chat/)
			.first()
			.waitFor({ timeout: 60_000 });
		await rows('tiny-coder').first().waitFor({ state: 'detached' });
		assert.deepEqual(fs.readdirSync(kept, { recursive: true }), []);
		await rows('CPU, ').first().waitFor({ timeout: 60_000 });
	});

	it('lists other sizes of a recommended model at its button', async () => {
		const { workbench } = session;
		await act(recommended(), 'Other Sizes…');
		await picks('Q2_K').first().waitFor();
		await user.shot('models view sizes');
		await workbench.page.keyboard.press('Escape');
		await picks('Q2_K').first().waitFor({ state: 'hidden' });
		assert.deepEqual(fs.existsSync(kept) ? fs.readdirSync(kept, { recursive: true }) : [], []);
	});

	it('has a recommended model in use after one press', async () => {
		const { workbench } = session;
		const label = /^(.*?), completion and chat · /.exec(
			(await recommended().getAttribute('aria-label')) ?? '',
		)?.[1];
		await recommended().click();
		const here = workbench.toast(`${label} Q4_K_M is here and in use now`);
		await here.waitFor({ timeout: 60_000 });
		await rows(/Q4_K_M.*for completion, chat/)
			.first()
			.waitFor();
		await user.shot('models view two clicks');
		await quiet();
	});

	it('has a model for the chat alone in the chat alone, with what it takes, and stops using it', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Select Model');
		await picks('recommended for').first().waitFor();
		await workbench.page.locator('.quick-input-widget input[type=text]').first().fill('CodeGemma 1.1');
		await picks('CodeGemma 1.1 7B Instruct').first().click();
		const here = workbench.toast('CodeGemma 1.1 7B Instruct Q4_K_M is here.');
		await here.waitFor({ timeout: 60_000 });
		await here.getByRole('button', { name: 'Use It Now' }).click();
		const talker = rows(/CodeGemma.*for chat · /).first();
		await talker.waitFor();
		await rows(/Qwen.*for completion · /)
			.first()
			.waitFor();
		await rows('CPU, ').nth(1).waitFor({ timeout: 60_000 });
		await quiet();
		await user.shot('models view two models');
		await act(talker, 'Unload the Model');
		await rows(/CodeGemma.*for chat · not loaded/)
			.first()
			.waitFor();
		await talker.click({ button: 'right' });
		await press('Stop Using');
		await rows(/Qwen.*for completion, chat · /)
			.first()
			.waitFor();
		await talker.waitFor({ state: 'detached' });
	});
});
