/** Faults 23 and 34: no home, folders with spaces and other scripts in which nothing can be written, hardly any file descriptors. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { fakeHostFile, findBuilt, said } from '../support/fakeHost';
import { root } from '../support/root';

describe('fault 23: odd places, and 34: few descriptors', function () {
	if (process.platform === 'win32') {
		// There is no shell that could set the limits.
		return;
	}
	this.timeout(30_000);
	let top: string;
	beforeEach(() => {
		top = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(top, { recursive: true, force: true }));

	/** A window of its own process loads, asks and leaves; what it answered. @param shell runs before it. */
	async function visit(
		shell: string,
		environment: NodeJS.ProcessEnv,
		runtimeFolder: string,
		hostFile: string,
	): Promise<readonly string[]> {
		const window = spawn(
			'/bin/sh',
			[
				'-c',
				`${shell}; exec "$0" "$@"`,
				process.execPath,
				findBuilt('windowClient.entry.mjs'),
				runtimeFolder,
				`host=${hostFile}`,
			],
			{ env: environment, stdio: ['pipe', 'pipe', 'inherit'] },
		);
		const exit = once(window, 'exit');
		const answers: string[] = [];
		const lines = createInterface({ input: window.stdout });
		for (const [index, command] of ['load', 'fill say 20', 'dispose'].entries()) {
			const line = once(lines, 'line');
			window.stdin.write(`${index} ${command}\n`);
			answers.push(String((await Promise.race([line, exit]))[0]));
		}
		// The one around a container does not heed signals.
		window.stdin.end();
		window.kill();
		await exit;
		return answers;
	}

	function check([load = '', fill = '', end = '']: readonly string[]): void {
		assert.match(load, /"state":"ready"/);
		assert.deepEqual(JSON.parse(fill), { id: JSON.parse(fill).id, text: said(20), end: 'end-of-text' });
		assert.match(end, /"state":"none"/);
	}

	it('works without a home, from folders with spaces and other scripts, and writes nothing where it lies', async () => {
		const place = path.join(top, 'Ein Ordner 模型 é');
		const extension = path.join(place, 'extension');
		fs.mkdirSync(extension, { recursive: true });
		fs.symlinkSync(path.join(root, 'node_modules'), path.join(extension, 'node_modules'));
		const hostFile = path.join(extension, 'host.mjs');
		fs.copyFileSync(fakeHostFile, hostFile);
		fs.chmodSync(extension, 0o555);
		try {
			check(await visit('umask 077', { PATH: process.env['PATH'] }, path.join(place, 'run'), hostFile));
			assert.deepEqual(fs.readdirSync(extension).sort(), ['host.mjs', 'node_modules']);
			assert.deepEqual(fs.readdirSync(path.join(place, 'run')), [], 'nothing is left behind');
		} finally {
			fs.chmodSync(extension, 0o755);
		}
	});

	it('works with 64 file descriptors', async () => {
		check(await visit('ulimit -n 64', process.env, path.join(top, 'run'), fakeHostFile));
	});

	it('works in a container: process ids of its own, and nothing can be written but a folder in memory', async function () {
		const container = ['--mount', '--pid', '--fork', '--mount-proc'];
		if (spawnSync('unshare', [...container, 'true']).status !== 0) {
			this.skip();
		}
		const run = path.join(top, 'run');
		fs.mkdirSync(run);
		const mounts = `mount -t tmpfs -o mode=700 tmpfs '${run}' && mount -o remount,bind,ro /`;
		const inside = `${mounts} && ! touch '${top}/x' 2> /dev/null && exec "$0" "$@"`;
		const enter = `exec unshare ${container.join(' ')} /bin/sh -c '${inside.replaceAll("'", String.raw`'\''`)}' "$0" "$@"`;
		check(await visit(enter, process.env, path.join(run, 'familiar'), fakeHostFile));
		assert.deepEqual(fs.readdirSync(run), [], 'all was written into its memory');
	});
});
