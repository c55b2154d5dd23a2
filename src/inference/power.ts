/** Tells whether this machine runs on its battery. No native code: what each system says in files or to a program. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isAbort, type sleep } from './cancel';

/** `unknown` counts as mains: training must not stand still because a question has no answer. */
export type Power = 'battery' | 'mains' | 'unknown';

/** Milliseconds between two looks. */
const PERIOD = 30_000;

/** Milliseconds that `pmset` is given. */
const PROGRAM_TIME = 5_000;

/** Where the answer comes from. */
interface PowerSource {
	readonly platform: NodeJS.Platform;
	/** Folder of Linux's power supplies. */
	readonly supplies: string;
	/** What `pmset -g batt` prints on macOS. Rejects when it cannot be run. */
	readonly pmset: (signal: AbortSignal) => Promise<string>;
}

export const thisMachine: PowerSource = {
	platform: process.platform,
	supplies: '/sys/class/power_supply',
	pmset: (signal) =>
		new Promise((resolve, reject) => {
			execFile('/usr/bin/pmset', ['-g', 'batt'], { timeout: PROGRAM_TIME, signal }, (error, output) =>
				error === null ? resolve(output) : reject(error),
			);
		}),
};

/** Windows tells only native code or PowerShell: `unknown` there. */
export async function readPower(source: PowerSource, signal: AbortSignal): Promise<Power> {
	if (source.platform === 'linux') {
		return readSupplies(source.supplies);
	}
	if (source.platform === 'darwin') {
		const text = await source.pmset(signal).catch(() => '');
		return /'Battery Power'/.test(text) ? 'battery' : /'AC Power'/.test(text) ? 'mains' : 'unknown';
	}
	return 'unknown';
}

/**
 * One folder a supply, with files as in the kernel's Documentation/ABI/testing/sysfs-class-power. Any plug that is
 * online is mains; a battery counts when it discharges and is the machine's own (a mouse's has the scope `Device`).
 */
async function readSupplies(folder: string): Promise<Power> {
	const names = await fs.readdir(folder).catch((): string[] => []);
	let discharges = false;
	for (const name of names) {
		const read = async (file: string) =>
			(await fs.readFile(path.join(folder, name, file), 'utf8').catch(() => '')).trim();
		if ((await read('type')) !== 'Battery') {
			if ((await read('online')) === '1') {
				return 'mains';
			}
		} else if ((await read('scope')) !== 'Device' && (await read('status')) === 'Discharging') {
			discharges = true;
		}
	}
	return discharges ? 'battery' : 'unknown';
}

/**
 * Looks at once and then every 30 s until the signal fires.
 *
 * @param onChange Called with every answer that differs from the one before; the first is compared with mains.
 */
export async function watchPower(
	read: (signal: AbortSignal) => Promise<Power>,
	onChange: (onBattery: boolean) => void,
	wait: typeof sleep,
	signal: AbortSignal,
): Promise<void> {
	let onBattery = false;
	try {
		while (!signal.aborted) {
			const now = (await read(signal)) === 'battery';
			if (now !== onBattery && !signal.aborted) {
				onBattery = now;
				onChange(now);
			}
			await wait(PERIOD, signal);
		}
	} catch (error) {
		if (!isAbort(error)) {
			throw error;
		}
	}
}
