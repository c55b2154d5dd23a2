/**
 * The way in for whoever has just installed Familiar: an empty chat leads to the walkthrough, which leads to a model, a
 * completion, a question and a fine-tune. What is seen on the way are the walkthrough's pictures: `npm run pictures` takes them.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareFineTune } from '../support/fineTuneSample.mjs';
import { writeConversation } from './scripted.mjs';
import { shots, useWorkbench } from './session.mjs';

/** Where the pictures go. */
const folder = process.env.FAMILIAR_PICTURES ?? path.join(shots, 'walkthrough');

/** The starter answers, but badly: the picture has what a larger model would say. */
const QUESTION = 'What does total do with many items?';
const ANSWER = [
	'It adds `price * count` of every item, and gives a tenth off **from one hundred on**:',
	'```ts\nexport function withDiscount(sum: number): number {\n\treturn sum >= 100 ? sum * 0.9 : sum;\n}\n```',
	'So a thousand items cost one pass over the list, and nothing is kept in memory beside the sum.',
].join('\n\n');

describe('the walkthrough', () => {
	const session = useWorkbench((sample) => {
		const attachments = [
			{
				...{ kind: 'found', label: 'src/cart.ts:9-16', path: 'src/cart.ts', language: 'typescript' },
				...{ firstLine: 9, text: 'export function total' },
			},
		];
		writeConversation(sample, 'earlier', [
			{
				...{ id: 'q', role: 'user', text: QUESTION },
				question: { task: 'question', text: QUESTION, attachments },
			},
			{ id: 'a', role: 'assistant', text: ANSWER },
		]);
		return {
			...prepareFineTune(sample),
			'workbench.preferredLightColorTheme': 'Light Modern',
			'workbench.preferredDarkColorTheme': 'Dark Modern',
			'workbench.colorTheme': 'Dark Modern',
			'editor.minimap.enabled': false,
		};
	});
	const user = new FineTunePage(session);
	const page = () => session.workbench.page;
	const steps = () => page().locator('.gettingStartedContainer .getting-started-step');
	const step = (title) => steps().filter({ hasText: title });

	/** A list that opens while another closes is closed with it. */
	const dismiss = async () => {
		await page().keyboard.press('Escape');
		await page().locator('.quick-input-widget').waitFor({ state: 'hidden' });
	};
	const open = async () => {
		await session.workbench.runCommand('Familiar: Get Started');
		await steps().first().waitFor();
	};
	const expand = async (title) => {
		if ((await step(title).getAttribute('class'))?.includes('expanded') !== true) {
			await step(title).click();
		}
		await page().locator('.getting-started-step.expanded', { hasText: title }).waitFor();
	};

	/** A picture of a part of the window. */
	async function picture(name, kind, place, [width, height]) {
		const box = await place.boundingBox();
		assert.ok(box, name);
		fs.mkdirSync(folder, { recursive: true });
		await page().screenshot({
			path: path.join(folder, `${name}-${kind}.png`),
			clip: { ...box, width: Math.min(box.width, width), height: Math.min(box.height, height) },
		});
	}

	/** In both themes, the dark one first. */
	async function both(name, look, place, most) {
		for (const kind of ['dark', 'light']) {
			const theme = page().locator(`.monaco-workbench.${kind === 'dark' ? 'vs-dark' : 'vs'}`);
			if ((await theme.count()) === 0) {
				await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
				await theme.waitFor();
			}
			await look();
			await picture(name, kind, place(), most);
			await dismiss();
		}
	}

	/** Moves the sash beside the side bar. */
	async function widen(width) {
		const { mouse } = page();
		const bar = await page().locator('.part.sidebar').boundingBox();
		await mouse.move(bar.x + bar.width, bar.y + bar.height / 2);
		await mouse.down();
		await mouse.move(bar.x + width, bar.y + bar.height / 2, { steps: 4 });
		await mouse.up();
	}

	it('is where an empty chat leads to, and to a model while the starter is in use', async () => {
		await session.familiar.openChat();
		await session.workbench.runCommand('Familiar: New Chat');
		const { chat } = session.familiar;
		await chat.getByRole('button', { name: 'Select a Model' }).first().waitFor();
		await session.workbench.shot('chat empty starter');
		await chat.getByRole('button', { name: 'Select a Model' }).first().click();
		await user.rows().filter({ hasText: 'Starter model' }).waitFor();
		await dismiss();
		await chat.getByRole('button', { name: 'Get Started' }).click();
		await page().getByText('Get Started with Familiar').first().waitFor();
		assert.deepEqual(
			(await steps().locator('.step-title').allInnerTexts()).map((title) => title.trim()),
			['Choose a model', 'Accept a first completion', 'Ask a first question', 'Fine-tune on your code'],
		);
		await session.workbench.shot('walkthrough');
		// Beside a wide enough page, each step has its picture.
		await session.workbench.runCommand('View: Toggle Primary Side Bar Visibility');
		const shown = page().locator('.gettingStartedContainer .getting-started-media img');
		await shown.waitFor();
		assert.match((await shown.getAttribute('alt')) ?? '', /^The list of models/);
		await shown.evaluate((image) => image.decode());
		await session.workbench.shot('walkthrough with its picture');
		await session.workbench.runCommand('View: Toggle Primary Side Bar Visibility');
	});

	it('begins with the list of models', async () => {
		await open();
		await expand('Choose a model');
		await step('Choose a model').getByRole('button', { name: 'Select Model' }).click();
		await user.rows().filter({ hasText: 'recommended for' }).first().waitFor();
		await dismiss();
		// A page that gets the keyboard back late would close the list.
		await session.workbench.runCommand('View: Close All Editors');
		await steps().first().waitFor({ state: 'detached' });
		await both(
			'model',
			async () => {
				await session.workbench.runCommand('Familiar: Select Model');
				await user.rows().filter({ hasText: 'recommended for' }).first().waitFor();
			},
			() => page().locator('.quick-input-widget'),
			[600, 400],
		);
	});

	it('goes on to a completion, and knows when one was taken', async () => {
		const { familiar, workbench } = session;
		await workbench.runCommand('View: Close All Editors');
		const { ghost } = await familiar.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await both(
			'completion',
			async () => {
				if ((await workbench.ghost().count()) === 0) {
					await workbench.runCommand('Familiar: Complete Here');
					await workbench.ghost().first().waitFor();
				}
			},
			() => workbench.editor(),
			[560, 440],
		);
		await workbench.runCommand('Familiar: Complete Here');
		await workbench.ghost().first().waitFor();
		await familiar.accept();
		await open();
		await step('Accept a first completion').locator('.complete').first().waitFor({ state: 'attached' });
	});

	it('to a question in the chat', async () => {
		const { familiar } = session;
		await open();
		await expand('Ask a first question');
		await step('Ask a first question').getByRole('button', { name: 'Open Chat' }).click();
		await familiar.chat.locator('textarea').waitFor();
		for (const question of ['What does a for loop do in JavaScript?', 'What is an array?']) {
			if ((await familiar.answerTo(() => familiar.ask(question))) !== '') {
				break;
			}
		}
		await session.workbench.runCommand('Familiar: Show Chat History');
		await familiar.chat.locator('.history-title', { hasText: QUESTION }).click();
		await familiar.chat.locator('.turn.assistant', { hasText: 'from one hundred on' }).waitFor();
		await widen(460);
		await both(
			'question',
			// The page follows the theme.
			() => page().waitForTimeout(300),
			() => page().locator('.part.sidebar'),
			[460, 700],
		);
		await widen(300);
		await open();
		await step('Ask a first question').locator('.complete').first().waitFor({ state: 'attached' });
		await session.workbench.shot('walkthrough half done');
	});

	it('and to a fine-tune', async () => {
		await open();
		await expand('Fine-tune on your code');
		await step('Fine-tune on your code').getByRole('button', { name: 'Fine-tune on This Workspace' }).click();
		await user.button('Continue to the Fine-Tune…').click({ timeout: LIMIT });
		await user.rows().filter({ hasText: 'a quick look' }).click();
		await user.rows().filter({ hasText: 'What fills the holes' }).click();
		await user.dialog().getByRole('button', { name: 'Start' }).click();
		await user.panel().locator('.run').waitFor({ timeout: LIMIT });
		await user.step(120);
		await user.button('Pause').click();
		await user.phase('Paused');
		await user.hideNotifications();
		await both(
			'fine-tune',
			// A frame for the picture of the curve, which follows the theme.
			() => page().waitForTimeout(300),
			() => page().locator('.editor-group-container.active .editor-container').first(),
			[924, 560],
		);
		await open();
		await step('Fine-tune on your code').locator('.complete').first().waitFor({ state: 'attached' });
	});
});
