/** Entry of the worker thread that audits repositories: reading and comparing thousands of texts would hold up the editor. */

import { parentPort, workerData } from 'node:worker_threads';
import { readBaseHeader } from '../training/baseHeader';
import { audit } from './audit';
import type { AuditOrder, FromAuditWorker } from './auditWorker';

function say(message: FromAuditWorker): void {
	parentPort?.postMessage(message);
}

const order: AuditOrder = workerData;

async function run() {
	if (order.basePath !== undefined) {
		await readBaseHeader(order.basePath);
	}
	// A cancelled audit ends with its thread.
	return audit(
		order.repositories,
		(progress) => say({ type: 'progress', progress }),
		new AbortController().signal,
	);
}

run().then(
	(result) => say({ type: 'done', audit: result }),
	(error: unknown) =>
		say(
			error instanceof Error
				? { type: 'failed', name: error.name, message: error.message }
				: { type: 'failed', name: 'Error', message: String(error) },
		),
);
