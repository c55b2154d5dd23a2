/** How many threads training takes: physical cores, less one for everything else. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { countCores } from '../../inference/engine/cores';

/** Milliseconds for a system that is asked for its cores. */
const PATIENCE = 5_000;

const POWERSHELL = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;

/** Where the number of cores comes from; default: this machine. */
export interface Machine {
	readonly platform: NodeJS.Platform;
	/** Cores that this process may use, two for one with two threads. */
	readonly available: number;
	/** What Linux says of its processors. */
	readonly folder: string;
	/** @returns what the program prints @throws where it cannot be run */
	run(program: string, parameters: readonly string[]): string;
}

/**
 * ggml's threads spin while they wait for each other: with another busy program on one of their cores, a step takes
 * several times as long. So one core stays free, and two threads of one core count once.
 *
 * @param asked 0 = as many as are best.
 */
export function trainingThreads(asked: number, machine = thisMachine()): number {
	const { available } = machine;
	return asked > 0
		? Math.min(asked, available)
		: Math.max(1, Math.min(available, physicalCores(machine) ?? available) - 1);
}

function thisMachine(): Machine {
	return {
		platform: process.platform,
		available: countCores(),
		folder: '/sys/devices/system/cpu',
		run: (program, parameters) =>
			execFileSync(program, parameters, { encoding: 'utf8', timeout: PATIENCE, windowsHide: true }),
	};
}

/** Undefined where the system does not say. */
function physicalCores({ platform, folder, run }: Machine): number | undefined {
	try {
		switch (platform) {
			case 'linux':
				return coresIn(folder);
			case 'darwin':
				return wholeNumber(run('/usr/sbin/sysctl', ['-n', 'hw.physicalcpu']));
			case 'win32': {
				const sum = '(Get-CimInstance Win32_Processor | Measure-Object -Property NumberOfCores -Sum).Sum';
				// By its path: a bare name is looked for in the current folder first.
				return wholeNumber(run(POWERSHELL, ['-NoProfile', '-NonInteractive', '-Command', sum]));
			}
			default:
				return undefined;
		}
	} catch {
		// A container that hides it, a system without that program.
		return undefined;
	}
}

function coresIn(folder: string): number | undefined {
	const siblings = fs
		.readdirSync(folder)
		.filter((name) => /^cpu\d+$/.test(name))
		.map((name) => fs.readFileSync(`${folder}/${name}/topology/thread_siblings_list`, 'utf8').trim());
	return siblings.length === 0 ? undefined : new Set(siblings).size;
}

function wholeNumber(text: string): number | undefined {
	const number = Number(text.trim());
	return Number.isInteger(number) && number > 0 ? number : undefined;
}
