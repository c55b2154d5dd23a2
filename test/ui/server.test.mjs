/** A server in the place of the local model: connected by a command, marked for everybody to see, and left again. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { until } from './familiar.mjs';
import { useWorkbench } from './session.mjs';

const KEY = 'the-key-of-the-test';
const LIMIT = 60_000;

/** As llama-server answers, with texts that no local model writes. */
class Server {
	/** Requests with a prompt, as `path body`. */
	prompts = [];

	async start(port = 0) {
		this.http = http.createServer((request, response) => this.answer(request, response));
		this.http.listen(port, '127.0.0.1');
		await once(this.http, 'listening');
		this.port = this.http.address().port;
		this.host = `127.0.0.1:${this.port}`;
	}

	async stop() {
		this.http.close();
		this.http.closeAllConnections();
		await once(this.http, 'close');
	}

	async answer(request, response) {
		let body = '';
		for await (const piece of request.setEncoding('utf8')) {
			body += piece;
		}
		if (request.headers.authorization !== `Bearer ${KEY}`) {
			response.writeHead(401).end(JSON.stringify({ error: { message: 'Invalid API Key' } }));
			return;
		}
		const json = (value) => response.end(JSON.stringify(value));
		const events = (...chunks) =>
			response.end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));
		switch (request.url) {
			case '/v1/models':
				return json({ data: [{ id: 'team-coder-32b', object: 'model', owned_by: 'llamacpp' }] });
			case '/props':
				return json({ default_generation_settings: { n_ctx: 8_192 }, build_info: 'b1' });
			case '/lora-adapters':
				return json([]);
			case '/infill': {
				const end = {
					content: '',
					stop: true,
					stop_type: 'eos',
					tokens_evaluated: 9,
					timings: { cache_n: 0 },
				};
				if (!JSON.parse(body).stream) {
					return json(end);
				}
				this.prompts.push(`/infill ${body}`);
				return events({ content: 'fromServer(a, b);', stop: false, tokens_evaluated: 9 }, end);
			}
			case '/v1/chat/completions': {
				this.prompts.push(`/chat ${body}`);
				const delta = (delta, finish_reason = null) => ({ choices: [{ index: 0, delta, finish_reason }] });
				return events(delta({ content: 'An answer from the server.' }), delta({}, 'stop'));
			}
			default:
				response.writeHead(404).end('{}');
		}
	}
}

