/** Which roles a server plays: by the settings, in trusted workspaces, with the key that is its own. */
import * as assert from 'node:assert/strict';
import { english } from '../../../src/finetune/job/english';
import { RemoteRoles } from '../../../src/inference/remoteRoles';
import { ServerKey } from '../../../src/inference/serverKey';
import { readSettings, type Settings } from '../../../src/manifest';
import { chatOf, fillOf, never } from '../../support/asking';
import { FakeModel } from '../../support/fakeModel';
import { hear } from '../../support/remoteModels';
import { delta, events, json, KINDS, ScriptedServer } from '../../support/scriptedServer';
import { silentLog } from '../../support/silentLog';

class Secrets {
	readonly kept = new Map<string, string>();
	get = async (name: string) => this.kept.get(name);
	store = async (name: string, value: string) => void this.kept.set(name, value);
	delete = async (name: string) => void this.kept.delete(name);
}

describe('inference/remoteRoles', () => {
	let server: ScriptedServer;
	let local: FakeModel;
	let isTrusted: boolean;
	let given: Record<string, unknown>;
	let secrets: Secrets;
	let roles: RemoteRoles;
	const settings = (): Settings => readSettings((key) => given[key]);

	beforeEach(async () => {
		server = await ScriptedServer.start({
			...KINDS.llamaServer,
			'POST /v1/chat/completions': events(delta({ content: 'served' }, 'stop'), '[DONE]'),
			'POST /v1/embeddings': json({ data: [{ embedding: [1, 2] }] }),
		});
		local = new FakeModel();
		local.onChat = () => 'local';
		local.onFill = () => 'local';
		isTrusted = true;
		given = {};
		secrets = new Secrets();
		const key = new ServerKey(secrets);
		roles = new RemoteRoles({
			local: { completion: local, chat: local },
			settings,
			isTrusted: () => isTrusted,
			key: (base) => key.for(base),
			strictTls: () => true,
			agent: 'test',
			translate: english,
			log: silentLog,
		});
	});
	afterEach(async () => {
		roles.dispose();
		await server.stop();
	});

	const answer = async () => (await hear(roles.chat.chat(chatOf('a'), never))).text;
	function set(changes: Readonly<Record<string, unknown>>): void {
		given = { ...given, ...changes };
		roles.configure();
	}

	it('leaves all to this machine without a server', async () => {
		assert.equal(roles.use, undefined);
		assert.deepEqual([roles.plays('completion'), roles.plays('chat')], [false, false]);
		assert.equal(await answer(), 'local');
		assert.equal(server.seen.length, 0);
	});

	it('sends completions and the chat where the settings say, and says so at once', async () => {
		set({ 'familiar.remote.url': server.url });
		assert.deepEqual(roles.use, {
			host: `127.0.0.1:${server.port}`,
			roles: ['completion', 'chat'],
			isEncrypted: false,
			isHere: true,
			problems: [],
		});
		assert.deepEqual([roles.plays('completion'), roles.plays('chat')], [true, true]);
		assert.equal(await answer(), 'served');
		assert.equal(local.chats.length, 0);
		assert.equal(roles.embeddingName, undefined);
		set({ 'familiar.remote.url': '' });
		assert.equal(roles.use, undefined);
		assert.equal(await answer(), 'local');
	});

	it('sends one role alone, and the local model is needed for the other', async () => {
		set({ 'familiar.remote.url': server.url, 'familiar.remote.use': { completion: false, chat: true } });
		assert.deepEqual(roles.use?.roles, ['chat']);
		assert.deepEqual([roles.plays('completion'), roles.plays('chat')], [false, true]);
		assert.equal((await hear(roles.completion.fill(fillOf(), never))).text, 'local');
		assert.equal(await answer(), 'served');
		assert.equal(server.asked('/infill').length, 0);
	});

	it('sends nothing without trust, and begins when that is given', async () => {
		isTrusted = false;
		set({ 'familiar.remote.url': server.url });
		assert.equal(roles.use, undefined);
		assert.equal(await answer(), 'local');
		assert.equal(server.seen.length, 0);
		isTrusted = true;
		roles.configure();
		assert.equal(await answer(), 'served');
	});

	it('gives the key to the server that it was entered for, and to no other', async () => {
		await new ServerKey(secrets).keep(server.url, 'k3y');
		set({ 'familiar.remote.url': `${server.url}/v1` });
		assert.equal(await answer(), 'served');
		assert.ok(server.seen.every(({ authorization }) => authorization === 'Bearer k3y'));
		const other = await ScriptedServer.start(server.routes);
		try {
			set({ 'familiar.remote.url': other.url });
			assert.equal(await answer(), 'served');
			assert.ok(other.seen.length > 0);
			assert.ok(other.seen.every(({ authorization }) => authorization === undefined));
		} finally {
			await other.stop();
		}
	});

	it('opens nothing anew for settings that are none of its own', async () => {
		set({ 'familiar.remote.url': server.url });
		await answer();
		const before = server.asked('/v1/models').length;
		set({ 'familiar.chat.maxTokens': 100 });
		await answer();
		assert.equal(server.asked('/v1/models').length, before);
		roles.configure(true);
		await answer();
		assert.ok(server.asked('/v1/models').length > before);
	});

	it('says what is wrong, once for all roles', async () => {
		server.routes = { 'GET /v1/models': json({ error: 'no' }, 401) };
		const told = new Promise<void>((resolve) => {
			roles.onDidChange(() => {
				if (roles.completion.state.type === 'failed' && roles.chat.state.type === 'failed') {
					resolve();
				}
			});
		});
		set({ 'familiar.remote.url': server.url });
		await told;
		assert.equal(roles.use?.problems.length, 1);
		assert.match(roles.use?.problems[0] ?? '', /wants a key/);
	});

	it('tells when a local model is needed for completion or the chat, and when not', () => {
		const needs: boolean[][] = [];
		roles.onDidChangeNeed(() => needs.push([!roles.plays('completion'), !roles.plays('chat')]));
		set({ 'familiar.remote.url': server.url });
		set({ 'familiar.remote.use': { completion: true, chat: true, embedding: true } });
		set({ 'familiar.remote.use': { completion: false, chat: true } });
		set({ 'familiar.remote.use': { completion: true, chat: false } });
		set({ 'familiar.remote.url': '' });
		assert.deepEqual(needs, [
			[false, false],
			[true, false],
			[false, true],
			[true, true],
		]);
	});

	it('gives vectors where the settings say so', async () => {
		set({
			'familiar.remote.url': server.url,
			'familiar.remote.use': { completion: false, chat: false, embedding: true },
		});
		assert.match(roles.embeddingName ?? '', /^http:/);
		const embedding = roles.startEmbedding();
		assert.deepEqual(await embedding.embed('a', never), { type: 'embedding', vector: [1, 2] });
		await embedding.dispose();
		assert.deepEqual(roles.use?.roles, ['embedding']);
	});
});
