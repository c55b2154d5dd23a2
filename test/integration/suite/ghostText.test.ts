/** Ghost text in the real editor with the real starter model: what is inserted, where, and what stays silent why. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Outcome } from '../../../src/completion/outcome';
import type { FamiliarApi } from '../../../src/extension';
import { settings } from '../../../src/manifest';
import { familiar, open, outcomeAfter, stateOf, trigger, withFolder, withSetting } from './familiar';

const FUNCTION = 'export function add(a: number, b: number): number {\n\treturn █\n}\n';

describe('ghost text', () => {
	let api: FamiliarApi;
	before(async () => {
		api = await familiar();
		await stateOf(api, 'ready');
	});
	afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

	function isText(outcome: Outcome): boolean {
		return outcome.type === 'text';
	}

	async function accept(editor: vscode.TextEditor): Promise<void> {
		const changed = new Promise<void>((resolve) => {
			const listener = vscode.workspace.onDidChangeTextDocument((event) => {
				if (event.document === editor.document && event.contentChanges.length > 0) {
					listener.dispose();
					resolve();
				}
			});
		});
		// The editor may still be drawing the answer: asked until there is something to accept.
		const again = setInterval(
			() => void vscode.commands.executeCommand('editor.action.inlineSuggest.commit'),
			100,
		);
		await changed.finally(() => clearInterval(again));
	}

	async function check(marked: string, eol: vscode.EndOfLine): Promise<void> {
		const editor = await open(marked, 'typescript', eol);
		const before = editor.document.getText();
		const at = editor.document.offsetAt(editor.selection.active);
		const outcome = await outcomeAfter(api, trigger, isText);
		assert.ok(outcome.type === 'text');
		assert.equal(editor.document.getText(), before, 'showing changes nothing');
		await accept(editor);
		assert.equal(
			editor.document.getText(),
			before.slice(0, at) + outcome.text + before.slice(at + outcome.covers),
		);
		assert.ok(outcome.text.length > 0);
	}

	it('is inserted exactly as shown', () => check(FUNCTION, vscode.EndOfLine.LF));

	it('keeps CRLF, emoji, combining characters and right-to-left text byte for byte', async () => {
		await check(`// 👩‍👩‍👧 é שלום العربية\n${FUNCTION}// 🎉\n`, vscode.EndOfLine.CRLF);
		const text = vscode.window.activeTextEditor?.document.getText() ?? '';
		assert.ok(text.startsWith('// 👩‍👩‍👧 é שלום العربية\r\n'));
		assert.equal(text.replaceAll('\r\n', '').includes('\n'), false, 'every line ends with CRLF');
	});

	it('is taken back in one undo step', async () => {
		const editor = await open(FUNCTION);
		const before = editor.document.getText();
		await outcomeAfter(api, trigger, isText);
		await accept(editor);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), before);
	});

	it('works in a notebook cell', async () => {
		const data = new vscode.NotebookData([
			new vscode.NotebookCellData(
				vscode.NotebookCellKind.Code,
				'function add(a, b) {\n\treturn \n}',
				'javascript',
			),
		]);
		const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
		await vscode.window.showNotebookDocument(notebook);
		await vscode.commands.executeCommand('notebook.cell.edit');
		const editor = vscode.window.activeTextEditor;
		assert.equal(editor?.document.uri.scheme, 'vscode-notebook-cell');
		editor.selection = new vscode.Selection(1, 8, 1, 8);
		const outcome = await outcomeAfter(api, trigger);
		assert.equal(outcome.type, 'text');
	});

	it('works in the editable side of a diff', () =>
		withFolder(async (folder) => {
			const [left, right] = ['left.ts', 'right.ts'].map((name) => vscode.Uri.file(path.join(folder, name)));
			assert.ok(left !== undefined && right !== undefined);
			for (const side of [left, right]) {
				fs.writeFileSync(side.fsPath, FUNCTION.replace('█', ''));
			}
			await vscode.commands.executeCommand('vscode.diff', left, right);
			const editor = vscode.window.visibleTextEditors.find(
				(one) => one.document.uri.toString() === right.toString(),
			);
			assert.ok(editor);
			editor.selection = new vscode.Selection(1, 8, 1, 8);
			const outcome = await outcomeAfter(api, trigger);
			assert.equal(outcome.type, 'text');
		}));

	describe('stays silent with a reason', () => {
		function reasonOf(outcome: Outcome): string {
			return outcome.type === 'nothing' ? outcome.reason : outcome.type;
		}

		async function silence(marked: string, expected: string, language = 'typescript') {
			const editor = await open(marked, language);
			const before = editor.document.getText();
			const typed = await outcomeAfter(api, () => vscode.commands.executeCommand('type', { text: 'x' }));
			assert.equal(reasonOf(typed), expected);
			assert.equal(editor.document.getText().length, before.length + 1);
		}

		it('while completions are off', () =>
			withSetting(settings.completionEnabled.key, false, () => silence(FUNCTION, 'disabled')));

		it('in a language that is off', () => silence('Some words █\n', 'language-off', 'markdown'));

		it('in a line of 200,000 spaces', () => silence(`${' '.repeat(200_000)}█\n`, 'line-too-long'));

		it('in a run of a million letters', async () => {
			const editor = await open(`${'a'.repeat(1_000_000)}█\n`);
			await vscode.commands.executeCommand('type', { text: 'x' });
			assert.equal(editor.document.lineAt(0).text.length, 1_000_001);
			// The editor itself may not ask in a line of this length: that is silence, too.
			const seen = await Promise.race([
				outcomeAfter(api, trigger).then(reasonOf),
				trigger().then(() => 'not-asked'),
			]);
			assert.ok(['line-too-long', 'not-asked'].includes(seen), seen);
		});

		it('in a file of secrets', () =>
			withFolder(async (folder) => {
				const file = path.join(folder, '.env');
				fs.writeFileSync(file, 'TOKEN=');
				const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
				editor.selection = new vscode.Selection(0, 6, 0, 6);
				assert.equal(reasonOf(await outcomeAfter(api, trigger)), 'secret-file');
			}));

		it('in a document that cannot be edited', async () => {
			const scheme = 'familiar-test';
			const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
				provideTextDocumentContent: () => 'const a = ',
			});
			try {
				const editor = await vscode.window.showTextDocument(vscode.Uri.parse(`${scheme}:/left.ts`));
				editor.selection = new vscode.Selection(0, 10, 0, 10);
				const seen = await Promise.race([
					outcomeAfter(api, trigger).then(reasonOf),
					// The editor may not even ask in a read-only document: that is silence, too.
					trigger().then(() => 'not-asked'),
				]);
				assert.ok(['read-only', 'not-a-document', 'not-asked'].includes(seen), seen);
			} finally {
				provider.dispose();
			}
		});
	});
});
