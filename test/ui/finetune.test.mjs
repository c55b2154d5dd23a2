/** Fine-tuning as a user meets it, with a trainer that only pretends: questions, panel, pause, result, failure, resume. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, useWorkbench } from './session.mjs';

/** Milliseconds for what the pretended training and a busy machine may take. */
const LIMIT = 60_000;

/** Puts real code into the workspace, makes it a repository, and the pretended trainer what the editor starts. */
function prepare(sample) {
	const folder = path.join(sample.workspace, 'src/more');
	fs.mkdirSync(folder);
	for (const name of fs.readdirSync(path.join(root, 'src/completion')).slice(0, 20)) {
		fs.copyFileSync(path.join(root, 'src/completion', name), path.join(folder, name));
	}
	for (const words of [
		['init', '-q'],
		['add', '.'],
	]) {
		execFileSync('git', ['-C', sample.workspace, ...words]);
	}
	const modeFile = path.join(sample.folder, 'mode');
	fs.writeFileSync(modeFile, 'worse');
	const node = path.join(sample.folder, 'node');
	const trainer = path.join(root, 'test/ui/finetuneTrainer.mjs');
	fs.writeFileSync(
		node,
		`#!/bin/sh\ncase "$1" in *trainer.mjs) exec "${process.execPath}" "${trainer}" "${modeFile}";; esac\nexec "${process.execPath}" "$@"\n`,
		{ mode: 0o755 },
	);
	// Behind a server, settings of the machine are the server's; those of the user count until the first change.
	const settings = { 'familiar.host.nodePath': node };
	fs.mkdirSync(path.join(sample.userData, 'Machine'), { recursive: true });
	fs.writeFileSync(path.join(sample.userData, 'Machine/settings.json'), JSON.stringify(settings));
	return settings;
}

describe('fine-tuning', () => {
	let modeFile;
	const session = useWorkbench((sample) => {
		modeFile = path.join(sample.folder, 'mode');
		return prepare(sample);
	});

	function panel() {
		return session.workbench.webview();
	}

	function button(name) {
		return panel().getByRole('button', { name, exact: true });
	}

	async function phase(text) {
		await panel().locator('.phase', { hasText: text }).waitFor({ timeout: LIMIT });
	}

	/** The step that the panel shows; 0 before the first. */
	async function shownStep() {
		const text = await panel()
			.locator('.figures dd')
			.first()
			.textContent({ timeout: 1_000 })
			.catch(() => '');
		return Number(/^(\d+) of/.exec(text)?.[1] ?? 0);
	}

	async function step(least) {
		for (let tries = 0; tries < LIMIT / 50 && (await shownStep()) < least; tries++) {
			await session.familiar.page.waitForTimeout(50);
		}
		assert.ok((await shownStep()) >= least);
	}

	/** Screenshots in dark and in light. */
	async function shots(name) {
		for (const kind of ['dark', 'light']) {
			await session.workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
			await panel().locator(`body.vscode-${kind}`).waitFor({ timeout: LIMIT });
			// A frame for the picture of the curve, which follows the theme.
			await session.familiar.page.waitForTimeout(300);
			await session.workbench.shot(`finetune ${name} ${kind}`);
		}
	}

	/** Answers everything that is asked before a run. */
	async function start() {
		const { workbench, familiar } = session;
		const { page } = familiar;
		await workbench.runCommand('Familiar: Fine-tune on This Workspace');
		const rows = page.locator('.quick-input-list .monaco-list-row');
		await rows.filter({ hasText: 'a quick look' }).waitFor({ timeout: LIMIT });
		await workbench.shot('finetune asks time');
		await rows.filter({ hasText: 'a quick look' }).click();
		await rows.filter({ hasText: 'What fills the holes' }).click();
		const dialog = page.locator('.monaco-dialog-box');
		await dialog.waitFor();
		await workbench.shot('finetune asks');
		const text = await dialog.textContent();
		assert.match(text ?? '', /tracked files of workspace are read/);
		assert.match(text ?? '', /Nothing leaves this machine/);
		await dialog.getByRole('button', { name: 'Start' }).click();
		await panel().locator('.run').waitFor({ timeout: LIMIT });
	}

	it('explains itself while there is nothing to show', async () => {
		await session.workbench.runCommand('Familiar: Show Fine-Tune');
		await panel().locator('.empty').waitFor();
		await session.workbench.shot('finetune empty');
		assert.equal(await button('Start a Fine-Tune…').isVisible(), true);
	});

	it('asks, prepares, and shows the training', async () => {
		await start();
		await phase('Training');
		await step(90);
		await session.workbench.shot('finetune running');
		assert.equal(await panel().locator('canvas').isVisible(), true);
		assert.match((await panel().locator('.estimate').textContent()) ?? '', /1\.6 GB of 6\.2 GB free/);
	});

	it('pauses, survives being hidden, and goes on', async () => {
		const { workbench } = session;
		await button('Pause').click();
		await phase('Paused');
		const before = await shownStep();
		await workbench.openFile('todo.ts');
		await workbench.runCommand('Familiar: Show Fine-Tune');
		await phase('Paused');
		// The step that was under way still ended.
		assert.ok((await shownStep()) - before <= 1);
		await shots('paused');
		await button('Resume').click();
		await phase('Training');
	});

	it('keeps an adapter off that did not help, and says so', async () => {
		await phase('Finished');
		assert.match((await panel().locator('.sentence').textContent()) ?? '', /kept, off/);
		assert.match((await panel().locator('.verdict').textContent()) ?? '', /2\.1532.*2\.1871.*\+1\.6 %/);
		await session.workbench.shot('finetune worse');
		await session.workbench.toast('is kept, off').waitFor();
	});

	it('says why an adapter that helped could not be used', async () => {
		fs.writeFileSync(modeFile, 'better');
		await start();
		await phase('Finished');
		await panel().locator('.verdict .note', { hasText: 'pretended.gguf' }).waitFor();
		await panel().getByText('As a table').click();
		await shots('finished');
	});

	it('says why a run failed, and goes on from its checkpoint', async () => {
		fs.writeFileSync(modeFile, 'fail');
		await start();
		await phase('Failed');
		assert.match((await panel().locator('.detail').textContent()) ?? '', /0\.9 GB are free/);
		await shots('failed');
		fs.writeFileSync(modeFile, 'worse');
		await button('Resume').click();
		await phase('Finished');
	});

	it('cancels', async () => {
		await start();
		await step(5);
		await button('Cancel').click();
		await phase('Cancelled');
		assert.equal(await button('Cancel').count(), 0);
	});
});

