/** The history of the chat as a user meets it: found again, renamed, changed, exported, deleted. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Workbench } from '../host/driver.mjs';
import { keepServing } from '../support/windows.mjs';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

/** Milliseconds for the workbench to do what was asked. */
const LIMIT = 30_000;

/** A conversation's file: a question and its answer. */
function fileOf(question, answer, time) {
	const rest = { state: 'done', remedies: [], time };
	const usage = { used: 1_204, size: 2_048, leftOut: 2, linesCut: 0 };
	return [
		{ type: 'conversation', version: 1 },
		{
			type: 'turn',
			turn: {
				id: 'q',
				role: 'user',
				text: question,
				question: { task: 'question', text: question },
				...rest,
			},
		},
		{ type: 'turn', turn: { id: 'a', role: 'assistant', text: answer, parent: 'q', usage, ...rest } },
	]
		.map((record) => `${JSON.stringify(record)}\n`)
		.join('');
}

describe('chat history', () => {
	let folder;
	const session = useWorkbench((sample) => {
		const workspace = pathToFileURL(sample.workspace).toString();
		const name = createHash('sha256').update(workspace).digest('hex').slice(0, 32);
		folder = path.join(sample.userData, 'User/globalStorage/familiar.familiar/conversations', name);
		fs.mkdirSync(folder, { recursive: true });
		const day = 86_400_000;
		const now = Date.now();
		const files = {
			sorting: fileOf('How do I sort a list?', 'Use a **heap**, or `sort`.', now - 9 * day),
			evil: fileOf('Read \u202egpj.exe <img src=x>', 'No.', now - 5 * day),
			latest: fileOf('What is a monad?', 'A burrito.', now - day),
		};
		for (const [id, text] of Object.entries(files)) {
			fs.writeFileSync(path.join(folder, `${id}.jsonl`), text);
		}
		// What a crash leaves: half of a line.
		fs.appendFileSync(path.join(folder, 'latest.jsonl'), '{"type":"turn","turn":{"id":"x","ro');
	});

	const list = () => session.familiar.chat.locator('.history');
	const rows = () => list().locator('.history-row');
	const titles = () => list().locator('.history-title');
	const turns = async () => {
		const texts = await session.familiar.chat.locator('.turn .turn-body').allTextContents();
		return texts.map((text) => text.trim());
	};
	const dialog = () => session.workbench.page.locator('.monaco-dialog-box');
	const press = (key) => session.workbench.page.keyboard.press(key);

	async function showHistory() {
		// Where a dialog took the Escape of the test before, the list is still there; showing it again would empty the search later.
		if (await list().isVisible()) {
			await list().getByRole('button', { name: /^Back/ }).click();
			await list().waitFor({ state: 'hidden', timeout: LIMIT });
		}
		await session.workbench.runCommand('Familiar: Show Chat History');
		await list().locator('input[type=search]').waitFor({ timeout: LIMIT });
		await rows().first().waitFor({ timeout: LIMIT });
	}

	it('opens the conversation that was asked last, whatever a crash left of it', async () => {
		await session.familiar.openChat();
		await session.familiar.answers().first().waitFor({ timeout: LIMIT });
		assert.deepEqual(await turns(), ['What is a monad?', 'A burrito.']);
		assert.equal(
			await session.familiar.chat.locator('.usage').textContent(),
			'1,204 of 2,048 tokens; 2 earlier exchanges were left out',
		);
		await session.workbench.shot('chat restored');
	});

	it('lists the conversations from the button of the view, the latest first', async () => {
		const { page } = session.workbench;
		await page.locator('.pane-header, .composite.title').first().hover();
		await page.getByRole('button', { name: 'Show Chat History' }).first().click();
		await rows().first().waitFor({ timeout: LIMIT });
		assert.deepEqual(await titles().allTextContents(), [
			'What is a monad?',
			'Read gpj.exe <img src=x>',
			'How do I sort a list?',
		]);
		await session.workbench.shot('chat history');
	});

	it('finds and opens by keyboard alone', async () => {
		// Escape, which ends each test, has closed it.
		await showHistory();
		await list().locator('input[type=search]').fill('HEAP');
		await list().getByText('1 conversation', { exact: true }).waitFor({ timeout: LIMIT });
		await session.workbench.shot('chat history search');
		assert.equal(await list().locator('.history-passage').textContent(), 'Use a **heap**, or `sort`.');
		await press('ArrowDown');
		await press('Enter');
		await list().waitFor({ state: 'hidden', timeout: LIMIT });
		await session.familiar.chat
			.locator('.turn-body', { hasText: 'How do I sort a list?' })
			.waitFor({ timeout: LIMIT });
		assert.equal((await turns())[0], 'How do I sort a list?');
	});

	it('asks a changed question beside the old one, and goes back to that', async () => {
		const { familiar, workbench } = session;
		const { chat } = familiar;
		await chat.locator('.turn.user').hover();
		await chat.getByRole('button', { name: 'Edit', exact: true }).click();
		await workbench.shot('chat edit');
		await chat.locator('.question-editor textarea').fill('// Sorts a list');
		await chat.locator('.question-editor textarea').press('Enter');
		await chat.getByText('2/2').waitFor({ timeout: LIMIT });
		await chat.locator('.turn.streaming').waitFor({ state: 'detached', timeout: LIMIT });
		assert.equal((await turns())[0], '// Sorts a list');
		await workbench.shot('chat versions');
		await chat.getByRole('button', { name: 'Version before' }).click();
		await chat.getByText('1/2').waitFor({ timeout: LIMIT });
		assert.match((await turns()).join(), /How do I sort a list\?.*heap/s);
	});

	it('renames in the list', async () => {
		await showHistory();
		await press('ArrowDown');
		await press('F2');
		await list().locator('.history-rename').fill('My sorting');
		await press('Enter');
		await list().getByText('My sorting').waitFor({ timeout: LIMIT });
		assert.equal(await titles().first().textContent(), 'My sorting');
	});

	it('exports as Markdown', async () => {
		const { familiar, workbench } = session;
		await showHistory();
		await list().getByRole('button', { name: 'Export as Markdown: My sorting' }).click();
		const widget = workbench.page.locator('.quick-input-widget');
		const file = path.join(familiar.workspace, 'My sorting.md');
		await widget.locator('input[type=text]').first().waitFor({ timeout: LIMIT });
		const deadline = Date.now() + LIMIT;
		while (!fs.existsSync(file) && Date.now() < deadline) {
			// While the dialog still looks around, it hears no button.
			const accept = widget.getByRole('button', { name: /^(OK|Save|Export)$/ });
			await accept.click({ timeout: 2_000 }).catch(() => undefined);
			await workbench.page.waitForTimeout(200);
		}
		const text = fs.readFileSync(file, 'utf8');
		assert.match(
			text,
			/^# My sorting\n\n## You\n\nHow do I sort a list\?\n\n## Familiar\n\nUse a \*\*heap\*\*/,
		);
	});

	it('asks before it deletes, and deletes', async () => {
		await showHistory();
		await list().locator('input[type=search]').fill('monad');
		await list().getByText('1 conversation', { exact: true }).waitFor({ timeout: LIMIT });
		await press('ArrowDown');
		await press('Delete');
		await dialog().waitFor({ timeout: LIMIT });
		await session.workbench.shot('chat history delete');
		assert.match(
			(await dialog().textContent()) ?? '',
			/Delete this conversation for good\?.*What is a monad\?/s,
		);
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await dialog().waitFor({ state: 'detached', timeout: LIMIT });
		assert.ok(fs.existsSync(path.join(folder, 'latest.jsonl')));
		await list().getByRole('button', { name: 'Delete: What is a monad?' }).click();
		await dialog().getByRole('button', { name: 'Delete' }).click();
		await list().getByText('No conversation contains this.').waitFor({ timeout: LIMIT });
		assert.equal(fs.existsSync(path.join(folder, 'latest.jsonl')), false);
	});

	it('is shown where the chat was shown once and is hidden', async () => {
		const { workbench } = session;
		await workbench.runCommand('View: Close Primary Side Bar');
		await workbench.page.locator('.part.sidebar').waitFor({ state: 'hidden', timeout: LIMIT });
		await showHistory();
	});

	it('goes back to the chat with Escape', async () => {
		await showHistory();
		await list().locator('input[type=search]').press('Escape');
		await list().waitFor({ state: 'hidden', timeout: LIMIT });
		assert.equal(await session.familiar.chat.locator('.composer').isVisible(), true);
	});
});

