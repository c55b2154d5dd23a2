/** The way to a server: what is asked, in which order, and that nothing is kept before the user agrees. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import type { Dialogues, Picked, Row } from '../../../../src/inference/models/dialogues';
import { connect, type ServerChoice } from '../../../../src/inference/remote/connect';
import { json, KINDS, listed, type Routes, ScriptedServer } from '../../../support/scriptedServer';

/** What the user does at each window, in order: a text, the label of a row, or undefined to leave. */
class User implements Dialogues {
	readonly seen: string[] = [];
	agrees = true;
	constructor(private readonly does: (string | undefined)[]) {}

	pick = async <T>(_: string, question: string, rows: readonly Row<T>[]): Promise<Picked<T> | undefined> => {
		const labels = rows.map((row) => ('heading' in row ? row.heading : row.label));
		this.seen.push(`pick ${question} ${labels.join(' | ')}`);
		const wanted = this.next();
		const row = rows.find((one) => !('heading' in one) && wanted !== undefined && one.label.includes(wanted));
		return row === undefined || 'heading' in row ? undefined : { value: row.value, action: 'pick' };
	};

	ask: Dialogues['ask'] = async (_, prompt, isSecret, check) => {
		this.seen.push(`ask ${isSecret ? 'secret ' : ''}${prompt}`);
		const text = this.next();
		const problem = text === undefined ? undefined : check(text);
		if (problem !== undefined) {
			this.seen.push(`refused ${problem}`);
			return undefined;
		}
		return text;
	};

	during: Dialogues['during'] = async (_, action) => action(() => undefined, new AbortController().signal);
	tell: Dialogues['tell'] = async (kind, message) => {
		this.seen.push(`${kind} ${message}`);
		return undefined;
	};
	confirm = async (message: string, button: string) => {
		this.seen.push(`confirm ${message} [${button}]`);
		return this.agrees;
	};
	browse = async () => undefined;

	private next(): string | undefined {
		assert.ok(this.does.length > 0, this.seen.at(-1));
		return this.does.shift();
	}
}

describe('inference/remote/connect', () => {
	let server: ScriptedServer;
	let written: ServerChoice[];
	let keys: (readonly [string, string | undefined])[];
	afterEach(() => server.stop());

	async function run(routes: Routes, user: User, known?: string): Promise<void> {
		server = await ScriptedServer.start(routes);
		written = [];
		keys = [];
		await connect({
			dialogues: user,
			translate: english,
			agent: 'test',
			strictTls: () => true,
			url: '',
			key: async () => known,
			keep: async (base, key) => void keys.push([base, key]),
			write: async (choice) => void written.push(choice),
		});
	}

	/** The address is known once the server runs. */
	function withUrl(user: User, path = ''): User {
		const { ask } = user;
		let isFirst = true;
		user.ask = async (title, prompt, isSecret, check, value) => {
			if (isFirst) {
				isFirst = false;
				user.seen.push(`ask ${prompt}`);
				return `${server.url}${path}`;
			}
			return ask(title, prompt, isSecret, check, value);
		};
		return user;
	}

	it('asks for address and key, shows the models, and says in one sentence what leaves', async () => {
		const user = withUrl(new User([' k3y ', 'qwen2.5', 'qwen2.5']), '/v1');
		await run(KINDS.llamaServer, user);
		assert.deepEqual(keys, [[server.url, 'k3y']]);
		assert.deepEqual(written, [
			{
				url: `${server.url}/v1`,
				models: { chat: 'qwen2.5-coder-7b', completion: 'qwen2.5-coder-7b', embedding: undefined },
			},
		]);
		const asked = user.seen.map((one) => one.split(' ')[0]);
		assert.deepEqual(asked, ['ask', 'ask', 'pick', 'pick', 'confirm', 'information']);
		assert.match(user.seen[1] ?? '', /^ask secret Key for 127/);
		assert.match(user.seen[4] ?? '', /Code from your files is sent to .*127\.0\.0\.1/);
		assert.match(user.seen[5] ?? '', /Connected to .* Completions: qwen.* Chat: qwen/);
		assert.ok(server.seen.every(({ authorization }) => authorization === 'Bearer k3y'));
	});

	it('keeps nothing where the user does not agree', async () => {
		const user = withUrl(new User(['k3y', 'qwen2.5', 'qwen2.5']));
		user.agrees = false;
		await run(KINDS.llamaServer, user);
		assert.deepEqual([keys, written], [[], []]);
	});

	it('goes on with the key that is known', async () => {
		await run(KINDS.llamaServer, withUrl(new User(['', 'qwen2.5', 'None'])), 'known');
		assert.deepEqual(keys, [[server.url, 'known']]);
		assert.equal(written[0]?.models.completion, undefined);
	});

	it('leaves completions to this machine where the model cannot fill in the middle, and says why', async () => {
		const user = withUrl(new User(['', 'some-model', 'some-model']));
		await run(KINDS.other, user);
		assert.ok(
			user.seen.some((one) => /^confirm .*neither \/infill nor a suffix.*stay on this machine/.test(one)),
		);
		assert.deepEqual(written[0]?.models, { chat: 'some-model', completion: undefined, embedding: undefined });
	});

	it('offers the search by meaning where a model is made for that, and says what goes there', async () => {
		const routes = { 'GET /v1/models': listed('vllm', 'qwen2.5-coder-7b', 'nomic-embed-text') };
		const user = withUrl(new User(['', 'None', 'None', 'nomic']));
		await run(routes, user);
		assert.deepEqual(written[0]?.models, {
			chat: undefined,
			completion: undefined,
			embedding: 'nomic-embed-text',
		});
		assert.match(user.seen.find((one) => one.startsWith('confirm')) ?? '', /search of the workspace/);
		assert.doesNotMatch(user.seen.find((one) => one.startsWith('pick')) ?? '', /nomic/);
	});

	for (const [name, answer, message] of [
		['a key that is wrong', json({ error: { message: 'Invalid API Key' } }, 401), /wants a key/],
		['a page', json('hello'), /Is it the address of a model server/],
		['no model', listed('library'), /has no model yet/],
	] as const) {
		it(`ends at ${name} with what helps`, async () => {
			const user = withUrl(new User(['']));
			await run({ 'GET /v1/models': answer }, user);
			assert.match(user.seen.at(-1) ?? '', message);
			assert.deepEqual([keys, written], [[], []]);
		});
	}

	it('sends nothing to an address that is refused', async () => {
		const user = new User(['http://models.example.com']);
		await run({}, user);
		assert.match(user.seen.at(-1) ?? '', /^refused .*without encryption/);
	});

	it('ends silently where the user leaves', async () => {
		for (const does of [[undefined], ['', undefined], ['', 'qwen2.5', undefined], ['', 'None', 'None']]) {
			const user = withUrl(new User([...does]));
			await run(KINDS.llamaServer, user);
			assert.deepEqual([keys, written], [[], []]);
			await server.stop();
		}
		server = await ScriptedServer.start({});
	});
});
