/** Tests of the number of threads: physical cores less one, wherever the system says how many there are. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Machine, trainingThreads } from '../../../../src/finetune/training/cores';

describe('training threads', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-cores-'));
	after(() => fs.rmSync(folder, { recursive: true }));

	/** @param siblings by processor, as Linux writes them */
	function linux(name: string, siblings: readonly string[], available = siblings.length): Machine {
		const own = path.join(folder, name);
		fs.mkdirSync(path.join(own, 'cpufreq'), { recursive: true });
		for (const [index, list] of siblings.entries()) {
			const topology = path.join(own, `cpu${index}`, 'topology');
			fs.mkdirSync(topology, { recursive: true });
			fs.writeFileSync(path.join(topology, 'thread_siblings_list'), `${list}\n`);
		}
		return { platform: 'linux', available, folder: own, run: () => assert.fail('nothing is run') };
	}

	/** A system that answers one question. */
	function answering(platform: NodeJS.Platform, program: string, answer: string): Machine {
		return {
			...{ platform, available: 16, folder: path.join(folder, 'none') },
			run: (asked) => (asked.endsWith(program) ? answer : assert.fail(asked)),
		};
	}

	const cases: readonly [name: string, machine: Machine, threads: number][] = [
		['four cores', linux('four', ['0', '1', '2', '3']), 3],
		[
			'four cores with two threads each',
			linux('twice', ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']),
			3,
		],
		['one core', linux('one', ['0-1', '0-1']), 1],
		['a container that may use two', linux('container', ['0', '1', '2', '3'], 2), 1],
		['a Linux that hides its cores', { ...linux('empty', []), available: 8 }, 7],
		['a Mac', answering('darwin', 'sysctl', '8\n'), 7],
		['Windows', answering('win32', 'powershell.exe', '6\r\n'), 5],
		['Windows that answers with a message', answering('win32', 'powershell.exe', 'Access denied'), 15],
		['Windows without that program', answering('win32', 'another.exe', ''), 15],
		['another system', answering('freebsd', '', ''), 15],
	];
	for (const [name, machine, threads] of cases) {
		it(name, () => assert.equal(trainingThreads(0, machine), threads));
	}

	it('as many as were asked for, where there are so many', () => {
		const [, machine] = cases[0] ?? assert.fail();
		assert.equal(trainingThreads(4, machine), 4);
		assert.equal(trainingThreads(5, machine), 4);
	});
});
