/** A fix from light bulb to file: answer, difference, Apply, one undo. The model is scripted; the rest is real. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { root, useWorkbench } from './session.mjs';

describe('a fix', () => {
	// familiar.host.nodePath names the program that runs the host; this one runs a host with a scripted model.
	const session = useWorkbench((sample) => {
		const program = path.join(sample.folder, 'writing-node');
		const host = path.join(root, 'out/test/support/writingHost.entry.mjs');
		fs.writeFileSync(program, `#!/bin/sh\nshift\nexec "${process.execPath}" "${host}" "$@"\n`, {
			mode: 0o755,
		});
		return { 'familiar.host.nodePath': program };
	});

	async function propose() {
		const { familiar, workbench } = session;
		await familiar.openQuickFixes();
		await familiar.answerTo(() => workbench.codeActions('Fix with Familiar').click());
		await workbench.toast('Apply this change').waitFor();
	}

	it('is shown as a difference, and changes nothing before it is applied', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/broken.ts');
		await propose();
		await familiar.page.locator('.monaco-diff-editor').first().waitFor();
		await workbench.shot('fix difference');
		assert.equal(familiar.read('src/broken.ts'), before);
		await workbench.toast('Apply this change').getByRole('button', { name: 'Discard' }).click();
		await familiar.chat.locator('.note', { hasText: 'Not applied' }).waitFor();
		assert.equal(familiar.read('src/broken.ts'), before);
	});

	it('is applied on request, and one undo takes it back', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/broken.ts');
		await propose();
		await workbench.toast('Apply this change').getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.note', { hasText: 'Applied.' }).last().waitFor();
		await workbench.openFile('broken.ts');
		const after = await familiar.save('src/broken.ts');
		assert.equal(after, before.replace('const sum: string', 'const sum: number'));
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/broken.ts'), before);
	});
});
