/** A generation under way, which later keystrokes may join as long as they agree with what it writes. */

import { abortError } from '../inference/cancel';
import { autoClosed } from './brackets';
import type { Cursor } from './cursor';
import type { Generated } from './generate';

/** `asked`: somebody waits for it; `ahead`: nobody has asked yet. */
export type Purpose = 'asked' | 'ahead';

/** Tells of the text so far, and of what is shown as soon as that is there; resolves when the model is done. */
type Run = (
	onText: (text: string) => void,
	onLanded: (generated: Generated) => void,
	signal: AbortSignal,
) => Promise<Generated>;

export class Flight {
	/** Rejects with an AbortError when the flight is aborted before, with the model's error when that fails. */
	readonly landed: Promise<Generated>;
	/** Resolves when the model is done with it, however it ended. */
	readonly settled: Promise<void>;
	private readonly controller = new AbortController();
	private readonly listeners = new Set<() => void>();
	private text = '';
	private isOver = false;
	private result: Generated | undefined;

	constructor(
		readonly cursor: Cursor,
		readonly purpose: Purpose,
		run: Run,
	) {
		const onText = (text: string) => {
			this.text = text;
			for (const listener of [...this.listeners]) {
				listener();
			}
		};
		let finished: Promise<unknown> = Promise.resolve();
		this.landed = new Promise((resolve, reject) => {
			const onLanded = (generated: Generated) => {
				this.result = generated;
				resolve(generated);
			};
			finished = run(onText, onLanded, this.controller.signal).then(onLanded, reject);
		});
		this.settled = finished.then(() => {
			this.isOver = true;
		});
		// Nobody may wait for it.
		this.landed.catch(() => undefined);
	}

	get isFlying(): boolean {
		return !this.isOver && !this.controller.signal.aborted;
	}

	/** What is shown is there; the model may still write what comes behind it. */
	get hasLanded(): boolean {
		return this.result !== undefined;
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
		const typed = this.typedUntil(cursor);
		// The editor may have closed a bracket or a quote that was typed.
		const surplus = cursor.after.length - origin.after.length;
		const isSameAfter =
			surplus >= 0 && surplus <= autoClosed(typed, cursor.after) && cursor.after.endsWith(origin.after);
		return isSameAfter && (this.text.startsWith(typed) || typed.startsWith(this.text));
	}

	/** Whether it is for a place that somebody at the cursor reaches by typing on. */
	liesAhead({ uri, before, after }: Cursor): boolean {
		const { cursor } = this;
		return (
			this.isFlying && uri === cursor.uri && cursor.before.startsWith(before) && after.endsWith(cursor.after)
		);
	}

	/** Waits until what the cursor may want has landed, or the flight no longer agrees with the cursor. */
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
			const onLanded = () => {
				if (!this.isBehindShown(cursor)) {
					finish(() => resolve('landed'));
				}
			};
			this.landed.then(onLanded, onLanded);
			this.settled.then(() => finish(() => resolve('landed')));
		});
	}

	/** The cursor stands behind the shown text, in what the model still writes. */
	private isBehindShown(cursor: Cursor): boolean {
		const { result } = this;
		return (
			this.isFlying &&
			result?.type === 'generated' &&
			result.cleaned.type === 'clean' &&
			this.typedUntil(cursor).length > result.cleaned.text.length
		);
	}

	private typedUntil(cursor: Cursor): string {
		return cursor.before.slice(this.cursor.before.length);
	}
}
