/** A generation under way, which later keystrokes may join as long as they agree with what it writes. */

import { abortError } from '../inference/cancel';
import { autoClosed } from './brackets';
import type { Cursor } from './cursor';
import type { Generated } from './generate';

type Run = (onText: (text: string) => void, signal: AbortSignal) => Promise<Generated>;

export class Flight {
	/** Rejects with an AbortError when the flight is aborted, with the model's error when that fails. */
	readonly landed: Promise<Generated>;
	/** Resolves when the model is done with it, however it ended. */
	readonly settled: Promise<void>;
	private readonly controller = new AbortController();
	private readonly listeners = new Set<() => void>();
	private text = '';
	private isOver = false;

	constructor(
		readonly cursor: Cursor,
		run: Run,
	) {
		this.landed = run((text) => {
			this.text = text;
			for (const listener of [...this.listeners]) {
				listener();
			}
		}, this.controller.signal);
		const end = () => {
			this.isOver = true;
		};
		this.settled = this.landed.then(end, end);
	}

	get isFlying(): boolean {
		return !this.isOver && !this.controller.signal.aborted;
	}

	/** What the model wrote so far, before any rule. */
	get written(): string {
		return this.text;
	}

	get signal(): AbortSignal {
		return this.controller.signal;
	}

	abort(): void {
		this.controller.abort(abortError());
	}

	/** Whether the cursor has moved on from the flight's own by typing nothing but what it writes, so far. */
	agreesWith(cursor: Cursor): boolean {
		const origin = this.cursor;
		if (!this.isFlying || cursor.uri !== origin.uri || !cursor.before.startsWith(origin.before)) {
			return false;
		}
		const typed = cursor.before.slice(origin.before.length);
		// The editor may have closed a bracket or a quote that was typed.
		const surplus = cursor.after.length - origin.after.length;
		const isSameAfter =
			surplus >= 0 && surplus <= autoClosed(typed, cursor.after) && cursor.after.endsWith(origin.after);
		return isSameAfter && (this.text.startsWith(typed) || typed.startsWith(this.text));
	}

	/** Waits until the flight has landed, or no longer agrees with the cursor. */
	follow(cursor: Cursor, signal: AbortSignal): Promise<'landed' | 'disagrees'> {
		return new Promise((resolve, reject) => {
			const onAbort = () => finish(() => reject(abortError()));
			const check = () => {
				if (!this.agreesWith(cursor)) {
					finish(() => resolve('disagrees'));
				}
			};
			const finish = (settle: () => void) => {
				this.listeners.delete(check);
				signal.removeEventListener('abort', onAbort);
				settle();
			};
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			signal.addEventListener('abort', onAbort, { once: true });
			this.listeners.add(check);
			this.settled.then(() => finish(() => resolve('landed')));
		});
	}
}
