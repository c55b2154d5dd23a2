/** `npm start` serves a VS Code in which any browser that opens the address has the extension; Ctrl+C ends all of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Workbench } from '../host/driver.mjs';
import { newContext, startBrowser } from '../host/web-host.mjs';
import { Familiar } from '../ui/familiar.mjs';
import { root, shots } from '../ui/session.mjs';

describe('npm start', () => {
	let start;
	let browser;
	let address;

	before(async () => {
		start = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
			cwd: root,
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, WEB_HOST: '1' },
		});
		address = await printedAddress(start);
		browser = await startBrowser();
	});

	after(async () => {
		await browser?.close();
		start.kill('SIGKILL');
	});

	it('has the extension in a fresh browser', async () => {
		const context = await newContext(browser);
		const workbench = await Workbench.visit(context, address, shots);
		try {
			const familiar = new Familiar(workbench, new URL(address).searchParams.get('folder'));
			await familiar.ready();
			const { ghost } = await familiar.typeUntilGhostText();
			await workbench.shot('npm start');
			assert.notEqual(ghost.trim(), '');
		} finally {
			await workbench.close();
		}
	});

	it('serves on after the browser is gone', async () => {
		const context = await newContext(browser);
		const workbench = await Workbench.visit(context, address, shots);
		await new Familiar(workbench, '').ready();
		await workbench.close();
	});

	it('ends with Ctrl+C and leaves nothing behind', async () => {
		const ended = new Promise((resolve) => start.once('exit', resolve));
		start.kill('SIGINT');
		assert.equal(await ended, 0);
		await assert.rejects(fetch(address));
	});
});

function printedAddress(child) {
	return new Promise((resolve, reject) => {
		let output = '';
		child.stdout.on('data', (data) => {
			output += data;
			const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output);
			if (found !== null) {
				resolve(found[0]);
			}
		});
		child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
	});
}
