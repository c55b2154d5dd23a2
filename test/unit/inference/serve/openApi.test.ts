/** Starting the local API: its address, its token, the example, and a port that cannot be had. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { sameSecret } from '../../../../src/inference/sameSecret';
import { exampleOf, type OpenedApi, openApi, tokenFrom } from '../../../../src/inference/serve/openApi';
import { FakeModel } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';

describe('openApi', () => {
	const opened: OpenedApi[] = [];
	afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

	async function open(port: number): Promise<OpenedApi> {
		const api = await openApi({
			models: { completion: new FakeModel(), chat: () => undefined, embedding: () => undefined },
			port,
			token: () => 'token',
			temperature: () => 0,
			translate: english,
			log: silentLog,
		});
		opened.push(api);
		return api;
	}

	it('takes any port, or the one that is wanted', async () => {
		const { address } = await open(0);
		assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
		assert.equal((await fetch(`${address}/health`)).status, 200);
		const port = Number(new URL(address).port);
		await assert.rejects(open(port), new RegExp(`port ${port} is in use.*familiar\\.api\\.port`));
		await opened.pop()?.close();
		assert.equal((await open(port)).address, address);
	});

	it('keeps a token, and makes one of 256 bits where there is none that can be one', () => {
		const token = tokenFrom(undefined);
		assert.equal(Buffer.from(token, 'base64url').length, 32);
		assert.equal(tokenFrom(token), token);
		for (const damaged of ['', 'short', `${token} `, `${token}x`]) {
			assert.notEqual(tokenFrom(damaged), damaged);
		}
		assert.notEqual(tokenFrom(undefined), token);
		assert.deepEqual(
			[sameSecret(token, token), sameSecret(`${token}x`, token), sameSecret('', token)],
			[true, false, false],
		);
	});

	it('shows how to ask it', () => {
		const example = exampleOf('http://127.0.0.1:1', 'secret');
		assert.match(example, /OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:1\/v1\n.*OPENAI_API_KEY=secret\n/);
		const [, body = ''] = /-d '(.*)'/.exec(example) ?? [];
		assert.equal(JSON.parse(body).messages.length, 1);
	});
});
