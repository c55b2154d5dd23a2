/** A workbench of its own for one file of UI tests, with the extension from the checkout; a failed test leaves a screenshot. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSample } from '../../scripts/sample.mjs';
import { Workbench } from '../host/driver.mjs';
import { Familiar } from './familiar.mjs';

/** Absolute path of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Where screenshots go. */
export const shots = path.join(root, 'out/shots');

/**
 * Call inside describe(). Opens before the first test and closes after the last.
 *
 * @param {(sample: ReturnType<typeof makeSample>) => Record<string, unknown> | void} [prepare] Puts files in place before
 *   VS Code starts; what it returns is added to the user settings.
 * @param {(familiar: Familiar) => Promise<void>} [ready] Waits until the tests may begin; default: until the model is loaded.
 * @param {boolean} [trust] Whether the workspace is trusted; default: yes.
 * @returns {{ workbench: Workbench, familiar: Familiar }} Filled in before the first test.
 */
export function useWorkbench(
	prepare = () => undefined,
	ready = (familiar) => familiar.ready(),
	trust = true,
) {
	const session = {};
	let sample;
	let failed = false;

	before(async () => {
		sample = makeSample();
		const settings = prepare(sample);
		session.workbench = await Workbench.open({
			extensionDevelopmentPath: [root],
			workspace: sample.workspace,
			userDataDir: sample.userData,
			extensionsDir: sample.extensions,
			shots,
			trust,
			// The same question gets the same answer.
			settings: { 'familiar.chat.temperature': 0, ...settings },
		});
		session.familiar = new Familiar(session.workbench, sample.workspace);
		// A window that does not get ready is looked into as a failed test is: its log says how far it came.
		failed = true;
		await ready(session.familiar);
		failed = false;
	});

	afterEach(async function () {
		// A test that is to be tried again has no state.
		if (this.currentTest?.state !== 'passed' && this.currentTest?.pending !== true) {
			failed = true;
			await session.workbench?.shot(`FAILED ${this.currentTest.title}`);
		}
		await session.workbench?.page.keyboard.press('Escape');
	});

	after(async () => {
		if (failed || session.familiar === undefined) {
			await session.workbench?.shot('FAILED').catch(() => undefined);
			const kept = path.join(root, 'out/logs', path.basename(sample.folder));
			await session.workbench?.close();
			fs.cpSync(sample.userData, kept, { recursive: true, filter: isPlain });
			console.log(`logs of VS Code: ${kept}`);
		} else {
			await session.workbench.close();
		}
		sample.remove();
	});
	return session;
}

/** Sockets cannot be copied. */
function isPlain(file) {
	const status = fs.statSync(file, { throwIfNoEntry: false });
	return status?.isFile() === true || status?.isDirectory() === true;
}
