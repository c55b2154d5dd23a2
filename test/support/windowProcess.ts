/** Windows of their own processes that share a host, and the hosts that run for a folder. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { isRecord } from '../../src/inference/record';
import { findBuilt } from './fakeHost';

type Answer = Readonly<Record<string, unknown>>;

export class WindowProcess {
	private readonly child: ChildProcessWithoutNullStreams;
	private readonly waiting = new Map<number, (answer: Answer) => void>();
	private asked = 0;
	/** Resolves when the process has ended, however. */
	readonly ended: Promise<void>;

	/** @param words as of windowClient.entry.ts. */
	constructor(folder: string, ...words: readonly string[]) {
		this.child = spawn(process.execPath, [findBuilt('windowClient.entry.mjs'), folder, ...words]);
		this.child.stderr.on('data', (data: Buffer) => process.stderr.write(data));
		// Writing to one that was killed is what some tests do.
		this.child.stdin.on('error', () => undefined);
		createInterface({ input: this.child.stdout }).on('line', (line) => {
			const answer: unknown = JSON.parse(line);
			assert.ok(isRecord(answer));
			this.waiting.get(Number(answer['id']))?.(answer);
		});
		this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
	}

	get pid(): number {
		return this.child.pid ?? 0;
	}

	tell(line: string): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const id = ++this.asked;
			this.waiting.set(id, ({ id: _, ...answer }) => resolve(answer));
			void this.ended.then(() => reject(new Error(`The window ended before it answered "${line}"`)));
			this.child.stdin.write(`${id} ${line}\n`);
		});
	}

	/** The process id of the host, once the model is loaded. */
	async load(): Promise<number> {
		const answer = await this.tell('load');
		assert.equal(answer['state'], 'ready', JSON.stringify(answer));
		return Number(answer['hostPid']);
	}

	/** The process id of the host after an answer has come from it. */
	async hostPid(): Promise<number> {
		return Number((await this.tell('state'))['hostPid']);
	}

	kill(): Promise<void> {
		this.child.kill('SIGKILL');
		return this.ended;
	}

	/** Closes the window as the editor does. */
	async close(): Promise<void> {
		this.child.stdin.end();
		await this.ended;
	}
}

/** Processes that were started as hosts with files in this folder; empty where the system has no /proc. */
export function hostsIn(folder: string): readonly number[] {
	if (!fs.existsSync('/proc')) {
		return [];
	}
	return fs
		.readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
				return words.some((word) => word.startsWith(`${folder}/host-v`));
			} catch {
				return false;
			}
		});
}

/** Waits until a condition holds that no event tells. The test's own time-out ends it. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) {
		await wait(10);
	}
}
