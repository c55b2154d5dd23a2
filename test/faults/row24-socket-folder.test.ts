/** Fault 24: the folder of the socket was prepared by somebody else. It is refused, and another one used. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openRuntimeFolder } from '../../src/inference/client/runtimeFolder';
import { collect, fake, fillOf, never, type TestClient, testClient } from '../support/fakeHost';
import { recordingLog } from '../support/silentLog';

interface Trap {
	readonly name: string;
	readonly set: (folder: string) => void;
	readonly reason: RegExp;
}

const traps: readonly Trap[] = [
	{
		name: 'others may enter it',
		set: (folder) => {
			fs.mkdirSync(folder);
			fs.chmodSync(folder, 0o777);
		},
		reason: /others may/,
	},
	{
		name: 'its group may read it',
		set: (folder) => {
			fs.mkdirSync(folder);
			fs.chmodSync(folder, 0o740);
		},
		reason: /others may/,
	},
	{
		name: 'it is a link to a folder',
		set: (folder) => {
			fs.mkdirSync(`${folder}-target`, { mode: 0o700 });
			fs.symlinkSync(`${folder}-target`, folder);
		},
		reason: /not a folder of its own/,
	},
	{ name: 'it is a file', set: (folder) => fs.writeFileSync(folder, ''), reason: /not a folder of its own/ },
	{
		name: 'it is a link to nowhere',
		set: (folder) => fs.symlinkSync('/nowhere/at/all', folder),
		reason: /EEXIST|not a folder of its own/,
	},
];

describe('fault 24: a folder for the socket that is not ours alone', () => {
	if (process.platform === 'win32') {
		// Pipes have no folder, and modes mean nothing there.
		return;
	}
	let test: TestClient;
	beforeEach(() => {
		test = testClient();
	});
	afterEach(() => test.dispose());

	for (const { name, set, reason } of traps) {
		it(`refuses it when ${name}, and works in a fresh one`, async () => {
			const folder = path.join(test.folder, 'host');
			set(folder);
			await test.client.load(fake('ok'), never);
			assert.equal((await collect(test.client.fill(fillOf('say 1'), never))).text, 't0 ');
			assert.match(test.lines.join('\n'), reason);
			if (fs.existsSync(folder) && fs.statSync(folder).isDirectory()) {
				assert.deepEqual(fs.readdirSync(folder), [], 'nothing was written there');
			}
		});
	}

	it('refuses a folder of another user', function () {
		if (process.getuid?.() !== 0) {
			this.skip();
		}
		const folder = path.join(test.folder, 'foreign');
		fs.mkdirSync(folder, { mode: 0o700 });
		fs.chownSync(folder, 65_534, 65_534);
		const log = recordingLog();
		const other = openRuntimeFolder([folder], log);
		fs.rmdirSync(other);
		assert.notEqual(other, folder);
		assert.match(log.lines.join('\n'), /belongs to another user/);
	});

	it('refuses a path that is too long for a socket', () => {
		const long = path.join(test.folder, 'x'.repeat(90));
		const log = recordingLog();
		const other = openRuntimeFolder([long], log);
		fs.rmdirSync(other);
		assert.match(log.lines.join('\n'), /too long/);
		assert.ok(!fs.existsSync(long));
	});

	it('takes a fresh folder away again', async () => {
		fs.writeFileSync(path.join(test.folder, 'host'), '');
		const fresh = () => new Set(fs.readdirSync(os.tmpdir()).filter((name) => /^familiar-.{6}$/.test(name)));
		const before = fresh();
		await test.client.load(fake('ok'), never);
		const made = [...fresh()].filter((name) => !before.has(name));
		assert.notEqual(made.length, 0);
		await test.client.dispose();
		const after = fresh();
		assert.ok(made.some((name) => !after.has(name)));
	});
});
