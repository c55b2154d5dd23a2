/** What other files say stands in the prompt, in the real editor: read where users read it, in the inspector's page. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FamiliarApi } from '../../../src/extension';
import { type ContextSwitches, commands, settings } from '../../../src/manifest';
import { familiar, outcomeAfter, stateOf, trigger, withSetting } from './familiar';

/** Milliseconds in which context must have been gathered, or a record be on the page. */
const LIMIT = 30_000;
/** Longer than a line has to be looked at before it counts as seen (one second). */
const LOOK = 1_200;
/** Longer than the pause in typing after which a prompt may change. */
const PAUSE = 400;

/** Functions to complete in: each is asked for once, so that there is a prompt, and one record of it. */
const PLACES = 60;
const MAIN = [
	"import { priceWithTax } from './prices';",
	"import { secretPrice } from './hidden';",
	'',
	...Array.from({ length: PLACES }, (_, index) => [
		`export function pay${index}(amount: number): number {`,
		'\treturn ',
		'}',
		'',
	]).flat(),
].join('\n');

const FILES = {
	'main.ts': MAIN,
	'prices.ts':
		'/** With what the state gets. */\nexport function priceWithTax(amount: number, taxRate: number): number {\n\treturn amount * (1 + taxRate);\n}\n',
	'hidden.ts':
		'export function secretPrice(hiddenMargin: number): number {\n\tconst doubled = hiddenMargin * 2;\n\treturn doubled;\n}\n',
	'notes.ts':
		'export const openingHours = "nine to five";\nexport const closingDays = ["sunday"];\nexport const phoneOfShop = "none";\nexport const ownerOfShop = "nobody";\n',
	'.env': 'SHOP_NAME=corner\nSHOP_OWNER=nobody\nSHOP_TOWN=somewhere\nSHOP_STREET=nowhere\n',
} as const;

const OFF: ContextSwitches = {
	imports: false,
	recent: false,
	similar: false,
	edits: false,
	problems: false,
	copied: false,
};

