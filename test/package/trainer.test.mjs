/** The trainer runs from the VSIX alone: koffi, the libraries of llama.cpp and the licences are in it. */
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageExtension } from '../../scripts/package.mjs';
import { unpackZip } from '../../scripts/zip.mjs';
import { runOrder } from '../support/fineTuneOrder.mjs';

describe('trainer in the VSIX', () => {
	let folder;
	let dist;

	before(async () => {
		// Outside the checkout, where nothing but the VSIX is found.
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		unpackZip(await packageExtension({ reuse: true }), folder);
		dist = path.join(folder, 'extension/dist');
	});

	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('can import koffi', () => {
		const file = path.join(dist, 'import-koffi.mjs');
		fs.writeFileSync(file, `const koffi = await import('koffi'); console.log(koffi.sizeof('int'));`);
		assert.equal(execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim(), '4');
	});

	it('opens a device and says what is wrong with an order', async () => {
		const trainer = fork(path.join(dist, 'trainer.mjs'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
		const messages = [];
		trainer.on('message', (message) => messages.push(message));
		const order = runOrder(folder, {
			runFolder: folder,
			basePath: path.join(folder, 'extension/models/starter.gguf'),
			datasetPath: path.join(folder, 'no-data.bin'),
			settings: { backend: 'cpu', threads: 1 },
		});
		trainer.send({ type: 'start', resume: false, order });
		const code = await new Promise((resolve) => trainer.once('close', resolve));
		assert.equal(code, 0);
		assert.match(JSON.stringify(messages), /"ggml [^"]* on /);
		assert.equal(messages.at(-1)?.type, 'failed');
		assert.match(messages.at(-1).message, /no-data\.bin/);
	});

	it('names every package that it has', () => {
		const notices = fs.readFileSync(path.join(folder, 'extension/THIRD-PARTY-NOTICES.txt'), 'utf8');
		for (const name of ['koffi', 'ignore', 'uplot', '@secretlint/core', 'node-llama-cpp', 'node-forge']) {
			assert.match(notices, new RegExp(`^(- )?${name} `, 'm'));
		}
		assert.doesNotMatch(notices, /undefined/);
	});
});
