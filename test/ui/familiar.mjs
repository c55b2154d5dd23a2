/** What a user does with Familiar in the workbench; used by the UI tests, the package tests and the demo. */
import fs from 'node:fs';
import path from 'node:path';

/** Milliseconds for extension, model host and model on a slow, busy machine; 7 to 12 seconds are usual. */
const READY_LIMIT = 120_000;

/** Milliseconds for the editor to hear of a change on disk; less than a second is usual. */
const NEWS_LIMIT = 3_000;
/** Milliseconds for a menu to open. */
const MENU_LIMIT = 10_000;
/** Milliseconds for one answer of the model there. */
const ANSWER_LIMIT = 60_000;

/** What is typed to get ghost text: two functions like it stand right above in the sample's app.ts. */
const HEAD = 'function multiply(a: number, b: number): number {';
/** The line below, piece by piece: a small model has nothing to say at some of the places between them. */
const PIECES = ['return ', 'a', ' * ', 'b', ' + a', ' - b', ' + (', 'a'];
/** Milliseconds after a piece for which an answer is waited for. */
const PATIENCE = 5_000;

export class Familiar {
	/**
	 * @param {import('../host/driver.mjs').Workbench} workbench
	 * @param {string} workspace Absolute path of the copy of the sample workspace.
	 */
	constructor(workbench, workspace) {
		this.workbench = workbench;
		this.workspace = workspace;
		this.page = workbench.page;
	}

	get status() {
		return this.workbench.statusItem('Familiar');
	}

	get chat() {
		return this.workbench.webview();
	}

	/** Waits until the model is loaded: only then does the status bar item carry the model's name. */
	async ready() {
		const loaded = this.page.locator(
			'.part.statusbar .statusbar-item[aria-label^="Familiar: "] .codicon-sparkle',
		);
		await loaded.waitFor({ timeout: READY_LIMIT });
	}

	/**
	 * Opens app.ts and types a function below `subtract`, as a user would, until ghost text is shown.
	 *
	 * @returns {Promise<{ ghost: string, typed: string, milliseconds: number }>} The text, what was typed before it, and
	 * how long it took after the last key.
	 */
	async typeUntilGhostText() {
		const { keyboard } = this.page;
		const lines = this.read('src/app.ts').split('\n');
		const below = lines.indexOf('export function main(): string {');
		await this.workbench.openFile('app.ts');
		await this.workbench.goto(below, 1);
		await keyboard.press('Enter');
		await keyboard.press('Enter');
		await keyboard.press('ArrowUp');
		await keyboard.type(HEAD, { delay: 25 });
		// Ghost text for the lines in between is not what is waited for.
		await keyboard.press('Escape');
		await keyboard.press('Enter');
		let typed = HEAD;
		for (const piece of PIECES) {
			await keyboard.type(piece, { delay: 25 });
			typed += piece;
			const start = Date.now();
			const isShown = await this.workbench
				.ghost()
				.first()
				.waitFor({ timeout: PATIENCE })
				.then(
					() => true,
					() => false,
				);
			if (isShown) {
				return { ghost: await this.workbench.ghostText(), typed, milliseconds: Date.now() - start };
			}
		}
		throw new Error(`No ghost text was shown after ${JSON.stringify(PIECES)}.`);
	}

	/** Accepts the ghost text with Tab. */
	async accept() {
		const shown = await this.workbench.ghostText();
		await this.page.keyboard.press('Tab');
		// What follows it may be shown at once.
		await until(async () => (await this.workbench.ghostText()) !== shown, 'Tab accepted nothing.');
	}

	/** Saves the active file and returns what is on disk then. */
	async save(name) {
		const before = fs.statSync(path.join(this.workspace, name)).mtimeMs;
		await this.page.keyboard.press('Control+S');
		await this.page.waitForFunction(() => document.querySelector('.tab.active.dirty') === null);
		// It is emptied before it is written.
		await until(() => {
			const { mtimeMs, size } = fs.statSync(path.join(this.workspace, name));
			return mtimeMs !== before && size > 0;
		}, 'The file was not saved.');
		return this.read(name);
	}

	/**
	 * Writes a file as another program does, again and again until the editor has noticed: under load, news of a change on disk
	 * may get lost between it and the system.
	 *
	 * @param {() => Promise<boolean>} isNoticed
	 */
	async writeBeside(name, text, isNoticed) {
		const file = path.join(this.workspace, name);
		let written = 0;
		await until(async () => {
			if (Date.now() - written > NEWS_LIMIT) {
				fs.writeFileSync(file, text);
				written = Date.now();
			}
			return isNoticed();
		}, `The editor did not notice that ${name} was changed.`);
	}

