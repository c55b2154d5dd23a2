/** A judge beside a user, on one real host: the model in memory once, the user's adapters left alone, the user first. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Judging } from '../../src/finetune/judge/judging';
import { ModelClient } from '../../src/inference/client/client';
import { QWEN_25 } from '../support/chatTemplates';
import { onCpu, randomModelFile } from '../support/engines';
import { collect, fillOf, never, pidOf, readyModel, testClient } from '../support/fakeHost';
import { HOUSES, placesIn } from '../support/houseCode';
import { TINY_MODEL, writeRandomAdapter } from '../support/randomModel';
import { root } from '../support/root';
import { translate } from '../unit/finetune/panel/runs';

const SHAPE = { ...TINY_MODEL, contextLength: 2048, chatTemplate: QWEN_25 };

describe('a judge on the shared host', function () {
	this.timeout(180_000);

	it('has a session of its own, with adapters of its own', async () => {
		const limits = { tick: 1_000, silence: 60_000, silenceWhileLoading: 60_000 };
		const hostFile = path.join(root, 'dist/host.mjs');
		const user = testClient({ hostFile, limits });
		const sessions: ModelClient[] = [];
		try {
			const options = onCpu(randomModelFile(SHAPE));
			const adapters = ['own', 'judged'].map((name, index) => {
				const file = path.join(user.folder, `${name}.gguf`);
				writeRandomAdapter(file, { ...SHAPE, rank: 4, alpha: 8, seed: 5 + index });
				return { path: file, scale: 1 };
			});
			const [own, judged] = adapters;
			assert.ok(own !== undefined && judged !== undefined);
			await user.client.load(options, never);
			assert.equal((await user.client.useAdapters([own], never)).type, 'adapters');
			const places = placesIn(HOUSES.bank, 0, 2).map((place) => JSON.stringify(place));
			fs.writeFileSync(path.join(user.folder, 'test.jsonl'), places.join('\n'));
			fs.writeFileSync(path.join(user.folder, 'validation.jsonl'), places.slice(0, 3).join('\n'));
			const judging = new Judging({
				model: user.client,
				chatModel: user.client,
				startModel: () => {
					const runtimeFolders = [path.join(user.folder, 'host')];
					const log = { trace() {}, info() {}, warn() {}, error() {} };
					const session = new ModelClient({ hostFile, runtimeFolders, limits, log });
					sessions.push(session);
					return session;
				},
				loadOptions: () => options,
				fileOf: (name) => path.join(root, 'dist', name),
				translate,
			});
			const request = { ...fillOf('class A {'), maxTokens: 8 };
			const before = await collect(user.client.fill(request, never));
			const pid = pidOf(user.client);
			const order: string[] = [];
			let asked: Promise<void> | undefined;
			const found = await judging.judge(
				{
					adapterPath: judged.path,
					basePath: options.path,
					folder: user.folder,
					budget: 60_000,
					role: 'completion',
				},
				() => {
					assert.equal(sessions[0]?.hostPid ?? pid, pid, 'one host');
					asked ??= collect(user.client.fill(request, never)).then((during) => {
						assert.deepEqual(during, before);
						order.push('user');
					});
				},
				never,
			);
			order.push('judge');
			await asked;
			assert.deepEqual(order, ['user', 'judge']);
			assert.equal(found?.spans, 14);
			assert.equal(found?.answers[0]?.answer, 'unsure');
			assert.ok(Math.abs(found?.loss.difference.value ?? 0) > 0, 'an adapter of chance changes the loss');
			assert.ok(fs.existsSync(path.join(user.folder, 'judged.judgement.json')));
			assert.deepEqual(readyModel(user.client.state).adapters, [own]);
			assert.deepEqual(await collect(user.client.fill(request, never)), before);
			assert.equal(pidOf(user.client), pid);

			// The same for an adapter of chat.
			assert.equal((await user.client.useChatAdapters([own], never)).type, 'adapters');
			const chats = Array.from({ length: 3 }, (_, index) => ({
				file: `desk${index}.ts`,
				kind: 'functions',
				messages: [
					{ role: 'user', content: `What is number ${index}?` },
					{ role: 'assistant', content: 'A desk that keeps the ledger.' },
				],
			}));
			fs.writeFileSync(
				path.join(user.folder, 'chat-test.jsonl'),
				chats.map((chat) => JSON.stringify(chat)).join('\n'),
			);
			const ofChat = await judging.judge(
				{
					...{ adapterPath: judged.path, basePath: options.path, folder: user.folder },
					...{ budget: 60_000, role: 'chat' },
				},
				() => undefined,
				never,
			);
			assert.deepEqual([ofChat?.role, ofChat?.spans], ['chat', 3]);
			assert.ok(Math.abs(ofChat?.loss.difference.value ?? 0) > 0, 'an adapter of chance changes the loss');
			const { adapters: completing, chatAdapters } = readyModel(user.client.state);
			assert.deepEqual([completing, chatAdapters], [[own], [own]]);
			assert.equal(pidOf(user.client), pid);
		} finally {
			await user.dispose();
		}
	});
});
