/** `npm run starter:train`: trains the starter from scratch with the fine-tune room's own engine, and goes on where it was interrupted. */

import * as os from 'node:os';
import { fileURLToPath } from 'node:url';
import { Device } from '../../src/finetune/ggml/device';
import { loadGgml } from '../../src/finetune/ggml/ggml';
import { findLibraries } from '../../src/finetune/ggml/libraries';
import { isAbort } from '../../src/inference/cancel';
import { recipeFolders } from './folder';
import { loadTokenizer } from './tokenizer/load';
import { trainOptions } from './train/options';
import { runTraining } from './train/run';

const stop = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.on(event, () => stop.abort());
}
// It runs beside other work for many hours.
os.setPriority(os.constants.priority.PRIORITY_LOW);
try {
	const options = trainOptions(process.argv.slice(2));
	const [libraries] = findLibraries(fileURLToPath(import.meta.url), 'cpu');
	if (libraries === undefined) {
		throw new Error('There are no libraries of ggml: run npm ci.');
	}
	const device = Device.open(loadGgml(libraries), 'cpu', options.threads);
	const { corpus, chat, training } = recipeFolders();
	await runTraining(options, { corpus, chat, training }, device, loadTokenizer(), stop.signal);
	process.exit(0);
} catch (error) {
	if (isAbort(error)) {
		console.log('interrupted; the same command goes on');
		process.exit(130);
	}
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
}
