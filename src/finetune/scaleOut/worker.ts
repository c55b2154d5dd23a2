/** Entry of the worker thread that writes an exported fine-tune: text out of thousands of samples, searched for secrets. */

import { parentPort, workerData } from 'node:worker_threads';
import { version } from '../../../package.json';
import { findSecrets } from '../corpus/secrets';
import type { ScaleOutOrder } from './order';
import type { FromScaleOutWorker } from './scaleOutWorker';
import { writeScaleOut } from './write';

function say(message: FromScaleOutWorker): void {
	parentPort?.postMessage(message);
}

const order: ScaleOutOrder = workerData;
const cancel = new AbortController();
parentPort?.on('message', () => cancel.abort());

writeScaleOut(
	order,
	{ findSecret: async (text) => (await findSecrets(text))[0]?.rule, version },
	(progress) => say({ type: 'progress', progress }),
	cancel.signal,
)
	.then(
		(result) => say({ type: 'done', result }),
		(error: unknown) =>
			say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
	)
	.finally(() => parentPort?.close());
