/** `Familiar: Doctor` in a real editor: a readable report of this very installation. */
import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { FamiliarApi } from '../../../src/extension';
import { commands, settings } from '../../../src/manifest';
import { familiar, open, stateOf, withSetting } from './familiar';

describe('doctor', () => {
	let api: FamiliarApi;
	before(async () => {
		api = await familiar();
		await stateOf(api, 'ready');
	});
	afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

	async function visit(): Promise<vscode.TextDocument> {
		await vscode.commands.executeCommand(commands.doctor);
		const document = vscode.window.activeTextEditor?.document;
		assert.ok(document);
		assert.equal(document.languageId, 'markdown');
		return document;
	}

	it('finds this installation well, by what it measures', async () => {
		await open('let a = 1;█\n');
		const text = (await visit()).getText();
		for (const line of [
			/^# Familiar: doctor$/m,
			/^- ok: \*\*Editor\*\*: .*Familiar \d/m,
			/^- ok: \*\*Node\.js\*\*: v\d/m,
			/^- ok: \*\*Model process\*\*: runs \(process \d+\)/m,
			/^- attention: \*\*Model file\*\*: starter\.gguf.*What helps: \*\*Familiar: Select Model…\*\*$/m,
			/^- ok: \*\*Model\*\*: .*Q8_0/m,
			/^- ok: \*\*Its answers\*\*: after [\d.]+ ms$/m,
			/\*\*A completion\*\*: first text after \d+ ms/m,
			/\*\*The next keystroke\*\*: \d+ of \d+ prompt tokens/m,
			/^- ok: \*\*Native libraries\*\*: .*ggml \d/m,
			/^- ok: \*\*Fine-tuning\*\*: a trainer can start; it would compute on \w+/m,
			/^- ok: \*\*Git\*\*: git version/m,
			/^- ok: \*\*Completions\*\*: on for TypeScript/m,
		]) {
			assert.match(text, line);
		}
		assert.ok(os.homedir().length <= 1 || !text.includes(os.homedir()), 'names no home folder');
	});

	it('says what keeps completions silent, and the setting can be clicked', async () => {
		await withSetting(settings.completionTrigger.key, 'manual', async () => {
			await open('let a = 1;█\n');
			const document = await visit();
			assert.match(
				document.getText(),
				/^- attention: \*\*Completions\*\*: appear only when they are asked for .*`familiar\.completion\.trigger`/m,
			);
			const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
				'vscode.executeLinkProvider',
				document.uri,
			);
			const targets = links.map((link) => `${document.getText(link.range)} ${link.target?.toString(true)}`);
			assert.ok(
				targets.includes(
					'`familiar.completion.trigger` command:workbench.action.openSettings?["familiar.completion.trigger"]',
				),
				targets.join('\n'),
			);
		});
	});
});
