/** Entry of the worker thread that audits repositories: reading and comparing thousands of texts would hold up the editor. */

import { parentPort, workerData } from 'node:worker_threads';
import { audit } from './audit';
import type { FromAuditWorker } from './auditWorker';
import type { Repository } from './verdict';

function say(message: FromAuditWorker): void {
	parentPort?.postMessage(message);
}

const repositories: readonly Repository[] = workerData;
// A cancelled audit ends with its thread.
audit(repositories, (progress) => say({ type: 'progress', progress }), new AbortController().signal).then(
	(result) => say({ type: 'done', audit: result }),
	(error: unknown) =>
		say(
			error instanceof Error
				? { type: 'failed', name: error.name, message: error.message }
				: { type: 'failed', name: 'Error', message: String(error) },
		),
);
