/** The demo runs where there is no network but loopback: nothing in the product needs one. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../ui/session.mjs';

const shots = path.join(root, 'out/shots/demo');

/** A shell in a network namespace of its own, in which only loopback is up. */
const offline = (command) => ['unshare', ['-r', '-n', 'sh', '-c', `ip link set lo up && ${command}`]];

function canUnshare() {
	try {
		execFileSync(...offline('true'), { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

describe('demo without a network', () => {
	before(function () {
		if (!canUnshare()) {
			console.log('      skipped: this machine allows no network namespaces (unshare -r -n)');
			this.skip();
		}
	});

	it('completes, answers and fixes with loopback only', async () => {
		fs.rmSync(shots, { recursive: true, force: true });
		const [command, words] = offline(`exec "${process.execPath}" scripts/demo.mjs --screenshots "${shots}"`);
		const { stdout } = await promisify(execFile)(command, words, { cwd: root });
		console.log(stdout.replaceAll(/^/gm, '      '));
		assert.match(stdout, /network interfaces: lo\n/);
		assert.match(stdout, /demo: done/);
		for (const name of ['ghost-text', 'chat-answer', 'quick-fix', 'status']) {
			assert.ok(fs.statSync(path.join(shots, `${name}.png`)).size > 10_000, name);
		}
	});
});
