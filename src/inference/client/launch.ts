/** Starts the host as a process of its own, which outlives the window that starts it, and reports its end. */

import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { ALREADY_SERVED } from '../wire/protocol';
import { type Endpoint, nextAddress } from './endpoint';
import { type HostLog, newHostLog } from './hostLog';

/**
 * What the host's native libraries need from the environment: to find drivers, temporary files and the user's home.
 * Everything else stays out: NODE_OPTIONS and NODE_LLAMA_CPP_* change how the host runs (up to compiling llama.cpp),
 * VSCODE_* and ELECTRON_* belong to the editor, and the rest may be secrets.
 */
const PASSED_ON: readonly RegExp[] = [
	/^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|DISPLAY|WAYLAND_DISPLAY|SNAP)$/,
	/^(LC|XDG|CUDA|NVIDIA|HIP|HSA|ROCR|ROCM|GPU|VK|VULKAN|MESA|DRI|MTL|OMP)_/,
	/^(SystemRoot|SystemDrive|windir|ProgramData|ProgramFiles.*|CommonProgramFiles.*|APPDATA|LOCALAPPDATA)$/i,
	/^(USERPROFILE|USERNAME|HOMEDRIVE|HOMEPATH|NUMBER_OF_PROCESSORS|PROCESSOR_.*|PATHEXT|ComSpec)$/i,
	/^path$/i,
];

/** Longest line of the host's error output that is kept, in characters. */
const MAX_LINE = 2_000;

/** Milliseconds to wait for the error output of a process that has ended. */
const OUTPUT_TIME = 100;

/** The same while its channel for messages is open: thousands may be left in it. */
const CHANNEL_TIME = 2_000;

interface LaunchOptions {
	/** Absolute path of host.mjs. */
	readonly hostFile: string;
	/** Another Node for the host; undefined takes the one that runs this process. */
	readonly nodePath: string | undefined;
}

export interface HostEnd {
	/** As the end of "the model host …". */
	readonly cause: string;
	/** Whether a signal ended it: a crash or somebody else, and not a program that could not start. */
	readonly isSignal: boolean;
}

/** A host that this window has started. */
export interface HostChild {
	readonly pid: number | undefined;
	/** Settles once, when the process has ended or could not be started. Never rejects. */
	readonly ended: Promise<HostEnd>;
	/** Whether it ended because another one was there already. */
	readonly foundAnother: boolean;
	/** What it prints. Whoever launches closes it. */
	readonly log: HostLog;
	/** Ends it at once; nothing it holds needs saving. */
	kill(): void;
}

/** @throws the error of a disk on which the log cannot be written. */
export function launch(options: LaunchOptions, endpoint: Endpoint): HostChild {
	const address = nextAddress(endpoint);
	const log = newHostLog(endpoint.logFile);
	const child = spawn(
		options.nodePath ?? process.execPath,
		[options.hostFile, address, endpoint.tokenFile, endpoint.markFile, endpoint.logFile],
		{
			env: hostEnvironment(process.env),
			// A session of its own: what ends the window, and those below it, does not end the host of the others.
			detached: true,
			// Not the folder of a workspace, which could not be moved or removed then.
			cwd: path.dirname(endpoint.logFile),
			// Native libraries print to both; standard output would be taken for messages by nobody, so it goes. The log is
			// a file and no pipe: a pipe would end with the window.
			stdio: ['ignore', 'ignore', log.descriptor],
			windowsHide: true,
		},
	);
	const ended = endOf(child);
	child.unref();
	return {
		pid: child.pid,
		ended,
		log,
		get foundAnother() {
			return child.exitCode === ALREADY_SERVED;
		},
		kill: () => void child.kill('SIGKILL'),
	};
}

/** Settles once, when the process has ended, and been read to its end, or could not be started. Never rejects. */
export function endOf(child: ChildProcess): Promise<HostEnd> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve({ cause: `could not run: ${error.message}`, isSignal: false }));
		child.once('exit', (code, signal) => {
			const finish = () => resolve(describeEnd(code, signal));
			// The last lines of the output may still be on their way; a child of the process may keep it open.
			const timer = setTimeout(finish, child.connected ? CHANNEL_TIME : OUTPUT_TIME);
			child.once('close', () => {
				clearTimeout(timer);
				finish();
			});
		});
	});
}

/** The variables that the host gets. */
export function hostEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const kept = Object.entries(environment).filter(([name]) => PASSED_ON.some((rule) => rule.test(name)));
	return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): HostEnd {
	if (signal !== null) {
		const hint = signal === 'SIGKILL' ? ' (somebody ended it, or memory ran out)' : '';
		return { cause: `was ended by ${signal}${hint}`, isSignal: true };
	}
	return { cause: `ended with code ${code ?? 'unknown'}`, isSignal: false };
}

/** Calls back with each line of its error output that is not blank, cut at `MAX_LINE`. */
export function readLines(child: ChildProcess, onLine: (line: string) => void): void {
	let rest = '';
	child.stderr?.setEncoding('utf8');
	child.stderr?.on('data', (chunk: string) => {
		const lines = (rest + chunk).split(/\r?\n/);
		rest = (lines.pop() ?? '').slice(-MAX_LINE);
		for (const line of lines) {
			if (line.trim() !== '') {
				onLine(line.slice(0, MAX_LINE));
			}
		}
	});
	child.stderr?.on('end', () => {
		if (rest.trim() !== '') {
			onLine(rest);
		}
	});
}
