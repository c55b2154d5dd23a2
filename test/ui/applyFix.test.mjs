/** A fix from light bulb to file: answer, difference, Apply, one undo. The model is scripted; the rest is real. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

describe('a fix', () => {
	const session = useWorkbench((sample) => scriptedModel(sample, 'writingHost'));

	async function propose() {
		const { familiar, workbench } = session;
		await familiar.openQuickFixes();
		await familiar.answerTo(() => workbench.codeActions('Fix with Familiar').click());
		const toast = workbench.toast('Apply this change');
		await toast.waitFor();
		// The TypeScript that the editor ships has checked it: the sample has none of its own.
		assert.match((await toast.textContent()) ?? '', /This removes the error\./);
		return toast;
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

	it('is applied where its lines are by then, when the file has changed elsewhere', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/broken.ts');
		const toast = await propose();
		const noted = familiar.page.locator('.monaco-diff-editor', { hasText: 'noted meanwhile' }).first();
		await familiar.writeBeside('src/broken.ts', `// noted meanwhile\n${before}`, () => noted.isVisible());
		await toast.getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.note', { hasText: 'The file had changed since it was read.' }).waitFor();
		await workbench.openFile('broken.ts');
		const after = await familiar.save('src/broken.ts');
		assert.equal(after, `// noted meanwhile\n${before.replace('const sum: string', 'const sum: number')}`);
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/broken.ts'), `// noted meanwhile\n${before}`);
	});

	it('can be applied later too, at its code', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/broken.ts');
		await (await propose()).getByRole('button', { name: 'Discard' }).click();
		await familiar.chat.locator('.note', { hasText: 'Not applied.' }).last().waitFor();
		await workbench.openFile('broken.ts');
		await familiar.chat.getByRole('button', { name: 'Apply to the File' }).last().click();
		const toast = workbench.toast('Apply this change');
		await toast.waitFor();
		await toast.getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.code-block .acted').waitFor();
		await workbench.openFile('broken.ts');
		assert.equal(
			await familiar.save('src/broken.ts'),
			before.replace('const sum: string', 'const sum: number'),
		);
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/broken.ts'), before);
	});

	it('that brings another error goes back to the model before it is offered', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/broken.ts');
		await workbench.openFile('broken.ts');
		await familiar.writeBeside(
			'src/broken.ts',
			before.replace('\tconst sum: string', '\t// stubborn\n\tconst sum: string'),
			() => workbench.editor().getByText('stubborn').isVisible(),
		);
		const answers = await familiar.answers().count();
		const toast = await propose();
		assert.equal(await familiar.answers().count(), answers + 2);
		await familiar.chat.locator('.turn.user', { hasText: 'Fix again (1 of 2) src/broken.ts' }).waitFor();
		const notes = await familiar.answers().nth(answers).locator('.note').textContent();
		assert.match(notes ?? '', /It brings a new error: .*'boolean'.* The model tries again\./);
		await workbench.shot('fix second chance');
		await toast.getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.note', { hasText: 'This removes the error. Applied.' }).last().waitFor();
		await workbench.openFile('broken.ts');
		assert.match(await familiar.save('src/broken.ts'), /\/\/ stubborn\n\tconst sum: number/);
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		await familiar.save('src/broken.ts');
	});

	it('does not bring a file back that was deleted meanwhile', async () => {
		const { familiar } = session;
		const file = path.join(familiar.workspace, 'src/broken.ts');
		const toast = await propose();
		fs.rmSync(file);
		await toast.getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.note', { hasText: 'the file was deleted meanwhile' }).waitFor();
		assert.equal(fs.existsSync(file), false);
	});
});