describe('a window that is reloaded in the middle of an answer', () => {
	const session = useWorkbench((sample) => scriptedModel(sample, 'answeringHost'));

	it('has the question and the answer so far, and can ask again', async () => {
		const { familiar, workbench } = session;
		await keepServing(workbench);
		await familiar.openChat();
		// Scripted: a few words come, and nothing else until it is stopped.
		await familiar.ask('Wait for me');
		await familiar.chat
			.locator('.turn.streaming .turn-body')
			.filter({ hasText: /Answer/ })
			.waitFor({ timeout: LIMIT });
		const loaded = workbench.page.waitForEvent('domcontentloaded');
		await workbench.runCommand('Developer: Reload Window');
		await loaded;
		await Workbench.ready(workbench);
		await familiar.ready();
		// The view is open already: its button would close it.
		await workbench.runCommand('Familiar: Open Chat');
		await familiar.answers().last().waitFor({ timeout: LIMIT });
		await workbench.shot('chat interrupted');
		assert.equal(await familiar.chat.locator('.turn.user .turn-body').textContent(), 'Wait for me');
		assert.match(await familiar.answers().last().locator('.turn-body').textContent(), /^\s*Answer 1\./);
		const retry = familiar.chat.getByRole('button', { name: /^(Retry|Regenerate)$/ });
		await retry.click();
		await familiar.stopButton().click({ timeout: LIMIT });
		await familiar.chat.getByText('2/2').waitFor({ timeout: LIMIT });
	});
});
