/** Two windows of a real editor share one model process: both complete, and a killed one is back for both. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from '../host/driver.mjs';
import { Familiar, until } from './familiar.mjs';
import { shots, useWorkbench } from './session.mjs';

describe('two windows', () => {
	const session = useWorkbench();
	/** Both windows. */
	let users;
	/** Bytes of the model process while it had one window. */
	let alone;

	before(async () => {
		await completeIn(session.familiar);
		alone = memoryOf(hosts()[0]);
		const { page } = session.workbench;
		const workbench = await Workbench.visit(page.context(), page.url(), shots);
		const other = new Familiar(workbench, session.familiar.workspace);
		await other.ready();
		users = [session.familiar, other];
	});

	async function completeIn(user) {
		await user.page.bringToFront();
		const { ghost } = await user.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await user.workbench.shot(
			`windows ghost text ${users === undefined ? 'alone' : users.indexOf(user) + 1}`,
		);
		await user.workbench.runCommand('View: Revert and Close Editor');
	}

	/** Bytes of a process; what several share counts for its share. */
	function memoryOf(pid) {
		const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
		return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)[1]);
	}

	/** Process ids of the model hosts of this editor, by their socket. */
	function hosts() {
		return fs
			.readdirSync('/proc')
			.filter((name) => /^\d+$/.test(name))
			.filter((pid) => {
				try {
					const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
					return words.some(
						(word) => word.startsWith(path.dirname(session.familiar.workspace)) && word.endsWith('.sock'),
					);
				} catch {
					return false;
				}
			})
			.map(Number);
	}

	/** What the diagnostics of a window say of its model process. */
	async function modelProcess(user) {
		await user.workbench.runCommand('Familiar: Show Diagnostics');
		let found;
		await until(async () => {
			found = /process (\d+), connections of all windows: (\d+)/.exec(await user.workbench.text());
			return found !== null;
		}, 'The diagnostics do not name the model process.');
		await user.workbench.shot(`windows diagnostics ${users.indexOf(user) + 1}`);
		await user.workbench.runCommand('View: Revert and Close Editor');
		return { pid: Number(found[1]), clients: Number(found[2]) };
	}

	it('share one model process', async () => {
		const [first, second] = [await modelProcess(users[0]), await modelProcess(users[1])];
		assert.deepEqual(first, second);
		assert.equal(first.clients, 2);
		assert.deepEqual(hosts(), [first.pid]);
	});

	it('both complete', async () => {
		for (const user of users) {
			await completeIn(user);
		}
	});

	it('take hardly more memory for it than one', () => {
		const together = memoryOf(hosts()[0]);
		const ratio = together / alone;
		console.log(
			`    the model process: ${Math.round(alone / 1e6)} MB for one window, ${Math.round(together / 1e6)} MB for two (${ratio.toFixed(2)})`,
		);
		assert.ok(ratio <= 1.15, `${ratio.toFixed(2)} times as much`);
	});

	it('have one model process again when it is killed', async () => {
		const [pid] = hosts();
		process.kill(pid, 'SIGKILL');
		await until(() => hosts().length === 1 && hosts()[0] !== pid, 'No other model process was started.');
		for (const user of users) {
			await user.page.bringToFront();
			await user.ready();
			const { ghost } = await user.typeUntilGhostText();
			assert.notEqual(ghost.trim(), '');
			await user.workbench.runCommand('View: Revert and Close Editor');
		}
		const [first, second] = [await modelProcess(users[0]), await modelProcess(users[1])];
		assert.deepEqual(first, second);
		assert.deepEqual(hosts(), [first.pid]);
	});
});
