/** Ghost text beside the editor's own list of suggestions: it goes on from the selected item, or is not there. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

/** Milliseconds for the language service to start and answer. */
const SERVICE_LIMIT = 60_000;
/** Milliseconds for one list, or one ghost text that comes at all. */
const LIMIT = 3_000;

/** What is typed, up to the part that the item in the list completes. The starter has something to add in one of them. */
const PLACES = [
	{ typed: 'const names = items.', part: 'ma', item: 'map' },
	{ typed: 'console.', part: 'l', item: 'log' },
	{ typed: 'const dear = items.', part: 'filt', item: 'filter' },
	{ typed: 'items.', part: 'forE', item: 'forEach' },
	{ typed: 'const all = items.', part: 'red', item: 'reduce' },
];

describe('ghost text beside the list of suggestions', () => {
	const session = useWorkbench(() => ({ 'editor.hover.enabled': 'off' }));

	before(async () => {
		const { workbench, familiar } = session;
		await workbench.openFile('app.ts');
		const line = familiar.read('src/app.ts').split('\n').indexOf('export function main(): string {') + 1;
		await workbench.goto(line + 1, 1);
		await workbench.page.keyboard.press('Enter');
		await workbench.page.keyboard.press('ArrowUp');
	});

	/** What the line begins with. */
	let marker = '';

	const list = () => session.workbench.page.locator('.suggest-widget.visible');

	/** The selected item of the list that is open; undefined where none is. */
	async function selected() {
		const label = list().locator('.monaco-list-row.focused .label-name');
		return (await label.count()) === 0 ? undefined : label.first().textContent();
	}

	/** The line of the cursor, ghost text included. */
	async function line() {
		const { workbench } = session;
		const lines = (await workbench.text()).split('\n');
		const found = lines.filter((text) => text.includes(marker));
		assert.equal(found.length, 1, lines.join('\n'));
		return found[0];
	}

	const nextFrame = () => session.workbench.page.evaluate(() => new Promise(requestAnimationFrame));

	/** Types over the line, until the item is selected in the list. */
	async function typeUntilSelected({ typed, part, item }) {
		const { page } = session.workbench;
		marker = typed;
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Home');
		await page.keyboard.press('Shift+End');
		await page.keyboard.type(typed + part, { delay: 25 });
		const row = list().locator('.monaco-list-row.focused .label-name', { hasText: new RegExp(`^${item}$`) });
		for (const deadline = Date.now() + SERVICE_LIMIT; ; ) {
			try {
				return await row.waitFor({ timeout: LIMIT });
			} catch (error) {
				if (Date.now() > deadline) {
					throw error;
				}
				// While the language service starts, the list has words of the file, or nothing.
				await page.keyboard.press('Escape');
				await page.keyboard.press('Control+Space');
			}
		}
	}

	/**
	 * With the list open: the ghost text begins with what the selected item completes.
	 *
	 * @returns {Promise<string | undefined>} The line with its ghost text; undefined where none comes.
	 */
	async function check() {
		const { workbench } = session;
		const item = await selected();
		assert.ok(item !== undefined, 'the list is open');
		// What the item before had may still be drawn for a moment, or be gone without one of this item's yet.
		for (const deadline = Date.now() + LIMIT; ; await nextFrame()) {
			const shown = await line();
			const rest = await workbench.ghostText();
			if (rest !== '' && shown.trimStart().startsWith(marker + item)) {
				assert.equal(await selected(), item);
				return shown;
			}
			if (Date.now() > deadline) {
				assert.equal(rest, '', `${item} is selected, and the line says ${shown}`);
				return undefined;
			}
		}
	}

	/** Selects another item; false where there is none. */
	async function selectNext() {
		const { page } = session.workbench;
		if ((await list().locator('.monaco-list-row').count()) < 2) {
			return false;
		}
		const before = await selected();
		await page.keyboard.press('ArrowDown');
		await page.waitForFunction((label) => {
			const row = document.querySelector('.suggest-widget.visible .monaco-list-row.focused .label-name');
			return row !== null && row.textContent !== label;
		}, before);
		return true;
	}

	it('goes on from the selected item, whichever it is, or is none', async () => {
		const { workbench } = session;
		let together = 0;
		let next = 0;
		for (const place of PLACES) {
			await typeUntilSelected(place);
			if ((await check()) !== undefined) {
				together++;
				await workbench.shot('ghost text beside suggestions');
			}
			for (let more = 0; more < 2 && (await selectNext()); more++) {
				next += (await check()) === undefined ? 0 : 1;
			}
		}
		assert.ok(together > 0, 'ghost text and the list were never there together');
		assert.ok(next > 0, 'no ghost text for any item but the first');
	});

	it('leaves Tab to the list, and stays for the next one', async () => {
		const { workbench } = session;
		const { keyboard } = workbench.page;
		for (const place of PLACES) {
			await typeUntilSelected(place);
			const shown = await check();
			if (shown === undefined) {
				continue;
			}
			await keyboard.press('Tab');
			await list().waitFor({ state: 'hidden' });
			await workbench.ghost().first().waitFor({ timeout: LIMIT });
			await workbench.shot('ghost text after the suggestion');
			assert.equal(await line(), shown, 'nothing of what was shown is lost');
			const item = `${place.typed}${place.item}`;
			const rest = await workbench.ghostText();
			assert.equal(shown.trimStart(), item + rest.split('\n', 1)[0], 'and Tab took the item, no more');
			await session.familiar.accept();
			assert.equal(await line(), shown);
			return;
		}
		assert.fail('the model has nothing to add behind any of the items');
	});
});
