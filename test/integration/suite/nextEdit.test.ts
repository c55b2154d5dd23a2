/** The next edit in the real editor: what is proposed after edits by hand, made in one undo step, and dismissed. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../../src/manifest';
import { familiar, open, withSetting } from './familiar';

const TEXT = 'const total = 1;\nprint(total);\nprint(total);\n';
const RENAMED = 'const amount = 1;\nprint(total);\nprint(total);\n';
const ONE_MORE = 'const amount = 1;\nprint(amount);\nprint(total);\n';
/** Milliseconds in which a proposal would have come: more than twice the rest after a keystroke. */
const LONG_ENOUGH = 1_500;

function accept(): Thenable<unknown> {
	return vscode.commands.executeCommand(commands.acceptNextEdit);
}

function select(editor: vscode.TextEditor, line: number, word: string): void {
	const start = editor.document.lineAt(line).text.indexOf(word);
	editor.selection = new vscode.Selection(line, start, line, start + word.length);
}

/** Types over a word, as a user would. */
async function typeOver(editor: vscode.TextEditor, line: number, word: string, text: string): Promise<void> {
	select(editor, line, word);
	for (const character of text) {
		await vscode.commands.executeCommand('type', { text: character });
	}
	// A list of suggestions would have the keys.
	await vscode.commands.executeCommand('hideSuggestWidget');
}

/** Resolves when the editor's text or selection satisfies the condition; `act` is repeated until then. */
async function until(condition: () => boolean, act: () => Thenable<unknown>): Promise<void> {
	const end = Date.now() + 20_000;
	while (!condition()) {
		assert.ok(
			Date.now() < end,
			`still ${JSON.stringify(vscode.window.activeTextEditor?.document.getText())}`,
		);
		await act();
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

describe('next edit', () => {
	before(() => familiar());
	afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

	it('renames the next use, each in one undo step', async () => {
		const editor = await open(`█${TEXT}`);
		await typeOver(editor, 0, 'total', 'amount');
		assert.equal(editor.document.getText(), RENAMED, 'showing changes nothing');
		await until(() => editor.document.getText() !== RENAMED, accept);
		assert.equal(editor.document.getText(), ONE_MORE);
		await until(() => editor.document.getText() !== ONE_MORE, accept);
		assert.equal(editor.document.getText(), TEXT.replaceAll('total', 'amount'));
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), ONE_MORE);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), RENAMED);
	});

	it('goes there first where the place is off screen', async () => {
		const lines = '// a line\n'.repeat(300);
		const editor = await open(`█const total = 1;\n${lines}print(total);\n`);
		await typeOver(editor, 0, 'total', 'amount');
		const before = editor.document.getText();
		await until(() => editor.selection.active.line === 301, accept);
		assert.equal(editor.document.getText(), before, 'going there changes nothing');
		await until(() => editor.document.getText() !== before, accept);
		assert.equal(editor.document.lineAt(301).text, 'print(amount);');
	});

	async function silent(editor: vscode.TextEditor): Promise<void> {
		const before = editor.document.getText();
		const end = Date.now() + LONG_ENOUGH;
		while (Date.now() < end) {
			await accept();
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		assert.equal(editor.document.getText(), before);
	}

	it('is silent when it is off', () =>
		withSetting(settings.completionNextEdit.key, 'off', async () => {
			const editor = await open(`█${TEXT}`);
			await typeOver(editor, 0, 'total', 'amount');
			await silent(editor);
		}));

	it('is silent after a change that is taken back', async () => {
		const editor = await open(`█${TEXT}`);
		await typeOver(editor, 0, 'total', 'amount');
		await vscode.commands.executeCommand('undo');
		await silent(editor);
	});

	it('is silent after many cursors', async () => {
		const editor = await open(`█${TEXT}`);
		editor.selections = [new vscode.Selection(0, 6, 0, 11), new vscode.Selection(1, 6, 1, 11)];
		await vscode.commands.executeCommand('type', { text: 'amount' });
		assert.equal(editor.document.getText(), ONE_MORE);
		await silent(editor);
	});

	it('is silent in a language that is off', async () => {
		const editor = await open(`█${TEXT}`, 'markdown');
		await typeOver(editor, 0, 'total', 'amount');
		await silent(editor);
	});
});
