/**
 * `npm run demo`: drives VS Code with the packaged extension as a user would, headless, prints what happened with timings,
 * and writes the screenshots that the README shows. `--screenshots FOLDER` writes them elsewhere.
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './install.mjs';

const { values } = parseArgs({ options: { screenshots: { type: 'string' } } });

try {
	ensureInstalled();
	await demonstrate(path.resolve(values.screenshots ?? path.join(root, 'media/screenshots')));
} catch (error) {
	console.error(error);
	process.exitCode = 1;
}

/** Runs one step and prints how long it took. */
async function step(title, run) {
	const start = Date.now();
	const outcome = await run();
	console.log(
		`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s  ${title}${outcome ? `: ${outcome}` : ''}`,
	);
}

async function demonstrate(shots) {
	const { packageExtension } = await import('./package.mjs');
	const { makeSample } = await import('./sample.mjs');
	const { installExtension } = await import('../test/host/server.mjs');
	const { Workbench } = await import('../test/host/driver.mjs');
	const { Familiar } = await import('../test/ui/familiar.mjs');
	const sample = makeSample();
	let workbench;
	console.log(`network interfaces: ${Object.keys(os.networkInterfaces()).join(' ')}`);
	try {
		await step('the extension is packaged', async () =>
			path.basename(await packageExtension({ reuse: true })),
		);
		await step('and installed into a fresh VS Code', async () => {
			const vsix = await packageExtension({ reuse: true, log: () => undefined });
			await installExtension({ vsix, userDataDir: sample.userData, extensionsDir: sample.extensions });
		});
		await step('the workbench is open', async () => {
			workbench = await Workbench.open({
				workspace: sample.workspace,
				userDataDir: sample.userData,
				extensionsDir: sample.extensions,
				shots,
				settings: {
					// The same question gets the same answer.
					'familiar.chat.temperature': 0,
					// The editor's own list of words would take Tab from the next edit.
					'editor.quickSuggestions': { other: 'off' },
				},
			});
		});
		await use(workbench, new Familiar(workbench, sample.workspace));
		console.log(`demo: done; screenshots in ${path.relative(root, shots)}`);
	} catch (error) {
		await workbench?.shot('FAILED').catch(() => undefined);
		throw error;
	} finally {
		await workbench?.close();
		sample.remove();
	}
}

async function use(workbench, familiar) {
	await step('the model is ready', () => familiar.ready());
	await step('typing a function shows ghost text', async () => {
		const { ghost, milliseconds } = await familiar.typeUntilGhostText();
		await workbench.shot('ghost-text');
		return `${JSON.stringify(ghost)} ${milliseconds} ms after the last key`;
	});
	await step('Tab accepts it', () => familiar.accept());
	await step('the status bar says what runs', async () => {
		const text = await familiar.tooltip();
		await workbench.shot('status');
		return text.replaceAll(/\s*\n\s*/g, '; ');
	});
	await step('the quick fix menu offers Familiar on a type error', async () => {
		await familiar.openQuickFixes();
		await workbench.shot('quick-fix');
	});
	await step('"Fix with Familiar" is answered', async () => {
		return excerpt(await familiar.answerTo(() => workbench.codeActions('Fix with Familiar').click()));
	});
	await step('"Explain" of a function is answered in the chat', async () => {
		await workbench.openFile('cart.ts');
		await workbench.goto(familiar.lineOf('src/cart.ts', 'function total'), 20);
		const answer = await familiar.answerTo(() => workbench.runCommand('Familiar: Explain'));
		await workbench.shot('chat-answer');
		return excerpt(answer);
	});
	await step('a parameter renamed by hand is proposed at its next use', async () => {
		const line = familiar.lineOf('src/cart.ts', 'function total(items');
		await workbench.openFile('cart.ts');
		await familiar.typeOver(line, 'export function total('.length + 1, 'items'.length, 'goods');
		await familiar.untilDrawn('goods', 'item of');
		await workbench.shot('next-edit');
		await workbench.page.keyboard.press('Tab');
		await workbench
			.editor()
			.locator('.view-line', { hasText: /item.of.goods/ })
			.waitFor();
	});
	await step('"#codebase" is answered with its sources', async () => {
		await workbench.runCommand('Familiar: New Chat');
		await familiar.chat.locator('.turn').first().waitFor({ state: 'detached' });
		await familiar.chat.locator('textarea').fill('#codebase Where is the discount of a cart?');
		const answer = await familiar.answerTo(() => familiar.chat.locator('textarea').press('Enter'));
		const sources = familiar.chat.locator('.turn.assistant .sources').last();
		await sources.locator('summary').press('Enter');
		await sources.locator('.source').first().waitFor();
		await workbench.shot('chat-sources');
		return excerpt(answer);
	});
	await step('what became of the completions is counted', async () => {
		await workbench.runCommand('Familiar: Show Completion Statistics');
		await workbench.webview().getByText('Accepted').first().waitFor();
		await workbench.shot('statistics');
	});
}

function excerpt(answer) {
	const line = answer.replaceAll(/\s+/g, ' ');
	return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}
