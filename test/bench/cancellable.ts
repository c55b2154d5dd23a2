/** A bench that can be cancelled from the terminal, and leaves nothing behind. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isAbort } from '../../src/inference/cancel';

/** @param measure is given a folder of its own, which is deleted in the end, and a signal that fires with SIGINT or SIGTERM. */
export async function runCancellable(
	measure: (folder: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const cancel = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		process.once(name, () => cancel.abort());
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
	try {
		await measure(folder, cancel.signal);
	} catch (error) {
		if (!isAbort(error)) {
			throw error;
		}
		console.error('cancelled');
		process.exitCode = 130;
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}
