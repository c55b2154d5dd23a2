/** What a user of the editor sees of models that cannot be had and of a host that dies: a state, and an editor that goes on. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FamiliarApi } from '../../../src/extension';
import type { ModelState } from '../../../src/inference/model';
import { commands, settings } from '../../../src/manifest';
import {
	familiar,
	isAnswered,
	open,
	outcomeAfter,
	stateOf,
	trigger,
	withFolder,
	withSetting,
} from './familiar';

const CODE = 'function add(a: number, b: number) {\n\treturn █\n}\n';

describe('model', () => {
	let api: FamiliarApi;
	before(async () => {
		api = await familiar();
		await stateOf(api, 'ready');
	});
	afterEach(async () => {
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await vscode.commands.executeCommand('notifications.clearAll');
		await stateOf(api, 'ready');
	});

	/** Chooses the path, and checks the problem and that typing goes on. */
	async function refuses(file: string, message: RegExp): Promise<void> {
		await withSetting(settings.modelPath.key, file, async () => {
			const { problem } = await stateOf(api, 'failed');
			assert.match(problem.message, message);
			assert.ok(problem.remedies.length > 0, 'something helps');
			const editor = await open(CODE);
			await vscode.commands.executeCommand('type', { text: 'a' });
			assert.ok(editor.document.getText().includes('return a'));
		});
	}

	it('reports a model that is not there', () => refuses('/nowhere/model.gguf', /model\.gguf/));

	it('reports a relative path', () => refuses('model.gguf', /relative/));

	it('reports a directory', () => withFolder((folder) => refuses(folder, /folder|directory/)));

	it('reports a truncated model', () =>
		withFolder(async (folder) => {
			const starter = vscode.extensions.getExtension('familiar.familiar')?.extensionPath ?? '';
			const whole = fs.readFileSync(path.join(starter, 'models/starter.gguf'));
			const file = path.join(folder, 'cut.gguf');
			fs.writeFileSync(file, whole.subarray(0, whole.length - 100_000));
			await refuses(file, /cut\.gguf/);
		}));

	it('reports a file that is no model', () =>
		withFolder(async (folder) => {
			const file = path.join(folder, 'page.gguf');
			fs.writeFileSync(file, '<!DOCTYPE html><html><body>Not found</body></html>');
			await refuses(file, /page\.gguf/);
		}));

	it('comes back after its process was killed, and the document is untouched', async () => {
		const editor = await open(CODE);
		const before = editor.document.getText();
		const pid = api.hostPid();
		assert.ok(pid);
		const left = new Promise<ModelState>((resolve) => {
			const subscription = api.model.onDidChangeState((state) => {
				subscription.dispose();
				resolve(state);
			});
		});
		process.kill(pid, 'SIGKILL');
		assert.notEqual((await left).type, 'ready');
		await stateOf(api, 'ready');
		assert.notEqual(api.hostPid(), pid);
		assert.equal(editor.document.getText(), before);
		const outcome = await outcomeAfter(api, trigger);
		assert.ok(isAnswered(outcome), JSON.stringify(outcome));
		assert.equal(editor.document.getText(), before);
	});

	it('starts anew on command', async () => {
		const pid = api.hostPid();
		await vscode.commands.executeCommand(commands.restartModel);
		await stateOf(api, 'ready');
		assert.notEqual(api.hostPid(), pid);
	});

	it('shows diagnostics that name what runs where', async () => {
		await vscode.commands.executeCommand(commands.showDiagnostics);
		const document = vscode.window.activeTextEditor?.document;
		assert.deepEqual(
			[document?.isUntitled, document?.isDirty, document?.uri.scheme],
			[false, false, 'familiar-diagnostics'],
		);
		const text = document?.getText() ?? '';
		assert.match(text, /\| Backend \| CPU|\| Backend \| (CUDA|VULKAN|METAL)/);
		assert.match(text, /Q8_0.*\(starter\)/);
	});
});
