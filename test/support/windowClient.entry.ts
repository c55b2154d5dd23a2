/**
 * A window of its own process with a client of the shared host: does what stdin says, a number and a command on each line,
 * and answers with JSON that has the number as `id`. Arguments: the runtime folder, then `name=value`: `host` (host file), `version`, `grace`, `model` (a
 * real model's file; default: the fake one's `ok`).
 */
import * as os from 'node:os';
import { createInterface } from 'node:readline';
import { ModelClient } from '../../src/inference/client/client';
import type { LoadOptions } from '../../src/inference/model';
import { collect, fake, fakeHostFile, fillOf, never, quickLimits } from './fakeHost';
import { recordingLog } from './silentLog';

const [folder = '', ...words] = process.argv.slice(2);
const named = new Map(
	words.map((word): [string, string] => [word.split('=')[0] ?? '', word.replace(/^\w+=/, '')]),
);
const real = named.get('model');
const options: LoadOptions =
	real === undefined
		? fake('ok')
		: { path: real, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder: os.tmpdir() };
const log = recordingLog();
const limits = { ...(real === undefined ? quickLimits : {}), grace: Number(named.get('grace') ?? 0) };
const client = new ModelClient({
	hostFile: named.get('host') ?? fakeHostFile,
	runtimeFolders: [folder],
	version: named.get('version') ?? 'test',
	log,
	limits,
});

function state(): object {
	const { hostPid, hostClients, recentCrashes } = client;
	return { state: client.state.type, hostPid, hostClients, recentCrashes };
}

async function run(what: string, rest: readonly string[]): Promise<object> {
	switch (what) {
		case 'load':
			await client.load(options, never);
			return { ...state(), lines: log.lines };
		case 'fill': {
			const request = fillOf(rest.join(' '));
			return collect(client.fill({ ...request, maxTokens: 32 }, never));
		}
		case 'begin':
			// Answered at its first text, and goes on.
			return new Promise((resolve) => {
				void collect(client.fill(fillOf(rest.join(' ')), never), (text) => resolve({ text }));
			});
		case 'restart':
			await client.restart();
			return state();
		case 'dispose':
			await client.dispose();
			return state();
		default:
			return { ...state(), lines: log.lines };
	}
}

for await (const line of createInterface({ input: process.stdin })) {
	// Not one after the other: what is asked during a generation is answered during it.
	const [id, what = '', ...rest] = line.split(' ');
	void run(what, rest).then((answer) => console.log(JSON.stringify({ id, ...answer })));
}
await client.dispose();
