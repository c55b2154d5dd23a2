/** Fault 19: many windows at once, one killed, the host killed, locks and sockets of the dead: one host, and everybody has it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { endpointIn } from '../../src/inference/client/endpoint';
import { markOf } from '../../src/inference/processMark';
import { findBuilt, isAlive, said } from '../support/fakeHost';
import { hostsIn, until, WindowProcess } from '../support/windowProcess';

describe('fault 19: one host for all windows', function () {
	this.timeout(60_000);
	let folder: string;
	let windows: WindowProcess[];
	beforeEach(() => {
		folder = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'))), 'host');
		fs.mkdirSync(folder, { mode: 0o700 });
		windows = [];
	});
	afterEach(async () => {
		await Promise.all(windows.map((window) => window.close()));
		for (const pid of hostsIn(folder)) {
			process.kill(pid, 'SIGKILL');
		}
		fs.rmSync(path.dirname(folder), { recursive: true, force: true });
	});

	function open(...words: readonly string[]): WindowProcess {
		const window = new WindowProcess(folder, ...words);
		windows.push(window);
		return window;
	}

	const lock = () => endpointIn(folder).lockFile;

	/** Fails unless all have the same host, and no other one is left. */
	async function assertOneHost(all: readonly WindowProcess[]): Promise<number> {
		const pids = new Set(await Promise.all(all.map((window) => window.hostPid())));
		assert.equal(pids.size, 1, [...pids].join());
		const [pid = 0] = pids;
		assert.ok(isAlive(pid));
		// One that was slower ends when it sees the other.
		await until(() => hostsIn(folder).length <= 1);
		assert.ok(!fs.existsSync(lock()), 'the lock is gone');
		return pid;
	}

	/** What stands in the folder, or happens there, when ten windows come. */
	const situations: readonly (readonly [string, () => Promise<void>])[] = [
		['an empty folder', async () => undefined],
		[
			'a lock of a dead process',
			async () =>
				fs.writeFileSync(lock(), JSON.stringify({ mark: { pid: 2 ** 22 + 1, start: '' }, id: 'dead' })),
		],
		[
			'a lock of a process id that another process has by now',
			async () =>
				fs.writeFileSync(lock(), JSON.stringify({ mark: { pid: process.pid, start: 'long ago' }, id: 'a' })),
		],
		[
			'an old lock of a process that lives',
			async () => {
				fs.writeFileSync(lock(), JSON.stringify({ mark: await markOf(process.pid), id: 'old' }));
				fs.utimesSync(lock(), Date.now() / 1_000 - 60, Date.now() / 1_000 - 60);
			},
		],
		[
			'a lock that is garbage',
			async () => {
				fs.writeFileSync(lock(), 'garbage');
				fs.utimesSync(lock(), Date.now() / 1_000 - 60, Date.now() / 1_000 - 60);
			},
		],
		['a lock that is a folder', async () => fs.mkdirSync(lock())],
		[
			'the files of a host that was killed',
			async () => {
				const before = open();
				process.kill(await before.load(), 'SIGKILL');
				await before.kill();
				windows = [];
				// One of its own may be on its way.
				for (const pid of hostsIn(folder)) {
					process.kill(pid, 'SIGKILL');
				}
				await until(() => hostsIn(folder).length === 0);
				assert.ok(fs.existsSync(endpointIn(folder).socket));
			},
		],
		[
			'a window that was killed while it had the lock',
			async () => {
				const starter = open(`host=${findBuilt('silentHost.entry.mjs')}`);
				starter.tell('load').catch(() => undefined);
				await until(() => hostsIn(folder).length > 0 && fs.existsSync(lock()));
				await starter.kill();
				windows = [];
				for (const pid of hostsIn(folder)) {
					process.kill(pid, 'SIGKILL');
				}
			},
		],
	];
	for (const [name, prepare] of situations) {
		it(`lets ten windows find one: ${name}`, async () => {
			await prepare();
			const ten = Array.from({ length: 10 }, () => open());
			await Promise.all(ten.map((window) => window.load()));
			await assertOneHost(ten);
		});
	}

	it('lets ten windows find one again when it is killed while they come', async () => {
		const first = open();
		const killed = await first.load();
		const others = Array.from({ length: 9 }, () => open());
		const loads = others.map((window) => window.load());
		await Promise.race(loads);
		process.kill(killed, 'SIGKILL');
		await Promise.all(loads);
		const ten = [first, ...others];
		for (const window of ten) {
			assert.deepEqual(await window.tell('fill say 2'), { text: said(2), end: 'end-of-text' });
		}
		assert.notEqual(await assertOneHost(ten), killed);
	});

	it('waits for the window that has the lock, as long as that lives', async () => {
		fs.writeFileSync(lock(), JSON.stringify({ mark: await markOf(process.pid), id: 'held' }));
		const window = open();
		const loading = window.load();
		assert.equal((await window.tell('state'))['state'], 'starting');
		assert.deepEqual(hostsIn(folder), []);
		fs.rmSync(lock());
		await loading;
		await assertOneHost([window]);
	});

	it('goes on for the others when a window is killed while it generates', async () => {
		const [one, other] = [open(), open()];
		const pid = await one.load();
		assert.equal(await other.load(), pid);
		const answer = other.tell('fill say 30 slow 10');
		await one.tell('begin say 1000 slow 5');
		await one.kill();
		assert.deepEqual(await answer, { text: said(30), end: 'end-of-text' });
		assert.deepEqual(await other.tell('fill say 2'), { text: said(2), end: 'end-of-text' });
		assert.equal(await assertOneHost([other]), pid);
	});

	it('goes on for the others when the window is killed that has started it', async () => {
		const [one, other] = [open(), open()];
		const pid = await one.load();
		await other.load();
		await one.kill();
		assert.deepEqual(await other.tell('fill say 30 slow 10'), { text: said(30), end: 'end-of-text' });
		assert.equal(await assertOneHost([other]), pid);
	});

	it('comes back for every window when it is killed while it generates for one', async () => {
		const start = performance.now();
		const [busy, idle, third] = [open(), open(), open()];
		await Promise.all([busy.load(), idle.load(), third.load()]);
		const cold = performance.now() - start;
		const pid = await assertOneHost([busy, idle, third]);
		const answer = busy.tell('fill say 60 slow 10');
		await third.tell('begin say 20 slow 10');
		const killed = performance.now();
		process.kill(pid, 'SIGKILL');
		assert.deepEqual(await idle.tell('fill say 2'), { text: said(2), end: 'end-of-text' });
		const back = performance.now() - killed;
		assert.deepEqual(await answer, { text: said(60), end: 'end-of-text' });
		assert.notEqual(await assertOneHost([busy, idle, third]), pid);
		// Windows had to be started then, too.
		assert.ok(back < 3 * cold, `${Math.round(back)} ms, ${Math.round(cold)} ms for the first start`);
	});

	it('ends when its last window has left, and at once for none that was killed', async () => {
		const [one, other] = [open(), open()];
		const pid = await one.load();
		await other.load();
		await one.close();
		assert.equal(await assertOneHost([other]), pid);
		await other.close();
		await until(() => !isAlive(pid));
		assert.deepEqual(fs.readdirSync(folder), []);
	});

	it('is there for a window that reloads', async () => {
		const before = open('grace=60000');
		const pid = await before.load();
		await before.close();
		const after = open();
		assert.equal(await after.load(), pid);
	});

	for (const [name, trap] of [
		['the socket is a folder', (folder: string) => fs.mkdirSync(endpointIn(folder).socket)],
		['the socket is a file', (folder: string) => fs.writeFileSync(endpointIn(folder).socket, 'precious')],
		['the token is a folder', (folder: string) => fs.mkdirSync(endpointIn(folder).tokenFile)],
		[
			'a name is a link to nowhere',
			(folder: string) => fs.symlinkSync('/nowhere', endpointIn(folder).socket),
		],
	] as const) {
		it(`starts where ${name}`, async () => {
			trap(folder);
			const window = open();
			await window.load();
			await assertOneHost([window]);
		});
	}

	it('writes through no link that stands at one of its names', async () => {
		const target = path.join(path.dirname(folder), 'precious');
		fs.writeFileSync(target, 'precious');
		const { tokenFile, lockFile, logFile, markFile } = endpointIn(folder);
		for (const file of [tokenFile, logFile, markFile]) {
			fs.symlinkSync(target, file);
		}
		fs.symlinkSync(path.join(folder, 'nowhere'), lockFile);
		const window = open();
		await window.load();
		await assertOneHost([window]);
		assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
		assert.ok(fs.lstatSync(tokenFile).isFile());
	});
});
