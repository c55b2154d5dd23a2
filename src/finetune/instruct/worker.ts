/** Entry of the worker thread that makes pairs of the user's code: parsing and comparing thousands of texts takes minutes. */

import { parentPort, workerData } from 'node:worker_threads';
import { Trees } from '../../inference/syntax/trees';
import { collect } from './collect';
import type { FromInstructWorker, InstructOrder } from './instructWorker';
import { select } from './select';

function say(message: FromInstructWorker): void {
	parentPort?.postMessage(message);
}

const order: InstructOrder = workerData;
// Work that is cancelled ends with its thread.
const { signal } = new AbortController();
/** Milliseconds between two signs of progress. */
const PAUSE = 100;
let told = 0;

function report(progress: Extract<FromInstructWorker, { type: 'progress' }>['progress']): void {
	if (performance.now() - told > PAUSE) {
		told = performance.now();
		say({ type: 'progress', progress });
	}
}

async function run(): Promise<FromInstructWorker> {
	if (order.type === 'collect') {
		const { audit, grammars, options } = order;
		return {
			type: 'collected',
			collected: await collect(audit, new Trees(grammars), options, report, signal),
		};
	}
	const { pairs, seed } = order;
	const onProgress = (done: number, all: number) => report({ stage: 'selection', done, all });
	return { type: 'selected', selected: await select(pairs, seed, onProgress, signal) };
}

run().then(say, (error: unknown) =>
	say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
);
