/** Entry of the worker thread that audits repositories: reading and comparing thousands of texts would hold up the editor. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../inference/failure';
import { loadTokenTables } from '../../inference/tokens';
import { readBaseHeader } from '../training/baseHeader';
import { auditWith } from './audit';
import { AuditCache } from './auditCache';
import type { AuditOrder, FromAuditWorker, ToAuditWorker } from './auditWorker';
import { judgeForced } from './judgeFile';

function say(message: FromAuditWorker): void {
	parentPort?.postMessage(message);
}

const order: ToAuditWorker = workerData;
/** A cancelled audit ends with its thread. */
const never = new AbortController().signal;

async function run(): Promise<FromAuditWorker> {
	if (order.type === 'audit') {
		return { type: 'done', audit: await audit(order.order) };
	}
	const { repository, file } = order.order;
	const realFolder = await fs.realpath(repository.folder);
	const { count } = await loadTokenTables();
	const verdict = await judgeForced(repository.folder, file, { realFolder, submodules: new Set() }, count);
	return { type: 'judged', verdict };
}

async function audit({ repositories, basePath, cacheFile }: AuditOrder) {
	if (basePath !== undefined) {
		await readBaseHeader(basePath);
	}
	const cache = cacheFile === undefined ? undefined : await AuditCache.open(cacheFile, await rules());
	const result = await auditWith(
		{ repositories, cache },
		(progress) => say({ type: 'progress', progress }),
		never,
	);
	try {
		await cache?.save();
	} catch (error) {
		say({ type: 'warning', message: `What the audit found could not be kept: ${messageOf(error)}` });
	}
	return result;
}

/** This script holds every rule, those of packages too: another script is another set of rules. */
async function rules(): Promise<string> {
	return createHash('sha256')
		.update(await fs.readFile(__filename))
		.digest('hex');
}

run().then(say, (error: unknown) =>
	say(
		error instanceof Error
			? { type: 'failed', name: error.name, message: error.message }
			: { type: 'failed', name: 'Error', message: String(error) },
	),
);