	read(name) {
		return fs.readFileSync(path.join(this.workspace, name), 'utf8');
	}

	/** Replaces characters by typing. `column`: as it is drawn, a tab is four. */
	async typeOver(line, column, length, text) {
		await this.workbench.goto(line, column);
		for (let count = 0; count < length; count++) {
			await this.page.keyboard.press('Shift+ArrowRight');
		}
		await this.page.keyboard.type(text, { delay: 20 });
	}

	/** Waits until new text is drawn as a decoration, in the line that has `word` in it. */
	async untilDrawn(text, word) {
		await this.page.waitForFunction(
			([wanted, inLine]) =>
				[...document.querySelectorAll('.editor-instance .view-line span')].some(
					(element) =>
						getComputedStyle(element, '::after').content.replaceAll('\u00a0', ' ').includes(wanted) &&
						element.closest('.view-line').textContent.replaceAll('\u00a0', ' ').includes(inLine),
				),
			[text, word],
			{ timeout: 30_000 },
		);
	}

	/** Number, counted from 1, of the first line that has `text` in it. */
	lineOf(name, text) {
		return (
			this.read(name)
				.split('\n')
				.findIndex((line) => line.includes(text)) + 1
		);
	}

	async openChat() {
		await this.workbench.openView('Familiar');
		await this.chat.locator('textarea').waitFor({ timeout: ANSWER_LIMIT });
	}

	answers() {
		return this.chat.locator('.turn.assistant');
	}

	/** Types a question and sends it. */
	async ask(question) {
		await this.chat.locator('textarea').fill(question);
		await this.chat.locator('textarea').press('Enter');
	}

	/**
	 * Does something that the chat answers with a turn of its own, and waits for the answer's end.
	 *
	 * @param {() => Promise<void>} act
	 * @param {() => Promise<void>} [meanwhile] Done as soon as the answer begins.
	 * @returns {Promise<string>} The answer, with the note below it. The starter model may answer with nothing.
	 */
	async answerTo(act, meanwhile = async () => undefined) {
		const before = await this.answers().count();
		await act();
		const answer = this.answers().nth(before);
		await answer.waitFor({ state: 'attached', timeout: ANSWER_LIMIT });
		await meanwhile();
		await this.chat.locator('.turn.streaming').waitFor({ state: 'detached', timeout: ANSWER_LIMIT });
		const parts = answer.locator('.turn-body, .note');
		return (await parts.allInnerTexts()).join('\n').trim();
	}

	stopButton() {
		return this.chat.getByRole('button', { name: 'Stop' });
	}

	/**
	 * Has Stop pressed by the page itself, as soon as the next answer has text: the starter model writes most answers
	 * faster than a click arrives from here.
	 */
	async stopWhenWriting() {
		await this.chat.getByRole('button', { name: 'Stop', includeHidden: true }).evaluate((button) => {
			const page = button.ownerDocument;
			const observer = new MutationObserver(() => {
				const text = page.querySelector('.turn.streaming .turn-body')?.textContent ?? '';
				if (text !== '' && !button.hidden) {
					observer.disconnect();
					button.click();
				}
			});
			observer.observe(page.body, { childList: true, subtree: true, characterData: true, attributes: true });
		});
	}

	/** Opens the quick fix menu on the type error of the sample's broken.ts. */
	async openQuickFixes() {
		await this.workbench.openFile('broken.ts');
		const error = this.workbench.editor().locator('.squiggly-error').first();
		await error.waitFor({ timeout: READY_LIMIT });
		const line = this.lineOf('src/broken.ts', '\tconst sum: string = total(items);');
		await this.workbench.goto(line, 9);
		// The first menus of a window may come and go while the language service is still starting.
		const action = this.workbench.codeActions('Fix with Familiar');
		for (const deadline = Date.now() + ANSWER_LIMIT; ; ) {
			await this.page.keyboard.press('Control+.');
			try {
				return await action.waitFor({ timeout: MENU_LIMIT });
			} catch (error) {
				if (Date.now() > deadline) {
					throw error;
				}
				await this.page.keyboard.press('Escape');
			}
		}
	}

	/** Moves the mouse onto the status bar item and returns its tooltip's text. */
	async tooltip() {
		await this.status.first().hover();
		const hover = this.workbench.hover();
		await hover.waitFor({ timeout: ANSWER_LIMIT });
		return (await hover.allInnerTexts()).join('\n');
	}
}

/**
 * Waits for something that no event tells, within thirty seconds.
 *
 * @param {() => boolean | Promise<boolean>} condition
 * @param {string} otherwise What is said where it does not come.
 */
export async function until(condition, otherwise) {
	for (let tries = 0; tries < 600; tries++) {
		if (await condition()) {
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(otherwise);
}
