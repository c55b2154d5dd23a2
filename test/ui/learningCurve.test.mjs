/**
 * The learning curve with nothing pretended: real repository, real trainer, real model; asked for by the setting, measured
 * after the verdict, and shown on the report.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { commitAll } from '../support/commitAll.mjs';
import { FineTunePage } from '../support/fineTunePage.mjs';
import { flawsOf } from '../support/looks.mjs';
import { root, useWorkbench } from './session.mjs';

/** Milliseconds for all of it on a slow, busy machine: three runs and the judge. */
const LIMIT = 600_000;
/** Of training on all data. */
const MINUTES = 0.4;

let adapters;

function prepare(sample) {
	sample.workspace = path.join(sample.folder, 'familiar');
	for (const room of ['completion', 'chat']) {
		fs.cpSync(path.join(root, 'src', room), path.join(sample.workspace, 'src', room), { recursive: true });
	}
	commitAll(sample.workspace);
	adapters = path.join(sample.userData, 'User/globalStorage/familiar.familiar/adapters');
	return { 'familiar.finetune.minutes': MINUTES, 'familiar.finetune.learningCurve': true };
}

describe('learning curve for real', function () {
	this.timeout(LIMIT);
	const session = useWorkbench(prepare);
	const user = new FineTunePage(session, LIMIT);

	/** What lies beside the only adapter. */
	function beside(ending) {
		const [name] = fs.readdirSync(adapters).filter((one) => one.endsWith(ending));
		return name === undefined ? undefined : fs.readFileSync(path.join(adapters, name), 'utf8');
	}

	it('says before what it takes', async () => {
		await user.ask('your setting');
		const text = (await user.dialog().textContent()) ?? '';
		assert.match(text, /After the verdict its learning curve is measured.* about 18 s more/);
		await session.workbench.shot('learning curve asks');
		await user.dialog().getByRole('button', { name: 'Start' }).click();
		await user.phase('Training');
	});

	it('is measured after the verdict, which stands meanwhile', async () => {
		await user.phase('Measuring the learning curve');
		await user.panel().locator('.verdict .sentence').waitFor({ timeout: LIMIT });
		assert.equal(beside('.learning-curve.json'), undefined);
		await user.panel().getByText('Run 2 of 2, on half of the data: step').waitFor({ timeout: LIMIT });
		await user.shot('learning curve measuring');
		assert.equal(await user.button('Cancel').count(), 1);
	});

	it('stands on the panel, and on the report as sentences, picture and table', async () => {
		await user.phase('Finished');
		await user.panel().getByText('Learning curve: ').first().waitFor({ timeout: LIMIT });
		await user.shot('learning curve measured');
		const curve = JSON.parse(beside('.learning-curve.json'));
		assert.deepEqual(
			curve.points.map(({ share }) => share),
			[0.25, 0.5, 1],
		);
		assert.deepEqual(JSON.parse(beside('.report.json')).learningCurve, curve);
		await user.hideNotifications();
		await user.button('Show Report').click();
		const section = user.panel().locator('.learning');
		await section.locator('canvas').waitFor({ timeout: LIMIT });
		const rows = await section.locator('tbody tr').allTextContents();
		assert.equal(rows.length, curve.fit.type === 'fitted' ? 4 : 3, rows.join('\n'));
		for (const [index, { loss }] of curve.points.entries()) {
			assert.ok(rows[index]?.includes(loss.toFixed(4)), rows[index]);
		}
		assert.match((await section.textContent()) ?? '', /help|bring much/);
		assert.doesNotMatch((await section.textContent()) ?? '', /NaN|undefined|Infinity|\{\d\}/);
		assert.match(beside('.report.md') ?? '', /## Learning curve\n/);
		for (const kind of ['dark', 'light']) {
			if ((await user.panel().locator(`body.vscode-${kind}`).count()) === 0) {
				await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
			}
			await user.panel().locator(`body.vscode-${kind}`).waitFor({ timeout: LIMIT });
			await section.evaluate((part) => part.scrollIntoView());
			await user.shot(`learning curve report ${kind}`);
			const { flaws } = await flawsOf(user.panel(), 'header, .learning');
			assert.deepEqual(flaws, []);
		}
	});
});
