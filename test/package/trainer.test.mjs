/** The trainer runs from the VSIX alone: koffi, the libraries of llama.cpp and the licences are in it. */
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageExtension } from '../../scripts/package.mjs';
import { unpackZip } from '../../scripts/zip.mjs';

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
		trainer.send({ type: 'start', resume: false, order: order() });
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

	function order() {
		return {
			version: 1,
			runFolder: folder,
			basePath: path.join(folder, 'extension/models/starter.gguf'),
			datasetPath: path.join(folder, 'no-data.bin'),
			adapterFolder: path.join(folder, 'adapters'),
			cacheFolder: path.join(folder, 'cache'),
			name: 'test',
			settings: {
				rank: 16,
				alpha: 32,
				rankStabilised: false,
				dropout: 0,
				targets: ['q', 'v'],
				topLayers: 0,
				learningRate: 3e-4,
				learningRateRatioB: 1,
				weightDecay: 0.01,
				beta1: 0.9,
				beta2: 0.999,
				epsilon: 1e-8,
				clipNorm: 1,
				warmupShare: 0.04,
				sequenceLength: 512,
				rowsPerStep: 8,
				epochs: 1,
				minutes: 0,
				seed: 1,
				gradientCheckpointing: 'auto',
				evaluateEvery: 0,
				checkpointMinutes: 3,
				backend: 'cpu',
				threads: 1,
			},
		};
	}
});
