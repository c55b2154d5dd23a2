/** Runs the probe: a process of its own that loads the native libraries, since those may end whoever loads them. */

import { spawn } from 'node:child_process';
import { endOf, hostEnvironment, readLines } from '../client/launch';
import { parseJson } from '../record';
import { isProbeLine, type ProbeLine } from './nativeAnswer';

interface ProbeLaunch {
	/** Absolute path of probe.mjs. */
	readonly probeFile: string;
	/** Undefined takes the Node that runs this process. */
	readonly nodePath: string | undefined;
	/** Absolute path of the folder of packs for GPUs, which need not be there; default: none are looked for. */
	readonly packsFolder?: string;
}

export interface ProbeResult {
	readonly lines: readonly ProbeLine[];
	/** How it ended, as the end of "the process …"; undefined where it ended well. */
	readonly failure: string | undefined;
	/** Its last words; undefined when it printed no error. */
	readonly lastWords: string | undefined;
}

/** Resolves when the process is gone; the signal ends it. */
export async function probe(
	{ probeFile, nodePath, packsFolder }: ProbeLaunch,
	signal: AbortSignal,
): Promise<ProbeResult> {
	const child = spawn(
		nodePath ?? process.execPath,
		packsFolder === undefined ? [probeFile] : [probeFile, packsFolder],
		{
			env: hostEnvironment(process.env),
			stdio: ['ignore', 'pipe', 'pipe'],
			windowsHide: true,
		},
	);
	const kill = () => child.kill('SIGKILL');
	signal.addEventListener('abort', kill, { once: true });
	let output = '';
	let lastWords: string | undefined;
	child.stdout.setEncoding('utf8');
	child.stdout.on('data', (chunk: string) => {
		output += chunk;
	});
	readLines(child, (line) => {
		lastWords = line;
	});
	try {
		const end = await endOf(child);
		const lines = output.split('\n').flatMap(parsed);
		const isWhole = lines.some((line) => line.type === 'probed');
		return { lines, failure: isWhole ? undefined : end.cause, lastWords };
	} finally {
		signal.removeEventListener('abort', kill);
	}
}

/** Native libraries may print to the same output: what is not ours is passed over. */
function parsed(line: string): readonly ProbeLine[] {
	const value = parseJson(line);
	return isProbeLine(value) ? [value] : [];
}
