/** The verdict on an adapter in the panel: what was tested, question by question, and what the user makes of it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { leaveJudgedRun } from '../support/fineTuneOrder.mjs';
import { FineTunePage, LIMIT } from '../support/fineTunePage.mjs';
import { prepareReports } from '../support/reportAdapters.mjs';
import { importTypeScript } from '../support/typescript.mjs';
import { useWorkbench } from './session.mjs';

const { answersOf, decisionOf } = await importTypeScript('src/finetune/judge/gate.ts');
const { compared, passed } = await importTypeScript('test/support/reportSample.ts');
const { HOUSES, placesIn } = await importTypeScript('test/support/houseCode.ts');

const translate = (text, ...values) =>
	text.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

/** Better, but forgetful, and not written out often enough. */
function judgement() {
	const words = { code: 0.14, scrambled: 0.03, difference: { value: -0.11, low: -0.13, high: -0.09 } };
	const found = { ...passed, words, spans: 240, files: 40, general: compared(1.11, 1.18, 0.01) };
	found.exact = compared(0.31, 0.32, 0.03);
	found.identifiers = compared(0.49, 0.5, 0.03);
	const counts = { written: 180, named: 180, parsed: 0, timed: 40 };
	const answers = answersOf({ ...found, ...counts }, translate);
	return { ...found, answers, decision: decisionOf(answers) };
}

describe('the verdict on an adapter', function () {
	this.timeout(4 * LIMIT);
	const session = useWorkbench((sample) => {
		const adapter = path.join(prepareReports(sample, 0), '9f8e7d6c5b4a3921.gguf');
		leaveJudgedRun(sample, adapter, judgement(), placesIn(HOUSES.bank, 1_000, 2));
	});
	const user = new FineTunePage(session, 3 * LIMIT);
	const verdict = () => user.panel().locator('.verdict');
	const rows = () => verdict().getByRole('listitem');

	it('comes first, and then each question with its mark and one line', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-Tune');
		await verdict().waitFor({ timeout: LIMIT });
		assert.match((await verdict().locator('.sentence').textContent()) ?? '', /^The adapter is kept, off/);
		assert.equal(await rows().count(), 9);
		assert.equal(
			await verdict().getByRole('list').getAttribute('aria-label'),
			'What was tested against the base model',
		);
		const marks = await verdict()
			.getByRole('img')
			.evaluateAll((signs) => signs.map((sign) => sign.getAttribute('aria-label')));
		assert.deepEqual(marks, [
			...['Not passed', 'Cannot be told', 'Cannot be told'],
			...['Passed', 'Passed', 'Passed', 'Passed', 'Passed', 'Passed'],
		]);
		assert.match(
			(await rows().first().textContent()) ?? '',
			/^Does it still know other code\? Loss on general code \+6\.3 %; at most \+2 % are allowed\.$/,
		);
		const header = user.panel().locator('header .actions button');
		assert.deepEqual(await header.allTextContents(), [
			...['Show Report', 'Export…', 'Select Adapter…', 'Start a Fine-Tune…'],
		]);
		for (const theme of ['dark', 'light']) {
			await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
			await user.panel().locator(`body.vscode-${theme}`).waitFor({ timeout: LIMIT });
			await user.shot(`finetune verdict ${theme}`);
		}
	});

	it('fits a narrow panel', async () => {
		const { page } = session.workbench;
		const size = page.viewportSize();
		await page.setViewportSize({ width: 620, height: size.height });
		const overflow = await verdict()
			.locator('.answers')
			.evaluate((element) => element.scrollWidth - element.clientWidth);
		await user.shot('finetune verdict narrow');
		await page.setViewportSize(size);
		assert.ok(overflow <= 0, `${overflow} pixels too wide`);
	});

	it('is overruled by the user, from the keyboard', async () => {
		await user.button('Activate Anyway').focus();
		await session.workbench.page.keyboard.press('Enter');
		await verdict().locator('.sentence', { hasText: 'is active, although' }).waitFor({ timeout: LIMIT });
		assert.deepEqual(await verdict().locator('.actions button').allTextContents(), ['Judge Again']);
	});

	it('is asked for again, and says what it finds now', async () => {
		await user.button('Judge Again').click();
		await user.phase('Judging the adapter');
		await user.phase('Finished');
		await rows().first().waitFor({ timeout: LIMIT });
		assert.match((await verdict().textContent()) ?? '', /Cannot tell with 14 places of 2 files/);
		await user.shot('finetune verdict again');
	});
});
