/** Fault 1: the host is killed while it generates. The answer is completed once, by a new host. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
	chatOf,
	collect,
	fake,
	fillOf,
	isAlive,
	never,
	pidOf,
	said,
	type TestClient,
	testClient,
} from '../support/fakeHost';

describe('fault 1: host killed with -9 while it generates', () => {
	let test: TestClient;
	beforeEach(async () => {
		test = testClient();
		await test.client.load(fake('ok'), never);
	});
	afterEach(() => test.dispose());

	/** Kills the host once `after` tokens have come. */
	function killer(after: number): (text: string) => void {
		const pid = pidOf(test.client);
		let seen = '';
		return (text) => {
			seen += text;
			if (seen.includes(`t${after} `) && isAlive(pid)) {
				process.kill(pid, 'SIGKILL');
			}
		};
	}

	for (const after of [0, 7, 28]) {
		it(`delivers every token once when it dies after token ${after}`, async () => {
			const pid = pidOf(test.client);
			const answer = await collect(test.client.fill(fillOf('say 30 slow 25'), never), killer(after));
			assert.deepEqual(answer, { text: said(30), end: 'end-of-text' });
			assert.notEqual(pidOf(test.client), pid);
			assert.match(test.lines.join('\n'), /ended by SIGKILL .*while fake:ok was generating/);
		});
	}

	it('completes all generations that were under way, and the requests that were waiting', async () => {
		const kill = killer(5);
		const answers = await Promise.all([
			collect(test.client.fill(fillOf('say 30 slow 5'), never), kill),
			collect(test.client.chat(chatOf('say 40 slow 5'), never)),
			test.client.tokenize('say 40 slow 5', never).then((tokens) => tokens.type),
		]);
		assert.deepEqual(answers, [
			{ text: said(30), end: 'end-of-text' },
			{ text: said(40), end: 'end-of-text' },
			'tokens',
		]);
	});

	it('ends with an error, and keeps the text, where the new host says something else', async () => {
		const pid = pidOf(test.client);
		const answer = await collect(test.client.fill(fillOf('say 30 slow 5 own'), never), () => {
			if (isAlive(pid)) {
				process.kill(pid, 'SIGKILL');
			}
		});
		assert.equal(answer.end, 'answer-interrupted');
		assert.match(answer.text, new RegExp(`^(${pid}-t\\d+ )+$`));
		assert.equal(test.client.state.type, 'ready', 'the next request can be answered');
	});

	it('does not start again what was cancelled meanwhile', async () => {
		const controller = new AbortController();
		const answer = await collect(test.client.fill(fillOf('say 30 slow 5'), controller.signal), () => {
			process.kill(pidOf(test.client), 'SIGKILL');
			controller.abort();
		});
		assert.equal(answer.end, 'AbortError');
	});

	it('leaves no socket of the dead host behind', async () => {
		const pid = pidOf(test.client);
		await collect(test.client.fill(fillOf(`say 5 abort once ${path.join(test.folder, 'marker')}`), never));
		assert.ok(!isAlive(pid));
		const files = fs.readdirSync(path.join(test.folder, 'host')).map((name) => path.extname(name));
		// Those of the new one, and what the dead one has printed.
		assert.deepEqual(files.sort(), ['.log', '.old', '.process', '.sock', '.token']);
	});
});
