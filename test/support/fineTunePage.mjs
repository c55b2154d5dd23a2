/** What a user does with fine-tuning in the workbench: the questions, the panel, the menus and dialogs of adapters. */
import assert from 'node:assert/strict';

/** Milliseconds for what the pretended training and a busy machine may take. */
export const LIMIT = 60_000;

/** Milliseconds for a dialog to close. */
const DIALOG_LIMIT = 5_000;

export class FineTunePage {
	/**
	 * @param {{ workbench: import('../host/driver.mjs').Workbench }} session The workbench may come later.
	 * @param {number} [limit] Milliseconds for what takes longest.
	 */
	constructor(session, limit = LIMIT) {
		this.session = session;
		this.limit = limit;
	}

	get workbench() {
		return this.session.workbench;
	}

	panel() {
		return this.workbench.webview();
	}

	button(name) {
		return this.panel().getByRole('button', { name, exact: true });
	}

	/** Rows of the menu that is open. */
	rows() {
		return this.workbench.page.locator('.quick-input-list .monaco-list-row');
	}

	dialog() {
		return this.workbench.page.locator('.monaco-dialog-box');
	}

	phase(text) {
		return this.panel().locator('.phase', { hasText: text }).waitFor({ timeout: this.limit });
	}

	/** A screenshot when what moves has arrived. */
	async shot(name) {
		await this.workbench.page.evaluate(() =>
			Promise.all(
				document
					.getAnimations()
					.filter(({ effect }) => effect.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
					.map(({ finished }) => finished.catch(() => undefined)),
			),
		);
		await this.workbench.shot(name);
	}

	/** A notification with this text; waits for it. */
	async told(text) {
		const toast = this.workbench.toast(text);
		await toast.waitFor({ timeout: this.limit });
		return toast;
	}

	/** Puts every notification away, so that the next is seen alone. */
	async hideNotifications() {
		const { page } = this.workbench;
		await this.workbench.runCommand('Notifications: Clear All Notifications');
		await this.workbench.toast('').first().waitFor({ state: 'detached' });
		// A menu that opens while one closes is closed with it.
		await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
	}

	/** The step that the panel shows; 0 before the first. */
	async shownStep() {
		const text = await this.panel()
			.locator('.figures dd')
			.first()
			.textContent({ timeout: 1_000 })
			.catch(() => '');
		return Number(/^(\d+) of/.exec(text)?.[1] ?? 0);
	}

	async step(least) {
		for (let tries = 0; tries < this.limit / 50 && (await this.shownStep()) < least; tries++) {
			await this.workbench.page.waitForTimeout(50);
		}
		assert.ok((await this.shownStep()) >= least);
	}

	/**
	 * Runs the command and answers its questions, up to the one that starts.
	 *
	 * @param {string} [time] What the answer to "how long" says.
	 * @param {() => Promise<void>} [meanwhile] Done while the answers are shown.
	 */
	async ask(time = 'a quick look', meanwhile = async () => undefined) {
		await this.workbench.runCommand('Familiar: Fine-tune on This Workspace');
		const answer = this.rows().filter({ hasText: time });
		// A workspace's first audit is shown before anything is asked.
		const goOn = this.button('Continue to the Fine-Tune…');
		const isShown = goOn.waitFor({ timeout: this.limit }).then(
			() => true,
			() => false,
		);
		const isAsked = answer.waitFor({ timeout: this.limit }).then(() => false);
		// The one that loses waits on, and nobody hears of it.
		isAsked.catch(() => undefined);
		if (await Promise.race([isShown, isAsked])) {
			await goOn.click();
			await answer.waitFor({ timeout: this.limit });
		}
		await meanwhile();
		await answer.click();
		await this.rows().filter({ hasText: 'What fills the holes' }).click();
		await this.dialog().waitFor();
	}

	/** Starts a quick look. */
	async start() {
		await this.ask();
		await this.dialog().getByRole('button', { name: 'Start' }).click();
		await this.panel().locator('.run').waitFor({ timeout: this.limit });
	}

	/** Opens Select Adapter. */
	async selectAdapter() {
		await this.workbench.runCommand('Familiar: Select Adapter');
		await this.rows().filter({ hasText: 'Import an adapter' }).waitFor({ timeout: this.limit });
	}

	/** Opens Select Adapter, and the menu of one adapter in it. */
	async openAdapter(name) {
		await this.selectAdapter();
		await this.rows().filter({ hasText: name }).click();
		await this.rows().filter({ hasText: 'Delete…' }).waitFor({ timeout: this.limit });
	}

	/**
	 * Answers VS Code's dialog for files and folders, which is a menu with a path.
	 *
	 * @param {string} button The label of the one that accepts.
	 * @param {string} place Absolute path; a folder ends in a slash.
	 */
	async choosePath(button, place) {
		const widget = this.workbench.page.locator('.quick-input-widget');
		const accept = widget.getByRole('button', { name: button, exact: true });
		// Not by the row's text: a row that showed another list before may keep that one's heading, hidden.
		const parent = widget.locator('.monaco-list-row').getByText('..', { exact: true });
		const input = widget.locator('input[type=text]').first();
		await accept.waitFor({ timeout: this.limit });
		// The list is there before the path is; the dialog writes that, and would write over what is typed.
		await parent.waitFor({ timeout: this.limit });
		await input.fill(place);
		await parent.waitFor({ timeout: this.limit });
		// While it is still going into the folder, it hears no button.
		for (const deadline = Date.now() + this.limit; ; ) {
			await accept.click();
			try {
				return await widget.waitFor({ state: 'hidden', timeout: DIALOG_LIMIT });
			} catch (error) {
				if (Date.now() > deadline) {
					throw error;
				}
			}
		}
	}

	/** Imports an adapter, up to the answer. */
	async importAdapter(kind, place) {
		await this.workbench.runCommand('Familiar: Import Adapter');
		await this.rows().filter({ hasText: kind }).click();
		await this.choosePath('Import', place);
	}

	/** Waits until the panel lists so many adapters in use. */
	async adaptersInUse(count) {
		const state = count === 0 ? 'detached' : 'attached';
		await this.panel().locator('.adapters li').first().waitFor({ state, timeout: this.limit });
		assert.equal(await this.panel().locator('.adapters li').count(), count);
	}
}
