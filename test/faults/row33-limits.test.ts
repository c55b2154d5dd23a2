/** Fault 33: one core, or a container's limits of cores and memory. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isRecord } from '../../src/inference/record';
import { findBuilt } from '../support/fakeHost';

/** Bytes. */
const MEMORY = 400 * 1_048_576;

describe('fault 33: one core, and limits of a container', function () {
	if (process.platform !== 'linux') {
		return;
	}
	this.timeout(20_000);
	const made: string[] = [];
	afterEach(() => {
		for (const folder of made.splice(0)) {
			fs.rmdirSync(folder);
		}
	});

	/** What a process says of itself that runs under these words of a shell. */
	function limits(shell: string): { readonly cores: number; readonly memory: number } {
		const words = ['-c', `${shell} "$0" "$1"`, process.execPath, findBuilt('limits.entry.mjs')];
		const found: unknown = JSON.parse(execFileSync('/bin/sh', words, { encoding: 'utf8' }));
		assert.ok(isRecord(found));
		return { cores: Number(found['cores']), memory: Number(found['memory']) };
	}

	/** A control group with these limits, as a shell enters it; undefined where this process may make none. */
	function group(controller: string, values: Readonly<Record<string, string>>): string | undefined {
		// Version 1 has a folder for each controller.
		const mount = path.join('/sys/fs/cgroup', controller);
		const folder = path.join(mount, `familiar-test-${process.pid}`);
		try {
			fs.mkdirSync(folder);
			made.push(folder);
			for (const [name, value] of Object.entries(values)) {
				fs.writeFileSync(path.join(folder, name), value);
			}
			return `echo $$ > ${folder}/cgroup.procs && exec`;
		} catch {
			return undefined;
		}
	}

	it('counts the one core that it may run on', () => {
		assert.equal(limits('exec taskset -c 0').cores, 1);
	});

	it('counts the cores that its control group allows', function () {
		const quota = { 'cpu.cfs_period_us': '100000', 'cpu.cfs_quota_us': '100000' };
		const enter = group('cpu', quota) ?? group('', { 'cpu.max': '100000 100000' });
		if (enter === undefined || os.availableParallelism() < 2) {
			this.skip();
		}
		assert.equal(limits(enter).cores, 1);
	});

	it('counts the memory that its control group allows', function () {
		const enter =
			group('memory', { 'memory.limit_in_bytes': String(MEMORY) }) ??
			group('', { 'memory.max': String(MEMORY) });
		if (enter === undefined || os.freemem() < 2 * MEMORY) {
			this.skip();
		}
		const { memory } = limits(enter);
		assert.ok(memory > 0 && memory <= MEMORY, String(memory));
	});
});