describe('a server', () => {
	const server = new Server();
	let sample;
	const session = useWorkbench((made) => {
		sample = made;
	});
	before(() => server.start());
	after(() => server.http.listening && server.stop());

	/** What stands in the settings: those of a machine have a file of their own in a browser. */
	const settings = () =>
		['User/settings.json', 'Machine/settings.json']
			.map((name) => path.join(sample.userData, name))
			.filter((file) => fs.existsSync(file))
			.map((file) => fs.readFileSync(file, 'utf8'))
			.join('\n');
	const useLocal = () => session.familiar.chat.getByRole('button', { name: 'Use the Local Model' });
	const mark = () => session.workbench.statusItem(`Familiar → ${server.host}`);

	async function answerWindow(text) {
		const { page } = session.workbench;
		await page.locator('.quick-input-widget input').first().fill(text);
		await page.keyboard.press('Enter');
	}

	async function pickModel(question) {
		const { page } = session.workbench;
		const input = page.locator('.quick-input-widget input[type=text]').first();
		await page.waitForFunction(
			(text) => document.querySelector('.quick-input-widget input[type=text]')?.placeholder.includes(text),
			question,
		);
		await input.press('Enter');
	}

	it('is connected after one question that says what leaves', async () => {
		const { workbench } = session;
		const { page } = workbench;
		await workbench.runCommand('Familiar: Connect to a Server…');
		await page.locator('.quick-input-widget', { hasText: 'Address of a server' }).waitFor({ timeout: LIMIT });
		await answerWindow(`http://${server.host}/v1`);
		await page
			.locator('.quick-input-widget', { hasText: `Key for ${server.host}` })
			.waitFor({ timeout: LIMIT });
		await answerWindow(KEY);
		await pickModel('answers in the chat');
		await pickModel('completions at the cursor');
		const dialog = page.locator('.monaco-dialog-box');
		await dialog.waitFor({ timeout: LIMIT });
		await workbench.shot('server question');
		assert.match(
			(await dialog.textContent()) ?? '',
			/Code from your files is sent to the server on 127\.0\.0\.1/,
		);
		assert.doesNotMatch(settings(), /familiar\.remote/);
		await dialog.getByRole('button', { name: 'Send Code to' }).click();
		await mark().waitFor({ timeout: LIMIT });
		await workbench.toast('Connected to').waitFor({ timeout: LIMIT });
	});

	it('is marked in the status bar, by icon, name and colour, and in words', async () => {
		const { familiar, workbench } = session;
		await familiar.page
			.locator('.part.statusbar .statusbar-item.warning-kind', { hasText: server.host })
			.waitFor({ timeout: LIMIT });
		assert.equal(await mark().locator('.codicon-cloud-upload').count(), 1);
		const tooltip = await familiar.tooltip();
		await workbench.shot('server status');
		assert.match(tooltip, /Code in prompts is sent to 127\.0\.0\.1/);
		assert.match(tooltip, /team-coder-32b/);
		await familiar.page.mouse.move(600, 300);
		await workbench.hover().waitFor({ state: 'hidden' });
		await workbench.shot('server status bar', { x: 640, y: 760, width: 640, height: 40 });
	});

	it('has its key among the secrets, not in the settings', () => {
		assert.match(settings(), /familiar\.remote\.url/);
		assert.doesNotMatch(settings(), new RegExp(KEY));
	});

	it('writes the ghost text', async () => {
		const { familiar, workbench } = session;
		const { ghost } = await familiar.typeUntilGhostText();
		await workbench.shot('server ghost text');
		assert.match(ghost, /fromServer\(a, b\)/);
		assert.ok(server.prompts.some((prompt) => prompt.startsWith('/infill') && prompt.includes('multiply')));
		await familiar.page.keyboard.press('Escape');
		await workbench.runCommand('File: Revert File');
	});

	it('answers in the chat', async () => {
		const { familiar, workbench } = session;
		await familiar.openChat();
		const answer = await familiar.answerTo(() => familiar.ask('What is this?'));
		await workbench.shot('server answer');
		assert.match(answer, /An answer from the server\./);
		assert.ok(
			server.prompts.some((prompt) => prompt.startsWith('/chat') && prompt.includes('What is this?')),
		);
	});

	it('is named where somebody looks for what leaves the machine', async () => {
		const { workbench } = session;
		await workbench.runCommand('Familiar: Show Diagnostics');
		await until(
			async () => /Code in prompts is sent to 127/.test(await workbench.text()),
			'The diagnostics do not name the server.',
		);
		await workbench.shot('server diagnostics');
		await workbench.runCommand('View: Close Editor');
	});

	it('says that it is away, and is back by itself', async () => {
		const { familiar, workbench } = session;
		const { port } = server;
		await server.stop();
		const answer = await familiar.answerTo(() => familiar.ask('And now?'));
		await workbench.shot('server away');
		assert.match(answer, /cannot be reached/);
		await useLocal().waitFor({ timeout: LIMIT });
		await mark().locator('.codicon-warning').waitFor({ timeout: LIMIT });
		await server.start(port);
		await mark().locator('.codicon-cloud-upload').waitFor({ timeout: LIMIT });
		assert.match(await familiar.answerTo(() => familiar.ask('And again?')), /An answer from the server\./);
	});

	it('is left with one click, and all runs here again', async () => {
		const { familiar, workbench } = session;
		await server.stop();
		assert.match(await familiar.answerTo(() => familiar.ask('Still there?')), /cannot be reached/);
		await useLocal().click();
		await familiar.ready();
		await mark().waitFor({ state: 'detached', timeout: LIMIT });
		await workbench.shot('server left');
		assert.doesNotMatch(settings(), /familiar\.remote/);
		const before = server.prompts.length;
		const { ghost } = await familiar.typeUntilGhostText();
		assert.doesNotMatch(ghost, /fromServer/);
		assert.equal(server.prompts.length, before);
	});
});
