/** Commands and context in the composer, by keyboard alone: completed, shown as chips, sent, and refused with a reason. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { useWorkbench } from './session.mjs';

describe('commands and context', () => {
	const session = useWorkbench((sample) => {
		const write = (file, text) => {
			fs.mkdirSync(path.dirname(path.join(sample.workspace, file)), { recursive: true });
			fs.writeFileSync(path.join(sample.workspace, file), text);
		};
		write('AGENTS.md', 'Use tabs. Keep functions short.\n');
		write(
			'.familiar/prompts/rhyme.md',
			'---\ndescription: Says it in verse\n---\nSay in verse what {{selection}} does. {{input}}\n',
		);
		write('private/notes.ts', 'export const hidden = 1;\n');
		write('.familiarignore', 'private/\n');
		write('node_modules/one/broken.js', '');
		write('vendored/broken.js', '');
		fs.writeFileSync(path.join(sample.folder, 'elsewhere.txt'), 'not yours');
		fs.symlinkSync(path.join(sample.folder, 'elsewhere.txt'), path.join(sample.workspace, 'link.txt'));
		execFileSync('git', ['init', '-q'], { cwd: sample.workspace });
		return { 'search.exclude': { '**/{vendored,copied}': true } };
	});
	const input = () => session.familiar.chat.locator('textarea');
	const options = () => session.familiar.chat.getByRole('option');
	const chips = () => session.familiar.chat.locator('.chip-list .chip');
	const chip = (text) => session.familiar.chat.locator('.chip-list .chip', { hasText: text });
	const notice = () => session.familiar.chat.locator('.notice');
	const asked = () => session.familiar.chat.locator('.turn.user').last();

	it("shows the project's guidance as a chip that can be taken away", async () => {
		const { familiar, workbench } = session;
		await workbench.openFile('todo.ts');
		await workbench.goto(3, 1);
		await familiar.openChat();
		await chip('AGENTS.md').waitFor();
		assert.match(await chip('AGENTS.md').textContent(), /~\d+ tokens/);
		await workbench.shot('context guidance');
		await familiar.chat.getByRole('button', { name: 'Remove AGENTS.md' }).press('Enter');
		await chip('AGENTS.md').waitFor({ state: 'detached' });
	});

	it('completes commands while they are typed', async () => {
		const { workbench } = session;
		await input().pressSequentially('/');
		await options().first().waitFor();
		await workbench.shot('context commands');
		assert.equal(await options().count(), 9);
		await input().pressSequentially('rhy');
		await options().nth(1).waitFor({ state: 'detached' });
		await options().filter({ hasText: 'Says it in verse' }).waitFor();
		await input().press('Tab');
		assert.equal(await input().inputValue(), '/rhyme ');
		// As Ctrl+Z does it, which VS Code takes a long way to the view.
		await input().evaluate((box) => box.ownerDocument.execCommand('undo'));
		assert.equal(await input().inputValue(), '/rhy');
		await input().press('Control+A');
		await input().press('Delete');
	});

	it('explains the function around the cursor, and says with the question what went along', async () => {
		const { familiar, workbench } = session;
		await input().pressSequentially('/exp');
		await options().first().waitFor();
		await input().press('Enter');
		assert.equal(await input().inputValue(), '/explain ');
		await familiar.answerTo(() => input().press('Enter'));
		await workbench.shot('context explained');
		assert.match(await asked().locator('.attachments').textContent(), /todo\.ts:\d+-\d+/);
	});

	it('completes files, shows what would be sent, and sends it', async () => {
		const { familiar, workbench } = session;
		await input().pressSequentially('what is #fi');
		await options().first().waitFor();
		await input().press('Enter');
		await input().pressSequentially('broken');
		await options().filter({ hasText: 'broken.ts' }).first().waitFor();
		await workbench.shot('context files');
		assert.equal(
			await options()
				.filter({ hasText: /node_modules|vendored/ })
				.count(),
			0,
		);
		await input().press('Enter');
		await chip('src/broken.ts').waitFor();
		await workbench.shot('context chip');
		await familiar.answerTo(() => input().press('Enter'));
		assert.match(await asked().locator('.attachments').textContent(), /src\/broken\.ts/);
		await chip('src/broken.ts').waitFor({ state: 'detached' });
	});

	it('finds symbols through the language extensions', async () => {
		const { workbench } = session;
		await session.workbench.openFile('broken.ts');
		// The language service begins to know the workspace with its first file.
		await workbench.editor().locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
		await input().fill('#symbol:total');
		await chip('total').waitFor({ timeout: 60_000 });
		await session.workbench.shot('context symbol');
		assert.match(await chip('total').textContent(), /total · src\/cart\.ts:\d+-\d+/);
		await session.familiar.chat.getByRole('button', { name: /Remove total/ }).click();
		assert.equal(await input().inputValue(), '');
	});

	it('lists what is reported, and what is open', async () => {
		await input().fill('#problems #open');
		await chip('Problems: 1').waitFor();
		await chip('src/todo.ts').waitFor();
		await session.familiar.chat.getByRole('button', { name: 'Remove src/todo.ts' }).click();
		await chip('src/todo.ts').waitFor({ state: 'detached' });
		assert.equal(await input().inputValue(), '#problems #open');
		await input().fill('');
		await chips().first().waitFor({ state: 'detached' });
	});

	it('takes a file that is dragged onto the input', async () => {
		const { familiar, workbench } = session;
		const uri = pathToFileURL(path.join(familiar.workspace, 'src/cart.ts')).toString();
		await familiar.chat.locator('.composer').evaluate((composer, dragged) => {
			const dataTransfer = new DataTransfer();
			dataTransfer.setData('text/uri-list', dragged);
			composer.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
		}, uri);
		await chip('src/cart.ts').waitFor();
		await workbench.shot('context dropped');
		await familiar.chat.getByRole('button', { name: 'Remove src/cart.ts' }).press('Enter');
		await chip('src/cart.ts').waitFor({ state: 'detached' });
	});

	it("reads the terminal's selection, and leaves the clipboard as it was", async () => {
		const { familiar, workbench } = session;
		await workbench.runCommand('Terminal: Create New Terminal');
		const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-helper-textarea');
		await terminal.waitFor({ state: 'attached', timeout: 60_000 });
		await workbench.page.keyboard.type('echo oops $((40 + 2))\n', { delay: 20 });
		await workbench.page.locator('.xterm-rows', { hasText: 'oops 42' }).waitFor({ timeout: 60_000 });
		await workbench.runCommand('Terminal: Select All');
		await workbench.page.evaluate(() => navigator.clipboard.writeText('kept'));
		await input().fill('#terminal');
		await familiar.chat.locator('.chip-list .chip').first().waitFor();
		await workbench.shot('context terminal');
		assert.match(await chips().first().textContent(), /Terminal, read when it is sent/);
		await familiar.answerTo(() => input().press('Enter'));
		assert.match(await asked().locator('.attachments').textContent(), /Terminal selection/);
		assert.equal(await workbench.page.evaluate(() => navigator.clipboard.readText()), 'kept');
	});

	it('reads the command that failed last where nothing is selected', async () => {
		const { familiar, workbench } = session;
		await workbench.page.locator('.terminal-wrapper.active .xterm-screen').click();
		await workbench.page.locator('.terminal-wrapper.active .xterm-helper-textarea:focus').waitFor();
		await workbench.page.keyboard.type('cat nowhere.txt\n', { delay: 20 });
		await workbench.page.locator('.xterm-rows', { hasText: 'No such file' }).waitFor({ timeout: 60_000 });
		// Its output stands there before it has ended.
		await workbench.page.locator('.terminal-command-decoration.error').last().waitFor();
		await input().fill('#terminal what is wrong?');
		await familiar.answerTo(() => input().press('Enter'));
		assert.match(await asked().locator('.attachments').textContent(), /Failed command: cat nowhere\.txt/);
		await workbench.shot('context failed command');
	});

	it('refuses what is excluded, on the chip, and sends nothing with it', async () => {
		const { familiar, workbench } = session;
		const before = await familiar.chat.locator('.turn').count();
		await input().fill('#file:private/notes.ts what is it?');
		await familiar.chat.locator('.chip.refused').waitFor();
		assert.match(await chip('private/notes.ts').textContent(), /\.familiarignore excludes this file/);
		await workbench.shot('context refused');
		await input().press('Enter');
		await notice().getByText('This was not sent').waitFor();
		assert.equal(await input().inputValue(), '#file:private/notes.ts what is it?');
		assert.equal(await familiar.chat.locator('.turn').count(), before);
		await input().press('Escape');
		await input().fill('#file:link.txt');
		await chip('link.txt').getByText('leads out of the workspace').waitFor();
		await input().fill('');
	});

	it("runs the user's own prompt with the code at the cursor", async () => {
		const { familiar } = session;
		await input().fill('/rhyme in German');
		await familiar.answerTo(() => input().press('Enter'));
		assert.equal(await asked().locator('.turn-body').textContent(), '/rhyme in German');
		assert.match(await asked().locator('.attachments').textContent(), /src\/broken\.ts:\d+-\d+/);
	});

	it('says which command does not exist, and what /commit is missing', async () => {
		const { workbench } = session;
		await input().fill('/explian');
		await input().press('Enter');
		await notice().getByText('There is no command /explian').waitFor();
		assert.equal(await input().inputValue(), '/explian');
		await input().fill('/commit');
		await input().press('Enter');
		await notice().getByText('Nothing is staged').waitFor();
		await workbench.shot('context nothing staged');
	});

	it('writes a commit message for what is staged', async () => {
		const { familiar } = session;
		execFileSync('git', ['add', 'AGENTS.md'], { cwd: familiar.workspace });
		await input().fill('/commit');
		await familiar.answerTo(() => input().press('Enter'));
		assert.match(await asked().locator('.attachments').textContent(), /Staged changes, 1 file/);
	});

	it('/help lists all of it without asking the model', async () => {
		const { familiar, workbench } = session;
		const before = await familiar.chat.locator('.turn').count();
		await input().fill('/help');
		await input().press('Enter');
		await notice().getByText('/rhyme').waitFor();
		await workbench.shot('context help');
		assert.equal(await familiar.chat.locator('.turn').count(), before);
		assert.equal(await chips().count(), 0);
	});
});
