/** Familiar in VS Code's own places, in the real editor: its model as other extensions find and ask it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FamiliarApi } from '../../../src/extension';
import { modelVendor, settings, tools } from '../../../src/manifest';
import { familiar, stateOf, withSetting } from './familiar';

/** The starter model goes on with code as long as it is let. */
const CODE = 'function add(a, b) {';

/** Smallest PNG: the editor looks into images before it sends them. */
const PIXEL = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
	'base64',
);

describe('language model', () => {
	let api: FamiliarApi;
	before(async () => {
		api = await familiar();
	});

	/** The model as another extension gets it, once the editor has heard that it is loaded. */
	async function ours(): Promise<vscode.LanguageModelChat> {
		const { model } = await stateOf(api, 'ready');
		const { chatMaxTokens } = settings;
		return listed(({ maxInputTokens }) => maxInputTokens === model.contextSize - chatMaxTokens.default);
	}

	async function ask(
		messages: vscode.LanguageModelChatMessage[],
		options: vscode.LanguageModelChatRequestOptions = {},
	): Promise<string> {
		const { text } = await (await ours()).sendRequest(messages, options);
		let answer = '';
		for await (const piece of text) {
			answer += piece;
		}
		return answer;
	}

	/** The error of a request that the model does not take. */
	async function refusal(
		messages: vscode.LanguageModelChatMessage[],
		options: vscode.LanguageModelChatRequestOptions = {},
	): Promise<vscode.LanguageModelError> {
		try {
			await ask(messages, options);
		} catch (error) {
			assert.ok(error instanceof vscode.LanguageModelError, JSON.stringify(error));
			return error;
		}
		return assert.fail('it was answered');
	}

	it('is listed with the context that the loaded model has', async () => {
		const { model } = await stateOf(api, 'ready');
		const found = await ours();
		assert.equal(found.vendor, 'familiar');
		assert.equal(found.name, model.name);
		assert.equal(found.family, model.architecture);
		assert.match(found.version, /Q8_0$/);
		assert.equal(found.maxInputTokens + settings.chatMaxTokens.default, model.contextSize);
	});

	it('streams the text of the model', async () => {
		const { stream } = await (await ours()).sendRequest([vscode.LanguageModelChatMessage.User(CODE)]);
		const parts: unknown[] = [];
		for await (const part of stream) {
			parts.push(part);
		}
		assert.ok(parts.length > 1, `${parts.length} parts`);
		assert.ok(parts.every((part) => part instanceof vscode.LanguageModelTextPart && part.value !== ''));
	});

	it('counts by the tokens of the model', async () => {
		const found = await ours();
		const exact = await api.model.tokenize(CODE, new AbortController().signal);
		assert.ok(exact.type === 'tokens');
		assert.equal(await found.countTokens(CODE), exact.tokens.length);
		assert.ok((await found.countTokens(vscode.LanguageModelChatMessage.User(CODE))) > exact.tokens.length);
	});

	it('stops when it is cancelled, and answers the next request', async () => {
		const found = await ours();
		const cancellation = new vscode.CancellationTokenSource();
		const { text } = await found.sendRequest(
			[vscode.LanguageModelChatMessage.User(CODE)],
			{},
			cancellation.token,
		);
		let pieces = 0;
		try {
			for await (const piece of text) {
				assert.notEqual(piece, '');
				pieces++;
				cancellation.cancel();
			}
		} catch (error) {
			assert.ok(error instanceof Error && /cancel/i.test(`${error.name} ${error.message}`), String(error));
		}
		assert.ok(pieces > 0);
		assert.notEqual(await ask([vscode.LanguageModelChatMessage.User(CODE)]), '');
	});

	it('refuses an image', async () => {
		const message = vscode.LanguageModelChatMessage.User(CODE);
		// Younger than the editor that the types are of.
		message.content.push(Reflect.get(vscode, 'LanguageModelDataPart').image(PIXEL, 'image/png'));
		assert.match((await refusal([message])).message, /cannot see images/);
	});

	it('refuses tools, and what came of them', async () => {
		const question = vscode.LanguageModelChatMessage.User(CODE);
		const offered = [{ name: 'read', description: 'Reads.' }];
		assert.match((await refusal([question], { tools: offered })).message, /cannot call tools/);
		const call = vscode.LanguageModelChatMessage.Assistant([
			new vscode.LanguageModelToolCallPart('1', 'read', {}),
		]);
		assert.match((await refusal([question, call, question])).message, /cannot call tools/);
	});

	it('leaves out the hints that other extensions send along', async () => {
		const message = vscode.LanguageModelChatMessage.User(CODE);
		const Data = Reflect.get(vscode, 'LanguageModelDataPart');
		message.content.push(Reflect.construct(Data, [new TextEncoder().encode('ephemeral'), 'cache_control']));
		assert.notEqual(await ask([message]), '');
	});

	it('refuses what is longer than the context, and does not cut it', async () => {
		const long = vscode.LanguageModelChatMessage.User('let a = b;\n'.repeat(20_000));
		assert.match((await refusal([long])).message, /this model can read \d+/);
	});

	it('says why it cannot answer, and what helps', async () => {
		await withSetting(settings.modelPath.key, '/nowhere/model.gguf', async () => {
			await stateOf(api, 'failed');
			const found = await listed(({ family }) => family === 'unknown');
			await assert.rejects(
				async () => {
					const { text } = await found.sendRequest([vscode.LanguageModelChatMessage.User(CODE)]);
					for await (const piece of text) {
						assert.fail(piece);
					}
				},
				(error) =>
					error instanceof vscode.LanguageModelError &&
					/model\.gguf/.test(error.message) &&
					/Use the Starter Model/.test(error.message),
			);
		});
		await vscode.commands.executeCommand('notifications.clearAll');
		await stateOf(api, 'ready');
	});
});

