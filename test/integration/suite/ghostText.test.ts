/** Ghost text in the real editor with the real starter model: what is inserted, where, and what stays silent why. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Outcome } from '../../../src/completion/outcome';
import type { FamiliarApi } from '../../../src/extension';
import { settings } from '../../../src/manifest';
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

const FUNCTION = 'export function add(a: number, b: number): number {\n\treturn █\n}\n';

/** The starter is weak: where it has nothing to add in one of these, it has in another. */
const PLACES = [
	FUNCTION,
	'const items = [1, 2, 3];\nfor (const item of items) {\n\tconsole.█\n}\n',
	'class Counter {\n\tconstructor() {\n\t\tthis.█\n\t}\n}\n',
	'export function isText(value) {\n\treturn typeof value === █\n}\n',
	'if (value === undefined) {\n\tthrow new █\n}\n',
];

describe('ghost text', () => {
	let api: FamiliarApi;
	before(async () => {
		api = await familiar();
		await stateOf(api, 'ready');
	});
	afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

	/** Opens places, with text around, until the model suggests something in one. */
	async function suggested(before = '', after = '', eol = vscode.EndOfLine.LF) {
		for (const place of PLACES) {
			const editor = await open(before + place + after, 'typescript', eol);
			const text = editor.document.getText();
			const outcome = await outcomeAfter(api, trigger);
			if (outcome.type === 'text') {
				return { editor, outcome, text };
			}
		}
		return assert.fail('the model has nothing to add in any of the places');
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

	async function check(around: string, eol: vscode.EndOfLine): Promise<string> {
		const { editor, outcome, text } = await suggested(around, around, eol);
		const at = editor.document.offsetAt(editor.selection.active);
		assert.equal(editor.document.getText(), text, 'showing changes nothing');
		await accept(editor);
		const after = editor.document.getText();
		assert.equal(after, text.slice(0, at) + outcome.text + text.slice(at + outcome.covers));
		assert.ok(outcome.text.length > 0);
		return after;
	}

	it('is inserted exactly as shown', async () => {
		await check('', vscode.EndOfLine.LF);
	});

	it('keeps CRLF, emoji, combining characters and right-to-left text byte for byte', async () => {
		const around = '// 👩‍👩‍👧 é שלום العربية 🎉';
		const text = await check(`${around}\n`, vscode.EndOfLine.CRLF);
		assert.ok(text.startsWith(`${around}\r\n`) && text.endsWith(`${around}\r\n`));
		assert.equal(text.replaceAll('\r\n', '').includes('\n'), false, 'every line ends with CRLF');
	});

	it('is taken back in one undo step', async () => {
		const { editor, text } = await suggested();
		await accept(editor);
		assert.notEqual(editor.document.getText(), text);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), text);
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
		assert.ok(isAnswered(outcome), JSON.stringify(outcome));
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
			assert.ok(isAnswered(outcome), JSON.stringify(outcome));
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
