/** The local API in the real editor: started by command, asked from outside, renewed, and stopped. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../../src/manifest';
import { familiar, stateOf, withFolder, withSetting } from './familiar';

interface Started {
	readonly address: string;
	readonly token: string;
}

const question = { messages: [{ role: 'user', content: 'function add(a, b) {' }], max_tokens: 8 };

describe('local API', () => {
	before(async () => {
		await stateOf(await familiar(), 'ready');
	});
	afterEach(async () => {
		await vscode.commands.executeCommand(commands.stopApi);
		await vscode.commands.executeCommand('notifications.clearAll');
	});

	async function start(): Promise<Started> {
		const started = await vscode.commands.executeCommand<Started | undefined>(commands.startApi);
		assert.ok(started !== undefined, 'it did not start');
		return started;
	}

	function ask({ address, token }: Started): Promise<Response> {
		return fetch(`${address}/v1/chat/completions`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify(question),
		});
	}

	it('does not run by itself', async () => {
		const { address } = await start();
		await vscode.commands.executeCommand(commands.stopApi);
		await assert.rejects(fetch(`${address}/health`));
	});

	it('answers whoever has the token, with the model in use', async () => {
		const started = await start();
		assert.match(started.address, /^http:\/\/127\.0\.0\.1:\d+$/);
		const answer = await ask(started);
		assert.equal(answer.status, 200);
		const body: unknown = await answer.json();
		assert.match(JSON.stringify(body), /"object":"chat\.completion".*"content":"[^"]/);
		assert.equal((await ask({ ...started, token: 'guess' })).status, 401);
	});

	it('is one, however often it is started, and keeps its token over a restart', async () => {
		const first = await start();
		assert.deepEqual(await start(), first);
		await vscode.commands.executeCommand(commands.stopApi);
		await assert.rejects(ask(first));
		const second = await start();
		assert.equal(second.token, first.token);
		assert.equal((await ask(second)).status, 200);
	});

	it('forgets a token that was renewed, while it runs', async () => {
		const old = await start();
		await vscode.commands.executeCommand(commands.renewApiToken);
		const renewed = await start();
		assert.notEqual(renewed.token, old.token);
		assert.deepEqual([(await ask(old)).status, (await ask(renewed)).status], [401, 200]);
	});

	it('serves the model of this machine, though a server does all else, and lets go of it', async () => {
		const api = await familiar();
		// Nobody listens there.
		await withSetting(settings.remoteUrl.key, 'http://127.0.0.1:9', async () => {
			await stateOf(api, 'none');
			assert.equal((await ask(await start())).status, 200);
			await vscode.commands.executeCommand(commands.stopApi);
			await stateOf(api, 'none');
		});
		await stateOf(api, 'ready');
	});

	it('lists the chat’s own model beside the one that completes, and asks it', async () => {
		const extension = vscode.extensions.getExtension('familiar.familiar')?.extensionPath ?? '';
		await withFolder(async (folder) => {
			const file = path.join(folder, 'talker.gguf');
			fs.copyFileSync(path.join(extension, 'models/starter.gguf'), file);
			await withSetting(settings.chatModel.key, file, async () => {
				const { address, token } = await start();
				const list = async () => {
					const answer = await fetch(`${address}/v1/models`, {
						headers: { authorization: `Bearer ${token}` },
					});
					return JSON.stringify(await answer.json());
				};
				while (!(await list()).includes('"roles":["chat"]')) {
					await new Promise((resolve) => setTimeout(resolve, 50));
				}
				assert.match(await list(), /"roles":\["completion","embedding"\].*"roles":\["chat"\]/);
				assert.equal((await ask({ address, token })).status, 200);
			});
		});
	});

	it('takes the port of the setting', async () => {
		const { address } = await start();
		const port = Number(new URL(address).port);
		await vscode.commands.executeCommand(commands.stopApi);
		await withSetting(settings.apiPort.key, port, async () => {
			assert.equal((await start()).address, address);
		});
	});
});
