/** The last command that failed in a terminal, with what it printed: heard from shells that tell the editor of their commands. */

import { stripVTControlCharacters } from 'node:util';
import type { Subscription } from '../../inference/model';

/** What is needed of the editor's commands in terminals. */
export interface ShellExecution {
	readonly commandLine: { readonly value: string };
	/** What it prints from now on, with escape sequences. */
	read(): AsyncIterable<string>;
}

/** The editor, as far as it tells of commands; editors before 1.93 do not. */
export interface ShellEvents {
	readonly onDidStartTerminalShellExecution?: Event<{ readonly execution: ShellExecution }>;
	readonly onDidEndTerminalShellExecution?: Event<{
		readonly execution: ShellExecution;
		readonly exitCode: number | undefined;
	}>;
}

type Event<Fact> = (listener: (fact: Fact) => void) => Subscription;

export interface Failure {
	readonly command: string;
	readonly exitCode: number;
	/** The end of what it printed, as it can be read. */
	readonly output: string;
}

/** Characters that are kept of what a running command prints: errors stand at the end. */
const LONGEST = 64 * 1024;
/** Lines of it that are told. */
const MOST_LINES = 200;
/** Characters of a command that are told. */
const LONGEST_COMMAND = 1_000;
const ESCAPE = '\u001B';
const BELL = '\u0007';
/** Ended by the user: Ctrl+C, and a closed terminal. */
const BY_HAND = [129, 130, 143];

export class FailedCommand implements Subscription {
	private readonly running = new Map<ShellExecution, { printed: string }>();
	private readonly subscriptions: readonly Subscription[];
	private failure: Failure | undefined;

	constructor(events: ShellEvents) {
		this.subscriptions = [
			events.onDidStartTerminalShellExecution?.(({ execution }) => void this.follow(execution)),
			events.onDidEndTerminalShellExecution?.(({ execution, exitCode }) => this.ended(execution, exitCode)),
		].filter((subscription) => subscription !== undefined);
	}

	/** Undefined where none has failed since this began to listen. */
	get last(): Failure | undefined {
		return this.failure;
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.running.clear();
		this.failure = undefined;
	}

	private async follow(execution: ShellExecution): Promise<void> {
		const heard = { printed: '' };
		this.running.set(execution, heard);
		try {
			for await (const data of execution.read()) {
				heard.printed = (heard.printed + data).slice(-LONGEST);
			}
		} catch {
			// A terminal that is closed meanwhile; what was heard until then is enough.
		}
	}

	private ended(execution: ShellExecution, exitCode: number | undefined): void {
		const heard = this.running.get(execution);
		this.running.delete(execution);
		if (heard !== undefined && exitCode !== undefined && exitCode !== 0 && !BY_HAND.includes(exitCode)) {
			const command = execution.commandLine.value.trim().slice(0, LONGEST_COMMAND);
			this.failure = { command, exitCode, output: readable(heard.printed) };
		}
	}
}

/** Without escape sequences and what was overwritten, as progress bars do. */
export function readable(printed: string): string {
	const [first = '', ...rest] = printed.split(`${ESCAPE}]`);
	const plain = stripVTControlCharacters(first + rest.map(behindCommand).join(''));
	return plain
		.replace(/\r+\n/g, '\n')
		.split('\n')
		.map((line) => line.slice(line.lastIndexOf('\r') + 1).trimEnd())
		.slice(-MOST_LINES)
		.join('\n')
		.trim();
}

/** What stands behind a command to the terminal, which is not shown: it ends with a bell or a string terminator. */
function behindCommand(text: string): string {
	const ends = [BELL, `${ESCAPE}\\`].flatMap((end) => {
		const at = text.indexOf(end);
		return at === -1 ? [] : at + end.length;
	});
	return ends.length === 0 ? '' : text.slice(Math.min(...ends));
}
