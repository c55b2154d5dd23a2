/** Edit Selection, from the key to the file: streamed onto a page, decided by hunk. The model is scripted; the rest is real. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

/** Two hunks in `total` of the sample's cart.ts. */
const TWO = 'let sum = 0; -> let sum = 0.0; and sum >= 100 -> sum >= 200';

/** Lines in the colours of what goes and comes. */
const COLOURED = '.view-overlays .cdr[class*="ced-"]';

describe('an edit in place', () => {
	const session = useWorkbench((sample) => {
		fs.writeFileSync(path.join(sample.workspace, 'one.ts'), 'export const one = 1;');
		return {
			...scriptedModel(sample, 'editingHost'),
			// What a text gets that has no line break yet, as on Windows.
			'files.eol': '\r\n',
			'window.autoDetectColorScheme': true,
			'workbench.preferredLightColorTheme': 'Light 2026',
			'workbench.preferredDarkColorTheme': 'Dark 2026',
		};
	});

	const lines = () => session.workbench.editor().locator('.view-line');
	const line = (text) => lines().filter({ hasText: text.replaceAll(' ', '\u00a0') });
	const lens = (title) => session.workbench.editor().locator('.codelens-decoration a', { hasText: title });

	/** Puts the cursor onto the first line with a text, presses the key and says what to change. */
	async function ask(instruction, file = 'src/cart.ts', text = 'sum += item.price') {
		const { familiar, workbench } = session;
		const { keyboard } = familiar.page;
		const name = file.split('/').at(-1);
		await workbench.openFile(name);
		await workbench.goto(familiar.lineOf(file, text), 1);
		await keyboard.press('Control+K');
		await keyboard.press('Control+E');
		const input = familiar.page.locator('.quick-input-widget input[type=text]').first();
		await input.waitFor();
		await input.fill(instruction);
		await keyboard.press('Enter');
		await familiar.page.locator('.tab.active', { hasText: `Familiar: ${name}` }).waitFor();
	}

	const onFile = () => session.familiar.page.locator('.tab.active', { hasText: /^cart\.ts/ }).waitFor();

	it('is written onto a page before the eyes of the user, and Escape stops it without a trace', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/cart.ts');
		await ask(`Wait ${TWO}`);
		await line('let sum = 0.0;').waitFor();
		await lens('Stop').waitFor();
		await workbench.shot('edit written');
		assert.equal(await familiar.page.locator('.tab.dirty').count(), 0);
		await familiar.page.keyboard.press('Escape');
		await onFile();
		await familiar.page.locator('.tab', { hasText: 'Familiar: cart.ts' }).waitFor({ state: 'detached' });
		assert.equal(await familiar.page.locator('.tab.dirty').count(), 0);
		assert.equal(familiar.read('src/cart.ts'), before);
	});

	it('is decided by hunk, and one undo takes back what was accepted', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/cart.ts');
		await ask(TWO);
		await lens('Accept All').waitFor();
		for (const [scheme, mark] of [
			['dark', '.vs-dark'],
			['light', '.vs:not(.vs-dark)'],
		]) {
			await familiar.page.emulateMedia({ colorScheme: scheme });
			await familiar.page.locator(`.monaco-workbench${mark}`).first().waitFor();
			await workbench.shot(`edit decided ${scheme}`);
		}
		await lens('Discard').first().click();
		await line('let sum = 0.0;').waitFor({ state: 'detached' });
		// The editor draws its rows anew a little later, and an old one does nothing.
		await lens('Accept All').waitFor({ state: 'detached' });
		await lens('Accept').click();
		await onFile();
		assert.equal(await familiar.save('src/cart.ts'), before.replace('sum >= 100', 'sum >= 200'));
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), before);
	});

	it('is accepted as a whole by keys alone, as one undo step', async () => {
		const { familiar } = session;
		const { keyboard } = familiar.page;
		const before = familiar.read('src/cart.ts');
		await ask(TWO);
		await lens('Accept All').waitFor();
		await keyboard.press('Alt+F5');
		await keyboard.press('Control+Shift+Enter');
		await onFile();
		await keyboard.press('Control+Z');
		await keyboard.press('Control+Y');
		const after = before.replace('let sum = 0;', 'let sum = 0.0;').replace('sum >= 100', 'sum >= 200');
		assert.equal(await familiar.save('src/cart.ts'), after);
		await keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), before);
	});

	it('is accepted hunk by hunk by keys, each one undo step', async () => {
		const { familiar } = session;
		const { keyboard } = familiar.page;
		const before = familiar.read('src/cart.ts');
		const first = before.replace('let sum = 0;', 'let sum = 0.0;');
		await ask(TWO);
		await lens('Accept All').waitFor();
		await keyboard.press('Control+Enter');
		await line('let sum = 0;').waitFor({ state: 'detached' });
		await keyboard.press('Control+Enter');
		await onFile();
		assert.equal(await familiar.save('src/cart.ts'), first.replace('sum >= 100', 'sum >= 200'));
		await keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), first);
		await keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), before);
	});

	it('is discarded with its page', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/cart.ts');
		await ask(TWO);
		await lens('Accept All').waitFor();
		await familiar.page.locator('.tab.active').click({ button: 'middle' });
		await onFile();
		await workbench.openFile('cart.ts');
		assert.equal(await familiar.page.locator('.tab.dirty').count(), 0);
		assert.equal(familiar.read('src/cart.ts'), before);
	});

	it('is made where its lines are by then, when the file has changed elsewhere, and says what TypeScript finds', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/cart.ts');
		await ask("let sum = 0; -> let sum = '';");
		await lens('Discard').waitFor();
		await lens('It brings a new error')
			.or(workbench.editor().getByText('It brings a new error'))
			.first()
			.waitFor();
		await workbench.shot('edit with an error');
		await familiar.writeBeside('src/cart.ts', `// noted meanwhile\n${before}`, () =>
			line('// noted meanwhile').isVisible(),
		);
		await familiar.page.keyboard.press('Control+Enter');
		await onFile();
		const after = await familiar.save('src/cart.ts');
		assert.equal(after, `// noted meanwhile\n${before.replace('let sum = 0;', "let sum = '';")}`);
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), `// noted meanwhile\n${before}`);
	});

	it('asks before it changes what tools run by themselves', async () => {
		const { familiar } = session;
		const before = familiar.read('package.json');
		await ask('"name" -> "title"', 'package.json', '"name"');
		await lens('Accept').first().click();
		const dialog = familiar.page.locator('.monaco-dialog-box', { hasText: 'Change package.json?' });
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await lens('Accept').first().waitFor();
		assert.equal(await familiar.page.locator('.tab.dirty').count(), 0);
		await familiar.page.keyboard.press('Control+Enter');
		await dialog.getByRole('button', { name: 'Apply Anyway' }).click();
		await familiar.page.locator('.tab.active', { hasText: /^package\.json/ }).waitFor();
		assert.equal(await familiar.save('package.json'), before.replace('"name"', '"title"'));
	});

	it('has its colours in a file of one line, whatever ends the lines of its page', async () => {
		const { familiar, workbench } = session;
		await ask('one = 1 -> one = 2', 'one.ts', 'export');
		await line('one = 2').waitFor();
		await workbench.editor().locator(COLOURED).first().waitFor();
		await familiar.page.keyboard.press('Control+Enter');
		await familiar.page.locator('.tab.active', { hasText: /^one\.ts/ }).waitFor();
		assert.equal(await familiar.save('one.ts'), 'export const one = 2;');
	});

	it('counts as its file for who asks about the code meanwhile', async () => {
		const { familiar, workbench } = session;
		await ask(TWO);
		await lens('Accept All').waitFor();
		await familiar.openChat();
		const input = familiar.chat.locator('textarea');
		await input.pressSequentially('/explain ');
		await familiar.answerTo(() => input.press('Enter'));
		await workbench.shot('edit and a question');
		const attached = await familiar.chat.locator('.turn.user').last().locator('.attachments').textContent();
		assert.match(attached, /src\/cart\.ts:\d+-\d+/);
		assert.doesNotMatch(attached, /Familiar: /);
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Shift+Backspace');
		await onFile();
	});

	it('is decided in the column that the user is in, and shown in both', async () => {
		const { familiar, workbench } = session;
		const { page } = familiar;
		const { keyboard } = page;
		const before = familiar.read('src/cart.ts');
		await ask(TWO);
		await lens('Accept All').waitFor();
		await keyboard.press('Control+Backslash');
		const columns = page.locator('.editor-group-container .monaco-editor:has(.codelens-decoration)');
		await columns.nth(1).waitFor();
		await columns.nth(1).locator(COLOURED).first().waitFor();
		await workbench.shot('edit in two columns');
		// Behind the second hunk; the cursor of the first column stays at the first.
		await keyboard.press('Control+End');
		await keyboard.press('Control+Enter');
		await line('sum >= 100').first().waitFor({ state: 'detached' });
		await keyboard.press('Control+Shift+Backspace');
		await page.locator('.tab', { hasText: 'Familiar: cart.ts' }).first().waitFor({ state: 'detached' });
		assert.equal(await familiar.save('src/cart.ts'), before.replace('sum >= 100', 'sum >= 200'));
		await keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), before);
	});
});
