/** The extension under test: its API, and waits for what it reports. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Outcome } from '../../../src/completion/outcome';
import type { FamiliarApi } from '../../../src/extension';
import type { ModelState } from '../../../src/inference/model';

/** Milliseconds that a busy machine may need for one step. */
const LIMIT = 30_000;

export async function familiar(): Promise<FamiliarApi> {
	const extension = vscode.extensions.getExtension<FamiliarApi>('familiar.familiar');
	assert.ok(extension);
	return extension.activate();
}

/** Resolves with the state as soon as it has the type; rejects with the state that it has instead. */
export function stateOf<T extends ModelState['type']>(
	api: FamiliarApi,
	type: T,
): Promise<Extract<ModelState, { readonly type: T }>> {
	const is = (state: ModelState): state is Extract<ModelState, { readonly type: T }> => state.type === type;
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			subscription.dispose();
			reject(new Error(`not ${type} but ${JSON.stringify(api.model.state)}`));
		}, LIMIT);
		const look = (state: ModelState) => {
			if (is(state)) {
				clearTimeout(timer);
				subscription.dispose();
				resolve(state);
			}
		};
		const subscription = api.model.onDidChangeState(look);
		look(api.model.state);
	});
}

/** The next outcome that satisfies the condition, after `act`. */
export function outcomeAfter(
	api: FamiliarApi,
	act: () => Thenable<unknown>,
	condition: (outcome: Outcome) => boolean = () => true,
): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			subscription.dispose();
			reject(new Error(`no such outcome; the last was ${JSON.stringify(api.lastOutcome())}`));
		}, LIMIT);
		const subscription = api.onDidComplete((outcome) => {
			if (condition(outcome)) {
				clearTimeout(timer);
				subscription.dispose();
				resolve(outcome);
			}
		});
		act().then(undefined, reject);
	});
}

/** Opens a new document with `█` in it as the cursor. */
export async function open(
	marked: string,
	language = 'typescript',
	eol = vscode.EndOfLine.LF,
): Promise<vscode.TextEditor> {
	const text = marked.replaceAll('\n', eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
	const document = await untitled(language, text.replace('█', ''));
	const editor = await vscode.window.showTextDocument(document);
	const cursor = document.positionAt(text.indexOf('█'));
	editor.selection = new vscode.Selection(cursor, cursor);
	return editor;
}

/**
 * A new document. VS Code gives the name of one that was closed this moment to the next one, and then sometimes the text of
 * the old one, too: such a document stays, and another is opened under the next name.
 */
async function untitled(language: string, content: string): Promise<vscode.TextDocument> {
	for (let tries = 0; tries < 5; tries++) {
		const document = await vscode.workspace.openTextDocument({ language, content });
		if (document.getText() === content) {
			return document;
		}
	}
	return assert.fail('a new document has another text than it was given');
}

/**
 * Whether the model was asked by hand and answered: what a small one says may well be nothing, or go in circles. A text
 * that was known before says nothing of the model; and nobody who asks by hand is told that it was unsure.
 */
export function isAnswered(outcome: Outcome): boolean {
	const answered: readonly string[] = ['nothing-to-add', 'only-repeats', 'goes-in-circles', 'too-little'];
	return outcome.type === 'text'
		? outcome.source === 'model' || outcome.source === 'flight'
		: answered.includes(outcome.reason);
}

/** Asks for a completion as the command does. */
export function trigger(): Thenable<unknown> {
	return vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
}

/** Changes a setting for the user, and puts it back after `use`. */
export async function withSetting<T>(key: string, value: unknown, use: () => Promise<T>): Promise<T> {
	const configuration = () => vscode.workspace.getConfiguration();
	await configuration().update(key, value, vscode.ConfigurationTarget.Global);
	try {
		return await use();
	} finally {
		await configuration().update(key, undefined, vscode.ConfigurationTarget.Global);
	}
}

/** A folder that is gone after `use`. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-integration-'));
	try {
		return await use(folder);
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}
