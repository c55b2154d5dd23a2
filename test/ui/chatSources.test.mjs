/** `#codebase` in the panel: what was looked up stands below the answer, and one click opens it at its lines. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { useWorkbench } from './session.mjs';

const NUMBERS = ['one', 'two', 'three', 'four', 'five'];
const other = NUMBERS.map(
	(name) =>
		`export function ${name}(value: number): number {\n${'\tvalue += 1;\n'.repeat(20)}\treturn value;\n}\n`,
);
const berth =
	'/** Gives a ship its berth in the harbour. */\nexport function assignBerth(ship: string): string {\n\treturn ship.toUpperCase();\n}\n';

describe('sources of an answer', () => {
	const session = useWorkbench((sample) => {
		const write = (file, text) => {
			fs.mkdirSync(path.dirname(path.join(sample.workspace, file)), { recursive: true });
			fs.writeFileSync(path.join(sample.workspace, file), text);
		};
		write('src/harbour.ts', `${other.join('\n')}\n${berth}`);
		write('private/harbour.ts', berth);
		write('.familiarignore', 'private/\n');
	});
	const sources = () => session.familiar.chat.locator('.turn.assistant .sources').last();

	it('are listed below it, without what is excluded', async () => {
		const { familiar, workbench } = session;
		await familiar.openChat();
		await familiar.chat.locator('textarea').fill('#codebase Which function gives a ship its berth?');
		await familiar.answerTo(() => familiar.chat.locator('textarea').press('Enter'));
		await sources().locator('summary').waitFor();
		await workbench.shot('sources folded');
		await sources().locator('summary').press('Enter');
		await sources().locator('.source').first().waitFor();
		await workbench.shot('sources');
		const names = await sources().locator('.source-name').allTextContents();
		assert.ok(
			names.some((name) => /^src\/harbour\.ts:\d+-\d+$/.test(name)),
			names.join(),
		);
		assert.ok(!names.some((name) => name.startsWith('private/')), names.join());
	});

	it('open at their lines with one key', async () => {
		const { workbench } = session;
		await sources().locator('.source', { hasText: 'src/harbour.ts' }).first().press('Enter');
		await workbench.page.locator('.tab.active', { hasText: 'harbour.ts' }).waitFor();
		// The selected lines are those of the source, at the end of the file.
		await workbench.page.locator('.statusbar-item', { hasText: /Ln 1\d\d, .*selected/ }).waitFor();
		await workbench.shot('source opened');
	});
});
