/** The editor's side of the checks: a process that is started when it is needed, has limited time, and may die. */

import { type ChildProcess, spawn } from 'node:child_process';
import { abortError, throwIfAborted } from '../../inference/cancel';
import { endOf, hostEnvironment, readLines } from '../../inference/client/launch';
import type { Log } from '../../inference/model';
import { type CheckReply, type CheckRequest, isCheckReply, MAX_CHECKED, MAX_OPEN } from './checking';

interface CheckerOptions {
	/** Absolute path of the process's program. */
	readonly program: string;
	readonly log: Log;
	/** Milliseconds for one check, the start of the process included; default 30 s. A large project is slow once. */
	readonly limit?: number;
}

/** `slow`: it took too long. `ended`: the process went away. `failed`: no compiler could check. `large`: nobody tried. */
export type Checked =
	| Omit<Extract<CheckReply, { type: 'checked' }>, 'id'>
	| {
			readonly type: 'unchecked';
			readonly why: 'slow' | 'ended' | 'failed' | 'large';
			readonly detail: string;
	  };

const LIMIT = 30_000;
/** Megabytes of the process's heap, as the editor gives its own TypeScript. */
const MEMORY = 3_072;

interface Life {
	readonly child: ChildProcess;
	/** How it ended, in words. Settles once. */
	readonly ended: Promise<string>;
	/** Who waits for a reply; the process has one request at a time. */
	onReply: (reply: CheckReply) => void;
}

export class Checker {
	private life: Life | undefined;
	private last: Promise<unknown> = Promise.resolve();
	private nextId = 1;
	private isDisposed = false;

	constructor(private readonly options: CheckerOptions) {}

	/** Checks one after the other. @throws an AbortError when the signal fires: the process then ends. */
	check(request: Omit<CheckRequest, 'id'>, signal: AbortSignal): Promise<Checked> {
		const { before, after, open } = request;
		if (Math.max(before.length, after.length) > MAX_CHECKED) {
			return Promise.resolve({ type: 'unchecked', why: 'large', detail: '' });
		}
		const taken = open.filter(({ text }) => text.length <= MAX_CHECKED).slice(0, MAX_OPEN);
		const checked = this.last.then(() => this.run({ ...request, open: taken, id: this.nextId++ }, signal));
		// The next check must not fail because this one did.
		this.last = checked.catch(() => undefined);
		return checked;
	}

	/** Ends the process; what is being checked comes back as not checked. */
	dispose(): void {
		this.isDisposed = true;
		this.kill();
	}

	/** Process id of the running process; undefined while there is none. */
	get pid(): number | undefined {
		return this.life?.child.pid;
	}

	private async run(request: CheckRequest, signal: AbortSignal): Promise<Checked> {
		throwIfAborted(signal);
		if (this.isDisposed) {
			return { type: 'unchecked', why: 'ended', detail: '' };
		}
		const life = this.life ?? this.start();
		let timer: NodeJS.Timeout | undefined;
		let onAbort: () => void = () => undefined;
		try {
			return await new Promise<Checked>((resolve, reject) => {
				life.onReply = (reply) => {
					if (reply.id === request.id) {
						resolve(
							reply.type === 'checked' ? reply : { type: 'unchecked', why: 'failed', detail: reply.reason },
						);
					}
				};
				void life.ended.then((detail) => resolve({ type: 'unchecked', why: 'ended', detail }));
				timer = setTimeout(() => {
					resolve({ type: 'unchecked', why: 'slow', detail: '' });
					this.kill();
				}, this.options.limit ?? LIMIT);
				onAbort = () => {
					reject(abortError());
					this.kill();
				};
				signal.addEventListener('abort', onAbort, { once: true });
				life.child.send(request, (error) => {
					if (error !== null) {
						this.options.log.trace(`checker: a request was not delivered: ${error.message}`);
					}
				});
			});
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', onAbort);
		}
	}

	private start(): Life {
		const { program, log } = this.options;
		const child = spawn(process.execPath, [`--max-old-space-size=${MEMORY}`, program], {
			env: hostEnvironment(process.env),
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			windowsHide: true,
			// A group of its own: a compiler that is a program itself ends with it.
			detached: process.platform !== 'win32',
		});
		readLines(child, (line) => log.trace(`checker: ${line}`));
		// `endOf` listens once; a second error, such as a signal that could not be sent, must not end the editor.
		child.on('error', (error) => log.warn(`checker: ${error.message}`));
		const ended = endOf(child).then((end) => {
			if (this.life === life) {
				this.life = undefined;
			}
			return end.cause;
		});
		const life: Life = { child, ended, onReply: () => undefined };
		child.on('message', (message: unknown) => {
			if (isCheckReply(message)) {
				life.onReply(message);
			} else {
				log.warn('checker: a message that is not understood was dropped');
			}
		});
		this.life = life;
		return life;
	}

	private kill(): void {
		const child = this.life?.child;
		this.life = undefined;
		if (child?.pid === undefined) {
			return;
		}
		try {
			process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
		} catch {
			// It has ended already.
		}
	}
}
