/** `@familiar` in VS Code's own chat, as a user without any account meets it. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

const LIMIT = 60_000;

describe("VS Code's own chat", () => {
	const session = useWorkbench(() => ({
		'chat.disableAIFeatures': false,
		// Agent mode takes no model that cannot call tools.
		'chat.agent.enabled': false,
	}));

	/** Asks, and waits for the end of the answer. */
	async function ask(question) {
		const { page } = session.workbench;
		const input = page.locator('.interactive-session .interactive-input-part .monaco-editor').first();
		await input.waitFor({ timeout: LIMIT });
		await input.click();
		await page.keyboard.type(question, { delay: 30 });
		// The list of participants and commands would take the key.
		await page.keyboard.press('Escape');
		const answers = page.locator('.interactive-item-container.interactive-response');
		const before = await answers.count();
		await page.keyboard.press('Enter');
		const answer = answers.nth(before);
		await answer.locator('.value p, .value .rendered-markdown').first().waitFor({ timeout: LIMIT });
		await page
			.locator('.interactive-item-container.interactive-response.chat-response-loading')
			.waitFor({ state: 'detached', timeout: LIMIT });
		return (await answer.locator('.value').allTextContents()).join('\n');
	}

	it('answers what is asked of @familiar', async () => {
		const { workbench } = session;
		await workbench.page.keyboard.press('Control+Alt+I');
		const answer = await ask('@familiar function add(a, b) {');
		await workbench.shot('at familiar');
		assert.doesNotMatch(answer, /Language model unavailable|Sign in/);
		// The starter model answers some questions with nothing at all, and then that is said.
		assert.match(answer, /\w{2}/);
	});

	it('says what is not read', async () => {
		const { workbench } = session;
		const answer = await ask('/explain ');
		await workbench.shot('at familiar explain');
		assert.match(answer, /Nothing was asked of the model/);
	});
});
