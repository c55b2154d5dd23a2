/** The chat in light, dark and high contrast, narrow and wide: all of it fits, can be read, and shows where the focus is. */
import assert from 'node:assert/strict';
import { flawsOf, focusOf } from '../support/looks.mjs';
import { scriptedModel, writeConversation } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

/** Themes of VS Code for a light and for a dark system, with what the page says when one is there. */
const THEMES = [
	[
		['Light 2026', 'light', '.vscode-light'],
		['Dark 2026', 'dark', '.vscode-dark'],
	],
	[
		['Default High Contrast Light', 'light', '.vscode-high-contrast-light'],
		['Default High Contrast', 'dark', '.vscode-high-contrast:not(.vscode-high-contrast-light)'],
	],
];
/** Pixels of the side bar. */
const WIDTHS = [300, 900];
/** What must not be scrolled sideways. */
const BOXES = '.transcript, .turn, .turn-body, .composer, .chip-list, .history, .history-list, .history-row';

/** Longest way around with Tab. */
const MOST = 80;

const answer = [
	'## How the discount is reckoned',
	'The sum is `total(items)`, and **from one hundred on** a tenth less [1]. See [the manual](https://example.com/cart).',
	'- `countOf` counts pieces [2]',
	'- a path: `src/very/long/path/that/does/not/fit/into/a/narrow/side/bar/discountCalculation.ts`',
	'> What is quoted stands back.',
	'| Sum | Discount |\n| --- | --- |\n| below 100 | none |\n| from 100 on | a tenth |',
	`\`\`\`ts\n/** Adds tax. */\nexport function withTax(sum: number, rate = 0.19): number {\n\treturn sum * (1 + rate); // ${'long '.repeat(20)}\n}\n\`\`\``,
].join('\n\n');

const found = (file, firstLine) => ({
	...{ kind: 'found', label: `${file}:${firstLine}-${firstLine + 1}`, path: file, language: 'typescript' },
	...{ firstLine, text: 'one\ntwo' },
});

for (const themes of THEMES) {
	describe(`the looks of the chat, ${themes.map(([name]) => name).join(' and ')}`, () => {
		const session = useWorkbench((sample) => {
			const question = {
				task: 'question',
				text: '#codebase How is the discount reckoned?',
				attachments: [found('src/cart.ts', 10), found('src/cart.ts', 19), found('src/app.ts', 1)],
			};
			const other = { task: 'question', text: `And in ${'one_very_long_word_'.repeat(8)}?` };
			const usage = { used: 1_204, size: 2_048, leftOut: 2, linesCut: 12 };
			writeConversation(sample, 'latest', [
				{ id: 'q', role: 'user', text: question.text, question },
				{ id: 'a', role: 'assistant', text: 'It is a tenth.' },
				{ id: 'b', role: 'assistant', text: answer, usage, parent: 'q' },
				{ id: 'r', role: 'user', text: other.text, question: other },
				{ id: 'c', role: 'assistant', text: 'It is the same', state: 'stopped' },
				{ id: 's', role: 'user', text: 'Once more', question: { task: 'question', text: 'Once more' } },
				{
					...{ id: 'd', role: 'assistant', text: '', state: 'failed', usage },
					...{ note: 'The model host ended: out of memory.', remedies: ['use-cpu', 'show-log', 'restart'] },
				},
			]);
			const old = {
				task: 'question',
				text: 'How do I sort a list that is far too long for the memory of this machine?',
			};
			writeConversation(sample, 'older', [
				{ id: 'q', role: 'user', text: old.text, question: old, time: 1_700_000_000_000 },
				{ id: 'a', role: 'assistant', text: 'Use a heap.', time: 1_700_000_001_000 },
			]);
			const [light, dark] = themes.map(([name]) => name);
			return {
				...scriptedModel(sample, 'answeringHost'),
				'window.autoDetectColorScheme': true,
				'workbench.preferredLightColorTheme': light,
				'workbench.preferredDarkColorTheme': dark,
			};
		});
		const chat = () => session.familiar.chat;

		before(async () => {
			const { familiar } = session;
			await familiar.page.setViewportSize({ width: 1400, height: 1300 });
			await familiar.openChat();
			await familiar.answers().last().waitFor();
			await chat().locator('.sources summary').first().click();
			await chat().locator('.composer textarea').fill('#file:src/cart.ts #file:gone.ts what is it?');
			await chat().locator('.chip.refused').waitFor();
		});

		/**
		 * As the system does it; again where the workbench has not heard: what the system has from the start is no change, and the
		 * theme of the settings may come later than the first look at it.
		 */
		async function setTheme(colorScheme, mark) {
			const { page } = session.familiar;
			for (let tries = 3; ; tries--) {
				await page.emulateMedia({ colorScheme });
				try {
					await chat().locator(`body${mark}`).waitFor({ timeout: 10_000 });
					return;
				} catch (error) {
					if (tries === 0) {
						throw error;
					}
					await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' });
				}
			}
		}

		/** Moves the sash between the side bar and the editor. */
		async function setWidth(width) {
			const { mouse } = session.familiar.page;
			const bar = await session.familiar.page.locator('.part.sidebar').boundingBox();
			await mouse.move(bar.x + bar.width, bar.y + bar.height / 2);
			await mouse.down();
			await mouse.move(bar.x + width, bar.y + bar.height / 2, { steps: 4 });
			await mouse.up();
			await chat()
				.locator('body')
				.evaluate(
					(body, [least, most]) =>
						new Promise((resolve) => {
							const look = () =>
								body.clientWidth >= least && body.clientWidth <= most
									? resolve()
									: requestAnimationFrame(look);
							look();
						}),
					[width - 20, width],
				);
		}

		async function assertFits() {
			const { texts, flaws } = await flawsOf(chat(), BOXES);
			assert.deepEqual(flaws, []);
			return texts;
		}

		for (const [name, colorScheme, mark] of themes) {
			it(`fits and can be read in ${name}`, async () => {
				await setTheme(colorScheme, mark);
				for (const width of WIDTHS) {
					await setWidth(width);
					await session.workbench.shot(`chat ${name} ${width}`);
					const texts = await assertFits();
					assert.ok(texts > 60, `${texts} texts`);
				}
			});

			it(`shows the focus of the keyboard on every control in ${name}`, async () => {
				await chat().locator('.composer textarea').focus();
				const seen = [];
				const flaws = [];
				for (let count = 0; count < MOST; count++) {
					await session.familiar.page.keyboard.press('Shift+Tab');
					const { name: control, flaw } = await focusOf(chat());
					if (control.startsWith('body')) {
						break;
					}
					seen.push(control);
					flaws.push(...(flaw === undefined ? [] : [flaw]));
				}
				assert.ok(seen.length > 15, seen.join('\n'));
				assert.deepEqual(flaws, []);
			});

			it(`fits and can be read in the history in ${name}`, async () => {
				await session.workbench.runCommand('Familiar: Show Chat History');
				await chat().locator('.history-row').nth(1).waitFor();
				for (const width of WIDTHS.toReversed()) {
					await setWidth(width);
					await chat().locator('.history-row').nth(1).hover();
					await session.workbench.shot(`chat history ${name} ${width}`);
					await assertFits();
				}
				await session.familiar.page.keyboard.press('Escape');
			});
		}
	});
}
