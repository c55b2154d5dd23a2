/** The chat without a mouse: every control is reached with Tab, and works with Enter. The model is scripted. */
import assert from 'node:assert/strict';
import { scriptedModel, writeConversation } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

/** Presses of Tab after which a control counts as out of reach. */
const MOST = 40;

describe('the chat by keyboard alone', () => {
	const session = useWorkbench((sample) => {
		const question = { task: 'question', text: 'Show me' };
		writeConversation(sample, 'earlier', [
			{ id: 'q', role: 'user', text: question.text, question },
			{ id: 'a', role: 'assistant', text: 'So it is:\n\n```ts\nexport const answer = 42;\n```\n' },
		]);
		return scriptedModel(sample, 'answeringHost');
	});
	const { chat, press, type } = {
		chat: () => session.familiar.chat,
		press: (key) => session.familiar.page.keyboard.press(key),
		type: (text) => session.familiar.page.keyboard.type(text),
	};
	const input = () => chat().locator('.composer textarea');

	/** The name of what has the focus in the chat. */
	const focused = () =>
		chat()
			.locator('body')
			.evaluate((body) => {
				const { activeElement } = body.ownerDocument;
				return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
			});

	/** Goes on with a key until a control with this name has the focus; fails where it never has. */
	async function reach(name, key = 'Tab') {
		const passed = [];
		for (let count = 0; count < MOST; count++) {
			await press(key);
			passed.push(await focused());
			if (passed.at(-1) === name) {
				return;
			}
		}
		assert.fail(`${key} never came to ${name}, but to ${passed.join(' | ')}`);
	}

	async function toInput() {
		await session.workbench.runCommand('Familiar: Open Chat');
		await chat().locator('textarea:focus').waitFor();
	}

	before(async () => {
		await session.workbench.openFile('todo.ts');
		await session.workbench.goto(3, 1);
		await toInput();
		await chat().locator('.code-block').waitFor();
	});

	it('copies the code of an answer', async () => {
		await toInput();
		await reach('Copy', 'Shift+Tab');
		await press('Enter');
		await chat().getByRole('button', { name: 'Copied' }).waitFor();
		const copied = await session.familiar.page.evaluate(() => navigator.clipboard.readText());
		assert.equal(copied.trimEnd(), 'export const answer = 42;');
	});

	it('inserts it at the cursor', async () => {
		const { familiar } = session;
		const before = familiar.read('src/todo.ts');
		await toInput();
		await reach('Insert at Cursor', 'Shift+Tab');
		await press('Enter');
		await chat().getByRole('button', { name: 'Inserted' }).waitFor();
		await session.workbench.openFile('todo.ts');
		assert.ok((await familiar.save('src/todo.ts')).includes('export const answer = 42;'));
		await press('Control+Z');
		assert.equal(await familiar.save('src/todo.ts'), before);
	});

	it('applies it, with the question that comes before', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/todo.ts');
		await workbench.openFile('todo.ts');
		await press('Control+A');
		await toInput();
		await reach('Apply to the File', 'Shift+Tab');
		await press('Enter');
		await workbench.toast('Apply this change').waitFor();
		await workbench.runCommand('Notifications: Focus Notification Toast');
		await press('Tab');
		const button = workbench.page.locator('.notification-list-item .monaco-button:focus');
		await button.waitFor();
		assert.equal((await button.textContent())?.trim(), 'Apply');
		await press('Enter');
		await chat().getByRole('button', { name: 'Applied' }).waitFor();
		await workbench.openFile('todo.ts');
		assert.equal((await familiar.save('src/todo.ts')).trimEnd(), 'export const answer = 42;');
		await press('Control+Z');
		assert.equal(await familiar.save('src/todo.ts'), before);
	});

	it('takes chips away, one after the other', async () => {
		await toInput();
		await type('#file:src/cart.ts #file:src/app.ts what is it?');
		const chips = chat().locator('.chip-list .chip');
		await chips.nth(1).waitFor();
		await reach('Remove src/cart.ts');
		await press('Enter');
		await chips.nth(1).waitFor({ state: 'detached' });
		assert.equal(await focused(), 'Remove src/app.ts');
		await press('Enter');
		await chips.first().waitFor({ state: 'detached' });
		assert.equal(await input().inputValue(), 'what is it?');
		await toInput();
		await press('Control+A');
		await press('Delete');
	});

	it('changes an earlier question, and goes between its versions', async () => {
		await toInput();
		await reach('Edit', 'Shift+Tab');
		await press('Enter');
		await chat().locator('.question-editor textarea:focus').waitFor();
		await press('Control+A');
		await type('Say it again');
		await press('Enter');
		const place = chat().locator('.turn.user .version');
		await place.getByText('2/2').waitFor();
		await chat().locator('.turn.streaming').waitFor({ state: 'detached' });
		await toInput();
		await reach('Version before', 'Shift+Tab');
		await press('Enter');
		await place.getByText('1/2').waitFor();
		// The arrows are others by now, and the focus is where it was.
		assert.equal(await focused(), 'Version before');
		await reach('Version after');
		await press('Enter');
		await place.getByText('2/2').waitFor();
		assert.equal(await focused(), 'Version after');
		assert.equal(await chat().locator('.turn.user .turn-body').textContent(), 'Say it again');
	});

	it('leaves a change with Escape, at the pencil', async () => {
		await toInput();
		await reach('Edit', 'Shift+Tab');
		await press('Enter');
		await chat().locator('.question-editor textarea:focus').waitFor();
		await press('Escape');
		await chat().locator('.question-editor').waitFor({ state: 'detached' });
		assert.equal(await focused(), 'Edit');
	});

	it('asks again', async () => {
		await toInput();
		await reach('Regenerate', 'Shift+Tab');
		await press('Enter');
		await chat().locator('.turn.assistant .version').getByText('2/2').waitFor();
		await chat().locator('.turn.streaming').waitFor({ state: 'detached' });
	});

	it('stops an answer', async () => {
		await toInput();
		await type('Wait for me');
		await press('Enter');
		await chat()
			.locator('.turn.streaming .turn-body')
			.filter({ hasText: /Answer/ })
			.waitFor();
		await reach('Stop');
		await press('Enter');
		await chat().locator('.note', { hasText: 'Stopped.' }).waitFor();
		assert.match(await session.familiar.answers().last().locator('.turn-body').textContent(), /^\s*Answer/);
	});
});
