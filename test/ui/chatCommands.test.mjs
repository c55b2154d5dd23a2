/** Slash commands, `#changes` and citations from the input to what can be used. The model is scripted; the rest is real. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { scriptedModel } from './scripted.mjs';
import { useWorkbench } from './session.mjs';

const berth =
	'/** Gives a ship its berth in the harbour. */\nexport function assignBerth(ship: string): string {\n\treturn ship.toUpperCase();\n}\n';

/** What the scripted model writes about berths. */
const BERTHS =
	'export function berthsOf(harbour) {\n  const berths = harbour.berths ?? "none"\n  const free = []\n  for (const berth of berths) {\n    if (berth.ship === undefined) {\n      free.push(berth.name)\n    }\n  }\n  return free.sort()\n}';

describe('slash commands', () => {
	const session = useWorkbench((sample) => {
		const git = (...words) =>
			execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], {
				cwd: sample.workspace,
			});
		const file = path.join(sample.workspace, 'src/harbour.ts');
		fs.writeFileSync(file, `${'// far below\n'.repeat(120)}${berth}`);
		const shop = path.join(sample.workspace, 'node_modules/harbour-master');
		fs.mkdirSync(shop, { recursive: true });
		fs.writeFileSync(
			path.join(shop, 'package.json'),
			'{"name":"harbour-master","version":"1.2.3","license":"MIT"}',
		);
		fs.writeFileSync(path.join(shop, 'index.js'), `// Of harbours.\n${BERTHS}\n`);
		git('init', '-q');
		git('add', '.');
		git('commit', '-q', '-m', 'All of it');
		fs.appendFileSync(path.join(sample.workspace, 'src/todo.ts'), 'export const after = 1;\n');
		return scriptedModel(sample, 'answeringHost');
	});
	const asked = () => session.familiar.chat.locator('.turn.user').last();
	const code = () => session.familiar.answers().last().locator('.code-block code');

	/** Asks about the function `total` of cart.ts, which has seven lines, and waits for the answer. */
	async function askAbout(question, selectedLines = 0) {
		const { familiar, workbench } = session;
		await workbench.openFile('cart.ts');
		await workbench.goto(familiar.lineOf('src/cart.ts', 'export function total'), 1);
		for (let line = 0; line < selectedLines; line++) {
			await familiar.page.keyboard.press('Shift+ArrowDown');
		}
		await workbench.runCommand('Familiar: Open Chat');
		const answer = await familiar.answerTo(() => familiar.ask(question));
		assert.match(await asked().locator('.attachments').textContent(), /src\/cart\.ts:\d+-\d+/);
		return answer;
	}

	it('/tests gives a test file for the function at the cursor', async () => {
		const answer = await askAbout('/tests');
		assert.equal(
			await code().textContent(),
			"import { total } from './cart';\n\ntest('total', () => {});",
			answer,
		);
		await session.workbench.shot('command tests');
	});

	it('/doc gives the code with its comment, which takes the place of the one that stands there', async () => {
		const { familiar, workbench } = session;
		const before = familiar.read('src/cart.ts');
		await askAbout('/doc', 7);
		await workbench.openFile('cart.ts');
		await workbench.goto(1, 1);
		await familiar.chat.getByRole('button', { name: 'Apply to the File' }).last().click();
		const toast = workbench.toast('Apply this change');
		await toast.getByRole('button', { name: 'Apply' }).click();
		await familiar.chat.locator('.code-block .acted').waitFor();
		await workbench.openFile('cart.ts');
		const after = await familiar.save('src/cart.ts');
		assert.equal(after, before.replace(/\/\*\* What all items .*\*\//, '/** Says it. */'));
		await workbench.editor().click();
		await familiar.page.keyboard.press('Control+Z');
		assert.equal(await familiar.save('src/cart.ts'), before);
	});

	it('/review names the line and the function, as a list', async () => {
		const { familiar } = session;
		await askAbout('/review');
		const point = familiar.answers().last().locator('ol > li');
		assert.match(await point.textContent(), /^Line \d+: total\.$/);
	});

	it('/generate with #changes writes for what was changed since the last commit', async () => {
		const { familiar, workbench } = session;
		await familiar.chat.locator('textarea').fill('/generate #changes the same once more');
		await familiar.chat.locator('.chip-list .chip', { hasText: '#changes, 1 file' }).waitFor();
		await familiar.answerTo(() => familiar.chat.locator('textarea').press('Enter'));
		assert.match(await asked().locator('.attachments').textContent(), /#changes, 1 file/);
		assert.equal(await code().textContent(), '// as after\nexport const written = 1;');
		await workbench.shot('command generate changes');
	});

	it('a number in an answer opens the lines that it names', async () => {
		const { familiar, workbench } = session;
		await familiar.chat.locator('textarea').fill('#codebase Which function gives a ship its berth?');
		await familiar.answerTo(() => familiar.chat.locator('textarea').press('Enter'));
		const citation = familiar.answers().last().locator('.turn-body .citation');
		await citation.waitFor();
		assert.match(await citation.getAttribute('aria-label'), /^Open src\/harbour\.ts:\d+-\d+$/);
		await workbench.shot('citation');
		await citation.click();
		await workbench.page.locator('.tab.active', { hasText: 'harbour.ts' }).waitFor();
		await workbench.editor().locator('.view-line', { hasText: 'assignBerth' }).waitFor();
		await workbench.page.locator('.statusbar-item', { hasText: /Ln 1\d\d, .*selected/ }).waitFor();
	});

	it('code that stands in a dependency is named with its package and licence, and opened', async () => {
		const { familiar, workbench } = session;
		await familiar.answerTo(() => familiar.ask('Give me the berths of a harbour.'));
		const origin = familiar.answers().last().locator('.origins li');
		await origin.waitFor();
		assert.equal(
			await origin.textContent(),
			'Lines 1-9 of the code are the same as node_modules/harbour-master/index.js:2-10 (harbour-master 1.2.3, licence MIT)',
		);
		await workbench.shot('origin of code');
		await origin.getByRole('button').click();
		await workbench.page.locator('.tab.active', { hasText: 'index.js' }).waitFor();
		await workbench.page.locator('.statusbar-item', { hasText: /Ln 10, .*selected/ }).waitFor();
	});

	it('Regenerate writes another answer beside the first', async () => {
		const { familiar } = session;
		const first = await familiar.answerTo(() => familiar.ask('How often were you asked?'));
		const count = await familiar.answers().count();
		await familiar.chat.getByRole('button', { name: 'Regenerate' }).click();
		await familiar.chat.getByText('2/2').waitFor();
		await familiar.chat.locator('.turn.streaming').waitFor({ state: 'detached' });
		const shown = async () => (await familiar.answers().last().locator('.turn-body').textContent()).trim();
		const second = await shown();
		assert.equal(await familiar.answers().count(), count);
		assert.match(second, /^Answer \d+\.$/);
		assert.notEqual(second, first);
		await familiar.chat.getByRole('button', { name: 'Version before' }).click();
		await familiar.chat.getByText('1/2').waitFor();
		assert.equal(await shown(), first);
	});
});
