/** Entry of the thread that searches the workspace: a pattern of a model may take for ever, and a thread can be ended. */

import { parentPort, workerData } from 'node:worker_threads';
import { type SearchOrder, searchFiles } from './search';

const order: SearchOrder = workerData;
void searchFiles(order, new AbortController().signal).then((result) => parentPort?.postMessage(result));
