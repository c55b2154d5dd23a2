/** What was copied in an editor, as context: only real keys copy as the editor's own providers hear it. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

const LIMIT = 30_000;
/** Nothing but what was copied may bring the other file into the prompt. */
const sources = { imports: false, recent: false, similar: false, edits: false, problems: false };

describe('what was copied', () => {
	const session = useWorkbench(() => ({
		'familiar.completion.context': { ...sources, copied: true },
	}));

	/** What the inspector shows first: the newest request. */
	async function inspected() {
		const { workbench } = session;
		const lines = workbench.page.locator('.editor-instance .view-lines').last();
		await lines.getByText('Completions that were asked for').waitFor({ timeout: LIMIT });
		return (await lines.textContent()).replaceAll('\u00a0', ' ');
	}

	it('stands in the next prompts', async () => {
		const { workbench, familiar } = session;
		const { keyboard } = workbench.page;
		const lines = familiar.read('src/cart.ts').split('\n');
		await workbench.openFile('cart.ts');
		await workbench.goto(lines.findIndex((line) => line.includes('countOf')) + 1, 1);
		await keyboard.press('Shift+ArrowDown');
		await keyboard.press('Shift+ArrowDown');
		await keyboard.press('Control+C');
		await workbench.openFile('app.ts');
		await workbench.runCommand('Familiar: Inspect Completions');
		const at = familiar.read('src/app.ts').split('\n').indexOf('export function main(): string {') + 2;
		let text = '';
		// Nothing tells when the context of a place has been gathered: asked line after line.
		for (const deadline = Date.now() + LIMIT; !/Context: copied 1 \(/.test(text) && Date.now() < deadline; ) {
			await workbench.goto(at, 1);
			await keyboard.press('Enter');
			await keyboard.press('ArrowUp');
			await keyboard.type('const count = ', { delay: 25 });
			await keyboard.press('Escape');
			await workbench.runCommand('Familiar: Complete Here');
			text = await inspected();
		}
		await workbench.shot('copied text in the prompt');
		assert.match(text, /Context: copied 1 \(/);
	});
});
