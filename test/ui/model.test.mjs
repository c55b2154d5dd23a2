/** A model that cannot be used: one notification with the reason and a button that helps, and typing goes on. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { useWorkbench } from './session.mjs';

describe('a file that is no model', () => {
	const session = useWorkbench(
		(sample) => {
			const file = path.join(sample.folder, 'page.gguf');
			fs.writeFileSync(file, '<!DOCTYPE html><html><body>Not found</body></html>');
			return { 'familiar.model.path': file };
		},
		(familiar) => familiar.workbench.toast('page.gguf').waitFor(),
	);

	it('is named with the reason, once', async () => {
		const { workbench } = session;
		await workbench.shot('bad model');
		const text = await workbench.toast('page.gguf').textContent();
		assert.match(text ?? '', /web page/);
		assert.equal(await workbench.toast('Familiar:').count(), 1);
	});

	it('stops nobody from typing', async () => {
		const { familiar, workbench } = session;
		await workbench.openFile('todo.ts');
		await workbench.goto(3, 1);
		await familiar.page.keyboard.type('const typed = 1;');
		assert.match(await familiar.save('src/todo.ts'), /^const typed = 1;$/m);
	});

	it('is replaced by the starter with one click', async () => {
		const { familiar, workbench } = session;
		// Escape has put the toast away; it waits behind the bell.
		await workbench.runCommand('Notifications: Show Notifications');
		const notification = familiar.page.locator('.notifications-center .notification-list-item', {
			hasText: 'page.gguf',
		});
		await notification.getByRole('button', { name: 'Use the Starter Model' }).click();
		await familiar.ready();
		await workbench.shot('bad model replaced');
	});
});
