/** A fine-tune as it lies on disk and as the trainer is given it, for tests that are plain modules. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/install.mjs';
import { importTypeScript } from './typescript.mjs';

const { DEFAULT_SETTINGS } = await importTypeScript('src/finetune/settings.ts');

/**
 * @param {string} storage Absolute path of the folder for adapters and caches.
 * @param {{ runFolder: string, datasetPath: string } & Record<string, unknown>} rest More of the order; settings are added
 *   to the defaults.
 */
export function runOrder(storage, { settings, ...rest }) {
	return {
		version: 1,
		basePath: path.join(root, 'models/starter.gguf'),
		adapterFolder: path.join(storage, 'adapters'),
		cacheFolder: path.join(storage, 'cache'),
		name: 'workspace',
		settings: { ...DEFAULT_SETTINGS, ...settings },
		...rest,
	};
}

/** What lies on disk of a run whose window was closed at step 60 of 240. */
export function leaveRun(sample) {
	const write = writeRun(sample);
	write('dataset.fds', 'data');
	write('checkpoint.txt', '60');
	write('state.json', JSON.stringify({ version: 1, state: 'running', updated: 0, checkpointStep: 60 }));
	writeLog(write, 60, [
		{ type: 'log', level: 'warn', text: 'Step 41 was skipped: its loss is not finite' },
		{ type: 'checkpoint', step: 60, path: 'checkpoint.txt' },
	]);
}

/**
 * What lies on disk of a run that has ended, and whose adapter was judged.
 *
 * @param {string} adapterPath Absolute.
 * @param {readonly object[]} places What it can be judged on again.
 */
export function leaveJudgedRun(sample, adapterPath, judgement, places) {
	const write = writeRun(sample);
	const evaluation = (step, loss) => ({ step, loss, tokens: 10, byFile: {} });
	const result = {
		adapterPath,
		before: evaluation(0, 2.1532),
		after: evaluation(240, 1.9871),
		...{ steps: 240, tokens: 983_040, seconds: 1_777, skipped: 0, peakBytes: 1_590e6 },
	};
	write('state.json', JSON.stringify({ version: 1, state: 'finished', updated: 0, result }));
	write('test.jsonl', places.map((place) => `${JSON.stringify(place)}\n`).join(''));
	writeLog(write, 240, [{ type: 'finished', result }]);
	fs.writeFileSync(adapterPath.replace(/\.gguf$/, '.judgement.json'), JSON.stringify(judgement));
}

/** The folder of a run of the sample's workspace, with its order; returns what writes more into it. */
function writeRun(sample) {
	const storage = path.join(sample.userData, 'User/globalStorage/familiar.familiar');
	const runFolder = path.join(storage, 'runs/20260101-100000-abcd');
	fs.mkdirSync(runFolder, { recursive: true });
	const write = (name, text) => fs.writeFileSync(path.join(runFolder, name), text);
	const order = runOrder(storage, {
		runFolder,
		datasetPath: path.join(runFolder, 'dataset.fds'),
		settings: { minutes: 30 },
		// As the extension names the workspace that is open: runs of others are not offered.
		workspace: createHash('sha256')
			.update(pathToFileURL(sample.workspace).toString())
			.digest('hex')
			.slice(0, 32),
	});
	write('run.json', JSON.stringify(order));
	return write;
}

function writeLog(write, steps, rest) {
	const progress = (step) => ({
		step,
		steps: 240,
		loss: 1 + Math.exp(-step / 30),
		learningRate: 3e-4,
		gradientNorm: 1,
		tokens: step * 4_096,
		tokensPerSecond: 553,
		secondsLeft: 1_000,
	});
	const messages = [
		{ type: 'evaluation', evaluation: { step: 0, loss: 2.1, tokens: 1, byFile: {} } },
		...Array.from({ length: steps }, (_, index) => ({ type: 'progress', progress: progress(index + 1) })),
		...rest,
	];
	write('log.jsonl', messages.map((message) => `${JSON.stringify({ at: 0, message })}\n`).join(''));
}