describe('tools', () => {
	before(familiar);

	/** What a tool gives to whoever asks VS Code for it. */
	async function given(name: string, input: object): Promise<string> {
		const { content } = await vscode.lm.invokeTool(`${tools.prefix}${name}`, {
			input,
			toolInvocationToken: undefined,
		});
		return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
	}

	it('are all registered, with the schemas of their arguments', () => {
		const found = vscode.lm.tools.filter(({ name }) => name.startsWith(tools.prefix));
		assert.deepEqual(
			found.map(({ name }) => name).sort(),
			tools.names.map((name) => `${tools.prefix}${name}`).sort(),
		);
		assert.ok(found.every(({ inputSchema, description }) => inputSchema !== undefined && description !== ''));
	});

	it('search, read and list what is in the workspace', async () => {
		assert.match(
			await given('search', { query: 'export function main' }),
			/^src\/app\.ts:\d+: export function main/m,
		);
		assert.match(
			await given('read_file', { path: 'src/app.ts' }),
			/^src\/app\.ts, lines 1 to \d+\n[\s\S]*function main/,
		);
		assert.doesNotMatch(await given('diagnostics', {}), /failed/);
		assert.doesNotMatch(await given('list_symbols', { path: 'src/app.ts' }), /failed|cannot/);
	});

	it('read nothing outside of it, whatever leads there', async () => {
		const [folder] = vscode.workspace.workspaceFolders ?? [];
		assert.ok(folder !== undefined);
		const outside = path.join(path.dirname(folder.uri.fsPath), 'outside.ts');
		fs.writeFileSync(outside, 'export const outside = 1;\n');
		fs.symlinkSync(outside, path.join(folder.uri.fsPath, 'link.ts'));
		fs.symlinkSync(path.dirname(outside), path.join(folder.uri.fsPath, 'linked'));
		for (const file of ['../outside.ts', outside, 'link.ts', 'linked/outside.ts', 'src/../../outside.ts']) {
			const said = await given('read_file', { path: file });
			assert.match(said, /There is no file|leads out of the workspace/, file);
			assert.doesNotMatch(said, /const outside/);
		}
		assert.match(await given('list_symbols', { path: 'link.ts' }), /no text file of the workspace/);
		assert.match(await given('search', { query: 'const outside' }), /Nothing was found/);
	});
});

/** Our only model as soon as it is as wanted: the editor asks us some time after it was told that something changed. */
async function listed(is: (model: vscode.LanguageModelChat) => boolean): Promise<vscode.LanguageModelChat> {
	const found = async () => {
		const models = await vscode.lm.selectChatModels({ vendor: modelVendor });
		assert.equal(models.length, 1);
		return models.find(is);
	};
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => finish(() => reject(new Error('it is not listed like that'))), 30_000);
		const finish = (settle: () => void) => {
			clearTimeout(timer);
			subscription.dispose();
			settle();
		};
		const look = () =>
			found().then(
				(model) => model === undefined || finish(() => resolve(model)),
				(error: unknown) => finish(() => reject(error)),
			);
		const subscription = vscode.lm.onDidChangeChatModels(() => void look());
		void look();
	});
}
