/** Measurements in processes of their own, so that one's memory and threads are not another's. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { Check } from '../../src/inference/wire/shapes';

/** Longer than any measurement: a child that hangs must not hang the bench. */
const TIMEOUT_MILLISECONDS = 10 * 60_000;

/**
 * Runs a program that prints its result as its last line, in JSON.
 * @throws Error with the end of what it printed when it failed or printed something else.
 */
export function measureApart<T>(
	program: string,
	words: readonly string[],
	environment: Readonly<Record<string, string>>,
	check: Check<T>,
): T {
	const { status, signal, stdout, stderr } = spawnSync(program, words, {
		encoding: 'utf8',
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: TIMEOUT_MILLISECONDS,
		maxBuffer: 1 << 26,
	});
	const line = stdout.trim().split('\n').at(-1) ?? '';
	if (status !== 0 || !line.startsWith('{')) {
		throw new Error(
			`${program} ${words.join(' ')} failed (${signal ?? status}): ${(stderr + stdout).slice(-2_000)}`,
		);
	}
	const result: unknown = JSON.parse(line);
	if (!check(result)) {
		throw new Error(`${program} ${words.join(' ')} printed something else: ${line}`);
	}
	return result;
}

/** Most bytes of memory that this process ever held (`VmHWM`). */
export function peakBytes(): number {
	const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
	return Number(kilobytes) * 1024;
}

/** What decides the speed of matrix products, as the system calls it. */
export function processorFlags(): string {
	const flags = new Set(/^flags\s*:(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
	const known = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_int8', 'amx_bf16'];
	return known.filter((flag) => flags.has(flag)).join(' ');
}
