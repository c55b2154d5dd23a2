/**
 * Fault 32: windows that ask, cancel, leave and come back for a long time. Every request settles, and neither side keeps
 * memory or descriptors. By default some thousand requests to the fake host; FAMILIAR_SOAK_MINUTES=N asks the built host
 * with the starter for so long.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { mock } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import { ModelClient } from '../../src/inference/client/client';
import { messageOf } from '../../src/inference/failure';
import type { LoadOptions } from '../../src/inference/model';
import {
	chatOf,
	collect,
	endOf,
	fake,
	fakeHostFile,
	fillOf,
	never,
	pidOf,
	quickLimits,
} from '../support/fakeHost';
import { seededRandom } from '../support/randomModel';
import { root } from '../support/root';
import { silentLog } from '../support/silentLog';

const MINUTES = Number(process.env['FAMILIAR_SOAK_MINUTES'] ?? 0);
const WINDOWS = 3;
/** Requests of a round; the first rounds fill caches, and are not measured. */
const ROUND = MINUTES > 0 ? 200 : 1_000;
const WARM_UP = 2;
const ROUNDS = 5;
/** Requests at once of each window. */
const AT_ONCE = 4;
/** Bytes that may come and go. */
const SLACK = 24e6;

interface Held {
	readonly clientHeap: number;
	readonly hostMemory: number;
	readonly clientFiles: number;
	readonly hostFiles: number;
}

