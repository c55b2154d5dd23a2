/** The extension activates in a real extension host, with all that its manifest promises. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../src/manifest';

describe('activation', () => {
	it('activates after startup', async () => {
		const extension = vscode.extensions.getExtension('familiar.familiar');
		assert.ok(extension);
		await extension.activate();
		assert.equal(extension.isActive, true);
	});

	it('registers every command of the manifest', async () => {
		const registered = new Set(await vscode.commands.getCommands(true));
		for (const command of Object.values(commands)) {
			assert.ok(registered.has(command), command);
		}
	});

	it('runs in a trusted workspace', () => {
		assert.equal(vscode.workspace.isTrusted, true);
	});

	it('loads no native code into the extension host', () => {
		// ggml aborts end the process, and every extension with it: native code belongs into the model host.
		const { sharedObjects } = Object.fromEntries(Object.entries(process.report.getReport()));
		assert.ok(Array.isArray(sharedObjects));
		assert.deepEqual(
			sharedObjects.filter((file) => /llama|ggml/.test(String(file))),
			[],
		);
	});
});
