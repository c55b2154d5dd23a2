/** The light bulb on a real type error, as TypeScript's own language service reports it. */
import assert from 'node:assert/strict';
import { useWorkbench } from './session.mjs';

describe('quick fix menu', () => {
	const session = useWorkbench();

	it('offers to fix and to explain the error', async () => {
		await session.familiar.openQuickFixes();
		await session.workbench.codeActions('Explain with Familiar').waitFor();
		await session.workbench.shot('quick fix menu');
	});

	for (const task of ['Explain', 'Fix']) {
		it(`answers to "${task} with Familiar" in the chat view`, async () => {
			const { familiar, workbench } = session;
			await familiar.openQuickFixes();
			await familiar.answerTo(() => workbench.codeActions(`${task} with Familiar`).click());
			const asked = await familiar.chat.locator('.turn.user .turn-body').last().textContent();
			await workbench.shot(`quick fix ${task}`);
			assert.match(asked ?? '', new RegExp(`^${task} src/broken\\.ts`));
			assert.match(asked ?? '', /not assignable to type 'string'/);
		});
	}
});
