/** Fault 9: the file of a model that is in use is written over, cut, replaced or deleted. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { collect, fake, fillOf, never, said, type TestClient, testClient } from '../support/fakeHost';

describe('fault 9: a model file that changes while it is in use', () => {
	let test: TestClient;
	let file: string;
	beforeEach(async () => {
		test = testClient();
		file = path.join(test.folder, 'fake:ok');
		fs.writeFileSync(file, 'weights');
		await test.client.load(fake('ok', { path: file }), never);
		assert.equal(test.client.state.type, 'ready');
	});
	afterEach(() => test.dispose());

	const fill = () => collect(test.client.fill(fillOf('say 2'), never));

	for (const [name, spoil] of [
		['written over', () => fs.writeFileSync(file, 'others!')],
		['cut', () => fs.truncateSync(file, 3)],
	] as const) {
		it(`no text comes of one that was ${name}, until the user restarts the model`, async () => {
			spoil();
			assert.deepEqual(await fill(), { text: '', end: 'model-changed' });
			assert.deepEqual(await fill(), { text: '', end: 'model-changed' });
			await test.client.restart();
			assert.deepEqual(await fill(), { text: said(2), end: 'end-of-text' });
		});
	}

	it('an answer that is being written when it happens is the last one', async () => {
		let spoilt = false;
		const answer = await collect(test.client.fill(fillOf('say 3 slow 5'), never), () => {
			if (!spoilt) {
				spoilt = true;
				fs.writeFileSync(file, 'others!');
			}
		});
		assert.equal(answer.text, said(3));
		await test.client.restart();
		assert.deepEqual(await fill(), { text: said(2), end: 'end-of-text' });
	});

	for (const [name, change] of [
		['deleted', () => fs.rmSync(file)],
		[
			'replaced',
			() => {
				fs.writeFileSync(`${file}.new`, 'others!');
				fs.renameSync(`${file}.new`, file);
			},
		],
	] as const) {
		it(`one that was ${name} goes on: what is mapped is as it was`, async () => {
			change();
			assert.deepEqual(await fill(), { text: said(2), end: 'end-of-text' });
		});
	}
});