describe('context of a completion', () => {
	let api: FamiliarApi;
	let folder: string;
	/** The function that is completed next. */
	let next = 0;

	before(async () => {
		api = await familiar();
		await stateOf(api, 'ready');
	});

	beforeEach(() => {
		const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
		assert.ok(workspace);
		// A name of its own: what was found for another test's files is not taken for these.
		folder = fs.mkdtempSync(path.join(workspace, 'context-'));
		for (const [name, text] of Object.entries(FILES)) {
			fs.writeFileSync(path.join(folder, name), text);
		}
	});

	afterEach(async () => {
		await vscode.commands.executeCommand('workbench.action.files.revert');
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function show(name: keyof typeof FILES): Thenable<vscode.TextEditor> {
		const file = vscode.Uri.file(path.join(folder, name));
		return vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One, preview: false });
	}

	/** Completes in main.ts at a place that nobody has asked for; the inspector's words on that request. */
	async function complete(): Promise<string> {
		const editor = await show('main.ts');
		const line = 4 + 4 * next++;
		assert.ok(next <= PLACES, 'asked everywhere');
		const { length } = editor.document.lineAt(line).text;
		editor.selection = new vscode.Selection(line, length, line, length);
		await outcomeAfter(api, trigger);
		return inspected(`main.ts:${line + 1}:${length + 1}`);
	}

	/** Completes, again and again: nothing tells when the context of a place has been gathered. */
	async function completeUntil(condition: (record: string) => boolean): Promise<string> {
		for (const end = Date.now() + LIMIT; ; ) {
			const record = await complete();
			if (condition(record)) {
				return record;
			}
			assert.ok(Date.now() < end, record);
			await rest(PAUSE);
		}
	}

	/** Types a line at the end of a file, as somebody at work there would. */
	async function write(name: keyof typeof FILES, text: string): Promise<void> {
		const editor = await show(name);
		const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
		editor.selection = new vscode.Selection(end, end);
		await vscode.commands.executeCommand('type', { text });
		assert.ok(editor.document.getText().endsWith(text));
	}

	/** Rests in a file until it counts as seen. */
	async function lookAt(name: keyof typeof FILES): Promise<void> {
		const editor = await show(name);
		editor.selection = new vscode.Selection(1, 0, 1, 0);
		await rest(LOOK);
	}

	/** The text of a file of this test in a prompt; empty where it is not there. */
	function fileIn(record: string, name: keyof typeof FILES): string {
		const [, rest = ''] = record.split(`<|file_sep|>${path.basename(folder)}/${name}\n`);
		return rest.split('<|')[0] ?? '';
	}

	function hasFile(record: string, name: keyof typeof FILES): boolean {
		return fileIn(record, name) !== '';
	}

	function withSources<T>(on: Partial<ContextSwitches>, use: () => Promise<T>): Promise<T> {
		return withSetting(settings.completionContext.key, { ...OFF, ...on }, use);
	}

	it('has what the imported module declares, and says so', () =>
		withSources({ imports: true }, async () => {
			const record = await completeUntil((one) => hasFile(one, 'prices.ts'));
			assert.match(record, /Context: imports [12] \(\d+ characters/);
			assert.match(
				fileIn(record, 'prices.ts'),
				/function priceWithTax\(amount: number, taxRate: number\): number/,
			);
			assert.doesNotMatch(fileIn(record, 'prices.ts'), /amount \* \(1/, 'the signature, not the body');
		}));

	it('has a file that was just edited as recent', () =>
		withSources({ recent: true }, async () => {
			await write('notes.ts', 'export const keyOfShop = "under the mat";\n');
			await write('main.ts', '\n');
			const record = await completeUntil((one) => hasFile(one, 'notes.ts'));
			assert.match(record, /Context: recent \d \(/);
			assert.match(fileIn(record, 'notes.ts'), /openingHours[\s\S]*under the mat/);
		}));

	it('has a file that was only looked at as recent', () =>
		withSources({ recent: true }, async () => {
			await lookAt('notes.ts');
			const record = await completeUntil((one) => hasFile(one, 'notes.ts'));
			assert.match(record, /Context: recent \d \(/);
			assert.match(fileIn(record, 'notes.ts'), /openingHours/);
		}));

	it('leaves out each source that is switched off', async () => {
		await withSources({ imports: true, recent: true }, async () => {
			await write('notes.ts', 'export const keyOfShop = "under the mat";\n');
			await write('main.ts', '\n');
			await completeUntil((one) => hasFile(one, 'notes.ts') && hasFile(one, 'prices.ts'));
		});
		await withSources({ recent: true }, async () => {
			const record = await completeUntil((one) => hasFile(one, 'notes.ts'));
			assert.equal(hasFile(record, 'prices.ts'), false);
			assert.doesNotMatch(record, /imports \d/);
		});
		await withSources({ imports: true }, async () => {
			const record = await completeUntil((one) => hasFile(one, 'prices.ts'));
			assert.equal(hasFile(record, 'notes.ts'), false);
			assert.doesNotMatch(record, /recent \d/);
		});
		await withSources({}, async () => {
			const record = await complete();
			assert.match(record, /The prompt as the model was asked/);
			assert.doesNotMatch(record, /Context: /);
		});
	});

	it('never has a file that is excluded, however it was used', async () => {
		const inHidden = /hiddenMargin|hiddenNote/;
		await withSetting(settings.exclude.key, { '**/hidden.ts': true }, async () => {
			for (const name of ['hidden.ts', '.env'] as const) {
				await lookAt(name);
			}
			await write('notes.ts', 'export const keyOfShop = "under the mat";\n');
			await write('hidden.ts', 'export const hiddenNote = "not for others";\n');
			await write('.env', 'SHOP_NOTE=none\n');
			await write('main.ts', '\n');
			for (const source of ['imports', 'recent', 'similar', 'edits'] as const) {
				await withSources({ [source]: true }, async () => {
					// What the source brings of other files it would bring of these, too.
					const record = await completeUntil((one) => one.includes(`- Context: ${source} `));
					assert.doesNotMatch(record, inHidden, source);
					assert.doesNotMatch(record, /SHOP_/, source);
				});
			}
		});
		// The same file without the exclusion: it was that, and nothing else.
		await withSources({ imports: true }, () => completeUntil((one) => inHidden.test(one)));
	});
});

function rest(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The block of the newest request on the page of `Familiar: Inspect Completions`, once that is the one for the place. */
async function inspected(place: string): Promise<string> {
	await vscode.commands.executeCommand(commands.inspectCompletions);
	const page = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'familiar-inspector');
	assert.ok(page);
	const newest = () => page.getText().split(/^## /m)[1] ?? '';
	const isHere = () => newest().split('\n', 1)[0]?.includes(`\`${place}\``) === true;
	if (!isHere()) {
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => {
				listener.dispose();
				reject(new Error(`the newest request is not at ${place}: ${newest()}`));
			}, LIMIT);
			const listener = vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (document === page && isHere()) {
					clearTimeout(timer);
					listener.dispose();
					resolve();
				}
			});
		});
	}
	return newest();
}
