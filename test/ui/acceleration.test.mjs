/** A GPU with a driver that is too old for CUDA: the command, the doctor and the status bar say so. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { useWorkbench } from './session.mjs';

const TOO_OLD = /CUDA 13 needs driver 580 for this GPU, and here is 470\.82\.01/;

describe('GPU acceleration', () => {
	if (process.platform === 'win32') {
		it.skip('needs a shell script in place of NVIDIA’s program');
		return;
	}
	const { PATH, VSCODE_CLI } = process.env;
	const session = useWorkbench((sample) => {
		const folder = path.join(sample.folder, 'driver');
		fs.mkdirSync(folder);
		const program = '#!/bin/sh\necho "470.82.01, 8.6, NVIDIA RTX A2000"\n';
		fs.writeFileSync(path.join(folder, 'nvidia-smi'), program, { mode: 0o755 });
		// The editor, and with it the model process, gets it from here, and not from a shell of its own.
		process.env.VSCODE_CLI = '1';
		process.env.PATH = `${folder}${path.delimiter}${PATH}`;
	});
	after(() => {
		process.env.PATH = PATH;
		if (VSCODE_CLI === undefined) {
			delete process.env.VSCODE_CLI;
		}
	});

	it('that cannot be had says why', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Get GPU Acceleration…');
		const toast = workbench.toast('CUDA 13');
		await toast.waitFor();
		assert.match((await toast.textContent()) ?? '', TOO_OLD);
		await workbench.shot('acceleration');
	});

	it('is a line of the doctor’s report, with the command that helps', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Doctor');
		// The line is longer than the window, which draws it in pieces.
		const piece = workbench.page.locator('.view-line', { hasText: 'driver 580' });
		await piece.first().waitFor({ timeout: 60_000 });
		await workbench.shot('acceleration in the doctor');
		const title = workbench.page.locator('.view-line', { hasText: 'Acceleration' });
		assert.match((await title.first().textContent()) ?? '', /attention/);
	});

	it('is in the tooltip of the status bar', async () => {
		const { workbench } = session;
		await workbench.page.locator('.statusbar-item', { hasText: 'Familiar' }).first().hover();
		const tooltip = workbench.page.locator('.monaco-hover:visible', { hasText: 'CUDA 13' });
		await tooltip.first().waitFor();
		assert.match((await tooltip.first().textContent()) ?? '', TOO_OLD);
		await workbench.shot('acceleration in the status bar');
	});
});
