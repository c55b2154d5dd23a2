/** What a user does in the workbench, as a page object. Selectors checked against VS Code 1.139.1. */
import fs from 'node:fs';
import path from 'node:path';
import { launch } from './web-host.mjs';

/** Milliseconds for the workbench to appear on a slow, busy machine; 3 to 6 seconds are usual. */
const START_LIMIT = 90_000;
/** Milliseconds for the quick input to be there and to stay. */
const QUICK_INPUT_LIMIT = 30_000;

export class Workbench {
	/**
	 * @param {import('playwright-core').Page} page
	 * @param {string | undefined} shots Folder of shot(); undefined takes none.
	 * @param {() => Promise<void>} close
	 */
	constructor(page, shots, close) {
		this.page = page;
		this.shots = shots;
		this.close = close;
	}

	/** Starts a VS Code of its own; takes launch()'s options and `shots`. */
	static async open(options) {
		const host = await launch(options);
		return Workbench.ready(new Workbench(host.page, options.shots, host.close));
	}

	/** Opens the address of a server that runs already, in a fresh context of a browser. */
	static async visit(context, address, shots) {
		const page = await context.newPage();
		await page.goto(address, { waitUntil: 'domcontentloaded' });
		return Workbench.ready(new Workbench(page, shots, () => context.close()));
	}

	static async ready(workbench) {
		try {
			await workbench.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: START_LIMIT });
			return workbench;
		} catch (error) {
			await workbench.shot('FAILED start').catch(() => undefined);
			await workbench.close();
			throw error;
		}
	}

	/** Writes a screenshot of the page, or of one element in it. */
	async shot(name, clip) {
		if (this.shots !== undefined) {
			fs.mkdirSync(this.shots, { recursive: true });
			await this.page.screenshot({ path: path.join(this.shots, `${name}.png`), ...(clip ? { clip } : {}) });
		}
	}

	statusItem(text) {
		return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
	}

	/** The hover that is open now. */
	hover() {
		return this.page.locator('.monaco-hover:visible, .workbench-hover:visible').last();
	}

	/** Opens the quick input with this text in it; again where something else takes the focus, as an editor that closes does. */
	async quickInput(text) {
		const input = this.page.locator('.quick-input-widget input[type=text]').first();
		for (const deadline = Date.now() + QUICK_INPUT_LIMIT; ; ) {
			await this.page.keyboard.press('F1');
			try {
				await input.waitFor({ timeout: QUICK_INPUT_LIMIT / 4 });
				// Typed, or filled as a user would, it went into an editor that took the focus at that moment.
				await input.evaluate(
					(element, value) => {
						element.value = value;
						element.dispatchEvent(new Event('input', { bubbles: true }));
					},
					text,
					{ timeout: QUICK_INPUT_LIMIT / 8 },
				);
				return;
			} catch (error) {
				if (Date.now() > deadline) {
					throw error;
				}
			}
		}
	}

	/**
	 * Asks for a text in the quick input and presses the row that shows it. Again where there is none: a window that was just
	 * opened may not know all its commands yet (trust is found out after the extensions run), and the list holds what is known
	 * when it is asked; and a page or editor that takes the keyboard late closes the list.
	 */
	async pick(text, shown) {
		const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: shown }).first();
		for (const deadline = Date.now() + START_LIMIT; ; ) {
			await this.quickInput(text);
			try {
				await row.click({ timeout: QUICK_INPUT_LIMIT / 4 });
				return;
			} catch (error) {
				if (Date.now() > deadline) {
					throw error;
				}
				await this.page.keyboard.press('Escape');
			}
		}
	}

	/** Runs a command by its title, as the command palette shows it. */
	async runCommand(title) {
		await this.pick(`>${title}`, title);
	}

	async openFile(name) {
		await this.pick(name, path.basename(name));
		await this.page.locator('.tab.active', { hasText: path.basename(name) }).waitFor();
		await this.editor().locator('.view-lines').waitFor();
	}

	/** Puts the cursor at a line and column, both counted from 1; without a column, at the line's first character. */
	async goto(line, column = 1) {
		await this.quickInput(`:${line},${column}`);
		await this.page.keyboard.press('Enter');
		await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
	}

	editor() {
		return this.page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
	}

	/** The lines that the editor shows, ghost text included. */
	async text() {
		const lines = await this.editor()
			.locator('.view-line')
			.evaluateAll((elements) => {
				const placed = elements.map((element) => [Number.parseFloat(element.style.top), element.textContent]);
				return placed.sort(([left], [right]) => left - right).map(([, line]) => line);
			});
		return plain(lines.join('\n'));
	}

	ghost() {
		return this.editor().locator('.ghost-text-decoration, .ghost-text');
	}

	/** The ghost text that is shown now; empty when there is none. */
	async ghostText() {
		return plain((await this.ghost().allTextContents()).join(''));
	}

	toast(text) {
		return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
	}

	async openView(label) {
		await this.page.locator(`.activitybar a[aria-label^="${label}"]`).first().click();
	}

	/** The document inside a webview: outer iframe.webview, inner iframe#active-frame. */
	webview() {
		return this.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
	}

	/** The menu of quick fixes. VS Code keeps a second, hidden one. */
	codeActions(text) {
		return this.page.locator('.action-widget .monaco-list-row', { hasText: text }).first();
	}
}

/** The editor draws spaces as U+00A0 and puts zero-width characters into empty lines. */
function plain(text) {
	return text.replaceAll('\u00a0', ' ').replaceAll(/[\u200b-\u200d\ufeff]/g, '');
}
