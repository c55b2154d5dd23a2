/**
 * Opens the chat's panel in real VS Codes: in each first with a panel that was never there, then again and again after
 * another view was in its place. Prints the milliseconds as its last line, in JSON.
 *
 *     node panelOpen.mjs WINDOWS TIMES
 *
 * From the key that runs the command to the first frame drawn with the panel's input in focus, both by the clock of the
 * browser. Looking whether it is there costs a few of these milliseconds.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSample } from '../../scripts/sample.mjs';
import { Workbench } from '../host/driver.mjs';
import { Familiar } from '../ui/familiar.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TITLE = 'Familiar: Open Chat';
/** Milliseconds for a view to be there, at most. */
const LIMIT = 60_000;
const TYPED = 'What is this?';

/** Milliseconds from the key to the frame. */
async function open({ workbench, chat, page }) {
	await workbench.quickInput(`>${TITLE}`);
	await page.locator('.quick-input-list .monaco-list-row', { hasText: TITLE }).first().waitFor();
	const pressed = page.evaluate(
		() =>
			new Promise((resolve) => {
				const onKey = () => resolve(performance.timeOrigin + performance.now());
				window.addEventListener('keydown', onKey, { capture: true, once: true });
			}),
	);
	// The listener is there once the page answers the next question.
	await page.evaluate(() => undefined);
	await page.keyboard.press('Enter');
	const input = chat.locator('.composer textarea:focus');
	await input.waitFor({ timeout: LIMIT });
	const drawn = await input.evaluate(
		() =>
			new Promise((resolve) => {
				requestAnimationFrame(() => {
					// A task behind the frame: it is drawn then.
					setTimeout(() => resolve(performance.timeOrigin + performance.now()));
				});
			}),
	);
	return drawn - (await pressed);
}

/** What is typed arrives in the input, and is taken out again. */
async function check({ chat, page }) {
	await page.keyboard.type(TYPED);
	const typed = await chat.locator('.composer textarea').inputValue();
	if (typed !== TYPED) {
		throw new Error(`The panel's input has ${JSON.stringify(typed)} instead of ${JSON.stringify(TYPED)}.`);
	}
	await chat.locator('.composer textarea').fill('');
}

async function measure(times) {
	const sample = makeSample();
	const workbench = await Workbench.open({
		extensionDevelopmentPath: [root],
		workspace: sample.workspace,
		userDataDir: sample.userData,
		extensionsDir: sample.extensions,
	});
	const familiar = new Familiar(workbench, sample.workspace);
	const window = { workbench, chat: familiar.chat, page: workbench.page };
	try {
		await familiar.ready();
		const cold = await open(window);
		await check(window);
		const warm = [];
		for (let time = 0; time < times; time++) {
			await workbench.openView('Explorer');
			await workbench.page.locator('iframe.webview').waitFor({ state: 'hidden', timeout: LIMIT });
			warm.push(await open(window));
			await check(window);
		}
		return { cold, warm };
	} finally {
		await workbench.close();
		sample.remove();
	}
}

const [windows, times] = process.argv.slice(2).map(Number);
const cold = [];
const warm = [];
for (let window = 0; window < windows; window++) {
	const measured = await measure(times);
	cold.push(measured.cold);
	warm.push(...measured.warm);
}
console.log(JSON.stringify({ cold, warm }));
process.exit(0);
