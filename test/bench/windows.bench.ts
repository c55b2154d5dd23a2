/** One host for all windows: memory of ten client processes against one, and the time from a killed host to the next suggestion. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../support/root';
import { hostsIn, WindowProcess } from '../support/windowProcess';
import { type Figure, machine, median, publish, rounds } from './harness';
import { STARTER } from './models';

const WINDOWS = 10;
const RUNS = rounds(7);

const words = [`host=${process.env['BENCH_HOST'] ?? path.join(root, 'dist/host.mjs')}`, `model=${STARTER}`];

/** Milliseconds from the start of windows until each has the model: of most of it, a recovery has to do the same again. */
let cold: readonly number[] = [];

/** Opens windows on a folder of their own, and closes them. */
async function withWindows<T>(
	count: number,
	use: (windows: readonly WindowProcess[], folder: string) => Promise<T>,
) {
	const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-')), 'host');
	const windows = Array.from({ length: count }, () => new WindowProcess(folder, ...words));
	try {
		const start = performance.now();
		await Promise.all(windows.map((window) => window.load()));
		cold = [...cold, performance.now() - start];
		return await use(windows, folder);
	} finally {
		await Promise.all(windows.map((window) => window.close()));
		fs.rmSync(path.dirname(folder), { recursive: true, force: true });
	}
}

/** Memory of a process in MB, what it shares with others by halves, thirds and so on; undefined where nobody says. */
function memoryOf(pid: number): number | undefined {
	try {
		const kilobytes = /^Pss:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) / 1e3;
	} catch {
		return undefined;
	}
}

function sum(values: readonly (number | undefined)[]): number | undefined {
	return values.reduce<number | undefined>(
		(total, value) => (total === undefined || value === undefined ? undefined : total + value),
		0,
	);
}

interface Memory {
	readonly hosts: number;
	/** MB of the hosts; of everything. */
	readonly host: number | undefined;
	readonly total: number | undefined;
}

/** After each window has had an answer, so that each has what it needs. */
function measureMemory(count: number): Promise<Memory> {
	return withWindows(count, async (windows, folder) => {
		for (const [index, window] of windows.entries()) {
			await window.tell(`fill function add${index}(a, b) {`);
		}
		const hosts = hostsIn(folder);
		const host = sum(hosts.map(memoryOf));
		return { hosts: hosts.length, host, total: sum([host, ...windows.map(({ pid }) => memoryOf(pid))]) };
	});
}

/** Milliseconds from the kill to the answer of the window that was generating, and to that of one that asks then. */
function measureRecovery(): Promise<{ readonly busy: number; readonly other: number }> {
	return withWindows(2, async ([busy, other]) => {
		if (busy === undefined || other === undefined) {
			throw new Error('There are two windows');
		}
		await other.tell('fill function warm(a, b) {');
		const pid = await busy.hostPid();
		let isDone = false;
		const answer = busy.tell('fill function subtract(a, b) {').then((filled) => {
			isDone = true;
			return filled;
		});
		// It has reached the host, and takes longer than this.
		await busy.tell('state');
		const killed = performance.now();
		process.kill(pid, 'SIGKILL');
		if (isDone) {
			throw new Error('The generation was over before the host was killed');
		}
		const elapsed = async (asked: Promise<Readonly<Record<string, unknown>>>) => {
			const { end } = await asked;
			if (end !== 'end-of-text' && end !== 'length') {
				throw new Error(`The generation ended with ${String(end)}`);
			}
			return performance.now() - killed;
		};
		const [first, second] = await Promise.all([
			elapsed(answer),
			elapsed(other.tell('fill function multiply(a, b) {')),
		]);
		return { busy: first, other: second };
	});
}

const one = await measureMemory(1);
const ten = await measureMemory(WINDOWS);
const recoveries = [];
for (let run = 0; run < RUNS; run++) {
	recoveries.push(await measureRecovery());
}

const ratio = (part: number | undefined, whole: number | undefined) =>
	part === undefined || whole === undefined ? undefined : part / whole;
const recovery = (label: string, key: string, samples: readonly number[]): Figure => ({
	label,
	key,
	unit: 'ms',
	value: median(samples),
	samples: samples.length,
	aim: { type: 'at-most', value: 2_000 },
});
const busy = recoveries.map((times) => times.busy);
const other = recoveries.map((times) => times.other);
publish({
	name: 'windows',
	notes: [
		machine(),
		'starter; each client in a process of its own; memory as PSS, which counts what several processes share once',
		'recovery: kill -9 while one window generates, to the end of its answer, and of that which another window asks for then',
	],
	figures: [
		{
			label: `hosts of ${WINDOWS} windows`,
			key: 'hosts',
			unit: '',
			value: ten.hosts,
			aim: { type: 'at-most', value: 1 },
		},
		{ label: 'memory of the host, one window', key: 'host_one_mb', unit: 'MB', value: one.host },
		{ label: `memory of the host, ${WINDOWS} windows`, key: 'host_ten_mb', unit: 'MB', value: ten.host },
		{
			label: 'host, ten windows against one',
			key: 'memory_ratio',
			unit: '',
			value: ratio(ten.host, one.host),
			aim: { type: 'at-most', value: 1.15 },
		},
		{ label: 'host and client, one window', key: 'total_one_mb', unit: 'MB', value: one.total },
		{ label: `host and clients, ${WINDOWS} windows`, key: 'total_ten_mb', unit: 'MB', value: ten.total },
		recovery('killed host to suggestion, busy window', 'recovery_busy_ms', busy),
		recovery('killed host to suggestion, another window', 'recovery_other_ms', other),
		{
			label: 'opening windows until the model is there',
			key: 'cold_ms',
			unit: 'ms',
			value: median(cold),
			samples: cold.length,
		},
		{ label: 'slowest recovery', key: 'recovery_max_ms', unit: 'ms', value: Math.max(...busy, ...other) },
	],
});