describe('fault 32: random requests for a long time', function () {
	if (process.platform !== 'linux') {
		// Only there a process says of another what it holds.
		return;
	}
	// A round of the starter takes half a minute on two cores.
	this.timeout(180_000 + (MINUTES > 0 ? (MINUTES + 10) * 60_000 : 0));
	const random = seededRandom(32);
	const below = (limit: number) => Math.floor(random() * limit);
	const isReal = MINUTES > 0;
	let folder: string;
	let windows: ModelClient[];

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		windows = Array.from({ length: WINDOWS }, open);
	});
	afterEach(async () => {
		mock.restoreAll();
		await Promise.all(windows.map((window) => window.dispose()));
		fs.rmSync(folder, { recursive: true });
	});

	function open(): ModelClient {
		return new ModelClient({
			hostFile: isReal ? path.join(root, 'dist/host.mjs') : fakeHostFile,
			runtimeFolders: [path.join(folder, 'run')],
			log: silentLog,
			limits: isReal ? {} : { ...quickLimits, silence: 10_000, grace: 2_000 },
		});
	}

	function options(contextSize = 0): LoadOptions {
		const model = path.join(root, 'models/starter.gguf');
		const real = {
			path: model,
			backend: 'cpu',
			gpuLayers: 0,
			cacheFolder: path.join(folder, 'cache'),
		} as const;
		return isReal ? { ...real, contextSize } : fake('ok', { contextSize });
	}

	/** Asks for one thing at random, and may change their mind; how it ended. */
	async function ask(window: ModelClient): Promise<string> {
		const controller = new AbortController();
		const { signal } = controller;
		const text = `say ${below(30)}${random() < 0.2 ? ' slow 1' : ''}\n${'x = 1;\n'.repeat(below(20))}`;
		const priority = random() < 0.5 ? ('interactive' as const) : ('background' as const);
		const timer = random() < 0.3 ? setTimeout(() => controller.abort(), below(20)) : undefined;
		try {
			switch (below(7)) {
				case 0:
				case 1:
				case 2:
					return (await collect(window.fill({ ...fillOf(text), maxTokens: 8, priority }, signal))).end;
				case 3:
					return (await collect(window.chat({ ...chatOf(text), maxTokens: 8 }, signal))).end;
				case 4:
					return (await window.prefill(fillOf(text), signal)).type;
				case 5:
					return (await window.score({ context: text, text: 'a b', priority: 'background' }, signal)).type;
				default:
					return (await window.tokenize(text, signal)).type;
			}
		} catch (error) {
			const end = endOf(error);
			return end === 'Error' ? messageOf(error) : end;
		} finally {
			clearTimeout(timer);
		}
	}

	/** As many requests, while windows get the focus, load with another context, and are closed and opened. */
	async function round(requests: number): Promise<Map<string, number>> {
		const ends = new Map<string, number>();
		let asked = 0;
		const user = async (seat: number) => {
			while (asked++ < requests) {
				const end = await ask(windows[seat] ?? assert.fail());
				ends.set(end, (ends.get(end) ?? 0) + 1);
			}
		};
		const users = windows.flatMap((_, seat) => Array.from({ length: AT_ONCE }, () => user(seat)));
		const unrest = (async () => {
			while (asked < requests) {
				const seat = 1 + below(WINDOWS - 1);
				windows[seat]?.setFocused(random() < 0.5);
				if (random() < 0.2) {
					await windows[seat]?.load(options(random() < 0.5 ? 0 : 512), never);
				}
				if (random() < 0.1) {
					const next = open();
					const left = windows.splice(seat, 1, next);
					await next.load(options(), never);
					await Promise.all(left.map((window) => window.dispose()));
				}
				await wait(20);
			}
		})();
		await Promise.all([...users, unrest]);
		return ends;
	}

	function filesOf(pid: number | 'self'): number {
		return fs.readdirSync(`/proc/${pid}/fd`).length;
	}

	function held(): Held {
		const pid = pidOf(windows[0] ?? assert.fail());
		v8.setFlagsFromString('--expose-gc');
		vm.runInNewContext('gc')();
		const resident = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		return {
			clientHeap: process.memoryUsage().heapUsed,
			hostMemory: 1_024 * Number(resident),
			clientFiles: filesOf('self'),
			hostFiles: filesOf(pid),
		};
	}

	it('all settle, and neither memory nor descriptors grow', async () => {
		await Promise.all(windows.map((window) => window.load(options(), never)));
		const pid = pidOf(windows[0] ?? assert.fail());
		const ends = new Map<string, number>();
		const measured: Held[] = [];
		const printed = mock.method(console, 'error', () => undefined);
		const begun = Date.now();
		for (let done = 0; done < ROUNDS || Date.now() - begun < MINUTES * 60_000; done++) {
			for (const [end, count] of await round(ROUND)) {
				ends.set(end, (ends.get(end) ?? 0) + count);
			}
			// What was aborted ends in the host, too.
			await windows[0]?.tokenize('a', never);
			await wait(200);
			if (done >= WARM_UP - 1) {
				measured.push(held());
			}
		}
		const known = [
			'end-of-text',
			'length',
			'stop',
			'prefilled',
			'scores',
			'tokens',
			'AbortError',
			'answer-interrupted',
		];
		assert.deepEqual(
			[...ends.keys()].filter((end) => !known.includes(end)),
			[],
			JSON.stringify([...ends]),
		);
		assert.ok((ends.get('AbortError') ?? 0) > 0);
		assert.deepEqual(printed.mock.calls, [], 'nobody reads what libraries print into the console');
		assert.equal(pidOf(windows[0] ?? assert.fail()), pid, 'one host all the time');
		const [first, last] = [measured[0] ?? assert.fail(), measured.at(-1) ?? assert.fail()];
		console.log(`    ${[...ends].map((pair) => pair.join(' ')).join(', ')}`);
		console.log(`    ${JSON.stringify(first)}\n    ${JSON.stringify(last)}`);
		assert.ok(last.clientHeap - first.clientHeap < SLACK, 'memory of the windows');
		assert.ok(last.hostMemory - first.hostMemory < 3 * SLACK, 'memory of the host');
		assert.ok(Math.abs(last.clientFiles - first.clientFiles) <= 2, 'descriptors of the windows');
		assert.ok(Math.abs(last.hostFiles - first.hostFiles) <= 2, 'descriptors of the host');
	});
});
