/** The chat view as a user meets it: ask, watch the answer grow, stop it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { useWorkbench } from './session.mjs';

describe('chat view', () => {
	const session = useWorkbench();

	it('opens with a place to type in', async () => {
		await session.familiar.openChat();
		await session.workbench.shot('chat empty');
		assert.equal(await session.familiar.chat.locator('textarea').isEditable(), true);
	});

	it('streams an answer to a question', async () => {
		const { familiar, workbench } = session;
		let answer = '';
		// The starter model answers some questions with nothing at all.
		for (const question of ['What does a for loop do in JavaScript?', '// Adds two numbers', 'var x = [']) {
			answer = await familiar.answerTo(
				() => familiar.ask(question),
				() => workbench.shot('chat streaming'),
			);
			const asked = familiar.chat.locator('.turn.user .turn-body').last();
			assert.equal(await asked.textContent(), question);
			if (answer !== '') {
				break;
			}
		}
		await workbench.shot('chat answer');
		assert.notEqual(answer, '');
	});

	it('stops an answer and keeps what is there', async () => {
		const { familiar, workbench } = session;
		// The starter model is fast and ends some answers at once: asked until one can be stopped in its middle.
		const questions = [
			'/**',
			'function add(a, b) {',
			'What is an array?',
			'var x = [0, 0, 0, 0, 0,',
			'// 1.',
		];
		const stopped = familiar.answers().last().locator('.note', { hasText: 'Stopped' });
		let answer = '';
		for (const question of questions) {
			await familiar.stopWhenWriting();
			answer = await familiar.answerTo(() => familiar.ask(question));
			if (await stopped.isVisible()) {
				break;
			}
		}
		await workbench.shot('chat stopped');
		assert.equal(await stopped.isVisible(), true);
		assert.notEqual(answer.replace(/Stopped.*/s, '').trim(), '');
		assert.equal(await familiar.stopButton().isVisible(), false);
	});

	it('keeps the conversation when the view is hidden and shown again', async () => {
		const { familiar, workbench } = session;
		const before = await familiar.chat.locator('.turn').allTextContents();
		await workbench.openView('Explorer');
		await familiar.openChat();
		await familiar.answers().last().waitFor();
		assert.deepEqual(await familiar.chat.locator('.turn').allTextContents(), before);
	});

	it('begins a new conversation', async () => {
		const { familiar, workbench } = session;
		await workbench.runCommand('Familiar: New Chat');
		await familiar.answers().last().waitFor({ state: 'detached' });
		assert.equal(await familiar.chat.locator('.turn').count(), 0);
	});
});

describe('code in an answer', () => {
	// The starter model writes no fenced code when asked to, so an earlier session's answer has it.
	const code = 'export const answer = 42;\n';
	const session = useWorkbench((sample) => {
		const workspace = pathToFileURL(sample.workspace).toString();
		const name = createHash('sha256').update(workspace).digest('hex').slice(0, 32);
		const folder = path.join(sample.userData, 'User/globalStorage/familiar.familiar/conversations');
		const text = `So it is:\n\n\`\`\`ts\n${code}\`\`\`\n`;
		const turn = { id: 'earlier', role: 'assistant', text, state: 'done', remedies: [] };
		fs.mkdirSync(folder, { recursive: true });
		fs.writeFileSync(path.join(folder, `${name}.json`), JSON.stringify({ version: 1, turns: [turn] }));
	});

	it('is there after a restart, highlighted', async () => {
		const { familiar, workbench } = session;
		await workbench.openFile('todo.ts');
		await familiar.openChat();
		const block = familiar.chat.locator('.code-block');
		await block.waitFor();
		await workbench.shot('chat code');
		assert.equal(await block.locator('code').textContent(), code.trimEnd());
		assert.ok((await block.locator('[class^="hljs-"]').count()) > 0);
	});

	it('is copied', async () => {
		const { familiar } = session;
		await familiar.chat.getByRole('button', { name: 'Copy' }).click();
		await familiar.chat.getByRole('button', { name: 'Copied' }).waitFor();
		const copied = await familiar.page.evaluate(() => navigator.clipboard.readText());
		assert.equal(copied.trimEnd(), code.trimEnd());
	});

	it('is inserted at the cursor, and one undo takes it out', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/todo.ts');
		await workbench.openFile('todo.ts');
		await workbench.goto(3, 1);
		await familiar.chat.getByRole('button', { name: 'Insert at Cursor' }).click();
		await familiar.chat.getByRole('button', { name: 'Inserted' }).waitFor();
		await workbench.openFile('todo.ts');
		assert.ok((await familiar.save('src/todo.ts')).includes(code.trimEnd()));
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/todo.ts'), before);
	});
});
