/** Activation: loading dist/extension.js and our activate(), in fresh Node processes with a stand-in for `vscode`. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../support/root';
import { type Figure, machine, median, publish, rounds } from './harness';

/** Milliseconds of our own code at the editor's start, from the issue that asked for this. */
const AIM = 30;
const RUNS = rounds(15);
/** `BENCH_EXTENSION` names another bundle than dist's. */
const BUNDLE = process.env['BENCH_EXTENSION'] ?? path.join(root, 'dist/extension.js');

interface Run {
	readonly load: number;
	readonly call: number;
	readonly resolved: number;
	readonly commands: number;
}

function isRun(value: unknown): value is Run {
	return (
		typeof value === 'object' &&
		value !== null &&
		['load', 'call', 'resolved', 'commands'].every(
			(key) => key in value && typeof Reflect.get(value, key) === 'number',
		)
	);
}

/** Throws an Error when the extension did not activate, or registered no commands. */
function activateOnce(): Run {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
	try {
		const child = path.join(root, 'test/bench/activation-child.cjs');
		const output = execFileSync(process.execPath, [child, BUNDLE, root, folder], {
			encoding: 'utf8',
			timeout: 60_000,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const run: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '');
		if (!isRun(run) || run.commands === 0) {
			throw new Error(`the extension did not activate: ${output}`);
		}
		return run;
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

// The first run reads the file from disk; an editor that was open before does not.
const first = activateOnce();
const runs = Array.from({ length: RUNS }, activateOnce);
const figure = (label: string, key: string, value: number | undefined): Figure => ({
	label,
	key,
	unit: 'ms',
	value,
	samples: RUNS,
});
publish({
	name: 'activation',
	notes: [
		machine(),
		`${path.basename(BUNDLE)}, ${(fs.statSync(BUNDLE).size / 1000).toFixed(0)} kB, ${first.commands} commands registered; ` +
			'plain Node, stand-in for the editor; medians of fresh processes',
	],
	figures: [
		{
			...figure('our own code', 'own_ms', median(runs.map((run) => run.load + run.call))),
			aim: { type: 'at-most', value: AIM },
		},
		figure('of it loading the module', 'load_ms', median(runs.map((run) => run.load))),
		figure('of it activate() until it returns', 'activate_ms', median(runs.map((run) => run.call))),
		figure('activate() until it resolves', 'resolved_ms', median(runs.map((run) => run.resolved))),
		{ ...figure('first run, cold', 'first_ms', first.load + first.call), samples: 1 },
	],
});