describe('a fine-tune that a closed window left behind, in high contrast', () => {
	const session = useWorkbench((sample) => {
		prepare(sample);
		leaveRun(sample);
		return { 'workbench.colorTheme': 'Default High Contrast' };
	});

	it('is offered once, and shown as it was left', async () => {
		const { workbench } = session;
		const toast = workbench.toast('was interrupted');
		await toast.waitFor({ timeout: LIMIT });
		await toast.getByRole('button', { name: 'Show' }).click();
		await workbench.webview().locator('.phase', { hasText: 'Interrupted' }).waitFor();
		await session.familiar.page.waitForTimeout(300);
		await workbench.shot('finetune interrupted high contrast');
		const buttons = await workbench.webview().locator('.actions button').allTextContents();
		assert.deepEqual(buttons, ['Resume', 'Start a Fine-Tune…']);
	});
});

/** What lies on disk of a run whose window was closed at step 60. */
function leaveRun(sample) {
	const storage = path.join(sample.userData, 'User/globalStorage/familiar.familiar');
	const folder = path.join(storage, 'runs/20260101-100000-abcd');
	fs.mkdirSync(folder, { recursive: true });
	const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
	write('dataset.fds', 'data');
	write('checkpoint.txt', '60');
	const order = {
		version: 1,
		runFolder: folder,
		basePath: path.join(root, 'models/starter.gguf'),
		datasetPath: path.join(folder, 'dataset.fds'),
		adapterFolder: path.join(storage, 'adapters'),
		cacheFolder: path.join(storage, 'cache'),
		name: 'workspace',
		settings: trainingSettings,
		// As the extension names the workspace that is open: runs of others are not offered.
		workspace: createHash('sha256')
			.update(pathToFileURL(sample.workspace).toString())
			.digest('hex')
			.slice(0, 32),
	};
	write('run.json', JSON.stringify(order));
	write('state.json', JSON.stringify({ version: 1, state: 'running', updated: 0, checkpointStep: 60 }));
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
		...Array.from({ length: 60 }, (_, index) => ({ type: 'progress', progress: progress(index + 1) })),
		{ type: 'log', level: 'warn', text: 'Step 41 was skipped: its loss is not finite' },
		{ type: 'checkpoint', step: 60, path: 'checkpoint.txt' },
	];
	write('log.jsonl', messages.map((message) => `${JSON.stringify({ at: 0, message })}\n`).join(''));
}

const trainingSettings = {
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
	minutes: 30,
	seed: 1,
	gradientCheckpointing: 'auto',
	evaluateEvery: 0,
	checkpointMinutes: 3,
	backend: 'auto',
	threads: 0,
};
