/** Restricted Mode: the extension runs and keeps its hands off. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, modelVendor, PAGE_SCHEME, settings, tools } from '../../../../src/manifest';
import { familiar, isAnswered, open, outcomeAfter, stateOf, trigger } from '../familiar';

describe('Restricted Mode', () => {
	it('is really on', () => {
		assert.equal(vscode.workspace.isTrusted, false);
	});

	it('activates', async () => {
		const extension = vscode.extensions.getExtension('familiar.familiar');
		assert.ok(extension);
		await extension.activate();
		assert.equal(extension.isActive, true);
	});

	it('has its commands', async () => {
		const registered = new Set(await vscode.commands.getCommands(true));
		assert.ok(registered.has(commands.explain));
		assert.ok(registered.has(commands.showMenu));
	});

	it('takes no program and no model path from the workspace', async () => {
		const folder = vscode.workspace.workspaceFolders?.[0];
		assert.ok(folder);
		const file = vscode.Uri.joinPath(folder.uri, '.vscode/settings.json');
		const changed = new Promise<void>((resolve) => {
			const listener = vscode.workspace.onDidChangeConfiguration((event) => {
				// Any setting that does apply shows that the file was read.
				if (event.affectsConfiguration('editor.tabSize')) {
					listener.dispose();
					resolve();
				}
			});
		});
		const hostile = {
			[settings.nodePath.key]: '/tmp/evil',
			[settings.modelPath.key]: '/tmp/evil.gguf',
			'editor.tabSize': 7,
		};
		await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(hostile)));
		await changed;
		const configuration = vscode.workspace.getConfiguration();
		assert.equal(configuration.get('editor.tabSize'), 7);
		assert.equal(configuration.get(settings.nodePath.key), '');
		assert.equal(configuration.get(settings.modelPath.key), '');
	});

	it('completes in an open file', async () => {
		const api = await familiar();
		await stateOf(api, 'ready');
		await open('function add(a: number, b: number): number {\n\treturn █\n}\n');
		const outcome = await outcomeAfter(api, trigger);
		// The model was asked; that it has something to say here is up to it.
		assert.ok(isAnswered(outcome), JSON.stringify(outcome));
	});

	it('has its model for other extensions', async () => {
		await stateOf(await familiar(), 'ready');
		const [model] = await vscode.lm.selectChatModels({ vendor: modelVendor });
		const question = vscode.LanguageModelChatMessage.User('function add(a, b) {');
		const answer = await model?.sendRequest([question]);
		let text = '';
		for await (const piece of answer?.text ?? []) {
			text += piece;
		}
		assert.notEqual(text, '');
	});

	it('lets no model read files or run Git', async () => {
		for (const [name, input] of [
			['read_file', { path: 'src/app.ts' }],
			['git_log', {}],
		] as const) {
			const options = { input, toolInvocationToken: undefined };
			const { content } = await vscode.lm.invokeTool(`${tools.prefix}${name}`, options);
			const [part] = content;
			assert.ok(part instanceof vscode.LanguageModelTextPart);
			assert.match(part.value, /Restricted Mode/);
		}
	});

	it('starts no local API', async () => {
		assert.equal(await vscode.commands.executeCommand(commands.startApi), undefined);
		await vscode.commands.executeCommand('notifications.clearAll');
	});

	it('offers to explain, not to fix', async () => {
		const { document } = await open('const wrong = 1;█\n');
		const range = new vscode.Range(0, 6, 0, 11);
		const diagnostics = vscode.languages.createDiagnosticCollection('familiar-test');
		try {
			diagnostics.set(document.uri, [new vscode.Diagnostic(range, 'wrong')]);
			const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
				'vscode.executeCodeActionProvider',
				document.uri,
				range,
			);
			const ours = actions.map((action) => action.title).filter((title) => title.includes('Familiar'));
			assert.deepEqual(ours, ['Explain with Familiar']);
		} finally {
			diagnostics.dispose();
		}
	});

	it('changes no file: Fix, Generate and Edit say why not, and no page of an edit opens', async () => {
		const editor = await open('// returns the sum of two numbers█\n');
		const before = editor.document.getText();
		await vscode.commands.executeCommand(commands.generate);
		await vscode.commands.executeCommand(commands.fix);
		// It would wait here for what is to be changed.
		await vscode.commands.executeCommand(commands.editSelection);
		const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		assert.ok(
			tabs.every(({ input }) => !(input instanceof vscode.TabInputText && input.uri.scheme === PAGE_SCHEME)),
		);
		assert.equal(editor.document.getText(), before);
	});
});
