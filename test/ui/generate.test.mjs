/** Generate from Comment, from the cursor to the file: difference, Apply, one undo. The model is scripted; the rest is real. */
import assert from 'node:assert/strict';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

describe('code that a comment asks for', () => {
	const session = useWorkbench((sample) => scriptedModel(sample, 'answeringHost'));
	const comment = 'returns the largest number of an array, or undefined for an empty one';

	async function propose() {
		const { familiar, workbench } = session;
		await workbench.openFile('todo.ts');
		await workbench.goto(2, 1);
		await familiar.answerTo(() => workbench.runCommand('Familiar: Generate from Comment'));
		const toast = workbench.toast('Apply this change');
		await toast.waitFor();
		return toast;
	}

	it('is shown as a difference below the comment, and discarded without a trace', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/todo.ts');
		const toast = await propose();
		await familiar.chat.locator('.turn.user', { hasText: `Generate: Put the cursor` }).waitFor();
		const added = familiar.page.locator('.monaco-diff-editor .editor.modified .view-line', {
			hasText: 'function largest',
		});
		await added.first().waitFor();
		await workbench.shot('generate difference');
		assert.equal(familiar.read('src/todo.ts'), before);
		await toast.getByRole('button', { name: 'Discard' }).click();
		await familiar.chat.locator('.note', { hasText: 'Not applied.' }).waitFor();
		await familiar.page.locator('.monaco-diff-editor').first().waitFor({ state: 'detached' });
		await workbench.openFile('todo.ts');
		assert.equal(await familiar.page.locator('.tab.active.dirty').count(), 0);
		assert.equal(familiar.read('src/todo.ts'), before);
	});

	it('is applied on request, and one undo takes it back', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/todo.ts');
		await (await propose()).getByRole('button', { name: 'Apply' }).click();
		await familiar.chat
			.locator('.note', { hasText: /(?<!Not )[Aa]pplied\./ })
			.last()
			.waitFor();
		await workbench.openFile('todo.ts');
		const after = await familiar.save('src/todo.ts');
		const [first, second, ...rest] = before.split('\n');
		const start = `${first}\n${second}\n`;
		const end = rest.join('\n');
		assert.ok(after.startsWith(start) && after.endsWith(end), after);
		const added = after.slice(start.length, after.length - end.length);
		assert.ok(added.includes(comment), added);
		assert.match(added, /^\/\*\* .* \*\/\nfunction largest\(numbers: number\[\]\): number \| undefined \{\n/);
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/todo.ts'), before);
	});

	it('is not asked for away from a comment', async () => {
		const { familiar, workbench } = session;
		const answers = await familiar.answers().count();
		await workbench.goto(4, 1);
		await workbench.runCommand('Familiar: Generate from Comment');
		await workbench.toast('Put the cursor on a comment that says what to write.').waitFor();
		assert.equal(await familiar.answers().count(), answers);
	});
});
