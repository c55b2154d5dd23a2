/** Ghost text as a user meets it: real keys in a real editor. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

/** The editor indents by itself, so whitespace is not compared. */
const squash = (text) => text.replaceAll(/\s/g, '');

describe('ghost text', () => {
	const session = useWorkbench();

	it('appears while typing, and Tab accepts exactly what was shown', async () => {
		const { workbench, familiar } = session;
		const original = familiar.read('src/app.ts');
		const { ghost, typed } = await familiar.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await workbench.shot('ghost text');
		await familiar.accept();
		await workbench.shot('ghost text accepted');
		const saved = await familiar.save('src/app.ts');
		const marker = 'export function main(): string {';
		const [before, after] = original.split(marker);
		assert.equal(squash(saved), squash(`${before}${typed}${ghost}}${marker}${after}`));
	});

	it('goes away with Escape and leaves the text alone', async () => {
		const { workbench, familiar } = session;
		await workbench.runCommand('View: Revert and Close Editor');
		const { typed } = await familiar.typeUntilGhostText();
		await familiar.page.keyboard.press('Escape');
		await workbench.ghost().first().waitFor({ state: 'hidden' });
		const saved = await familiar.save('src/app.ts');
		assert.ok(squash(saved).includes(`${squash(typed)}}`), saved);
	});
});

describe('status bar item', () => {
	const session = useWorkbench();

	it('names the model and where it runs in its tooltip', async () => {
		const text = await session.familiar.tooltip();
		await session.workbench.shot('status tooltip');
		assert.match(text, /Familiar/);
		assert.match(text, /Runs on (CPU|CUDA|VULKAN|METAL)/);
		assert.match(text, /tokens a second/);
	});
});
