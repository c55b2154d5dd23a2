/** Entry of the worker thread that looks for the origin of generated code: it reads thousands of files, and ends. */

import { parentPort, workerData } from 'node:worker_threads';
import { findOrigins, type OriginOrder } from './search';

const order: OriginOrder = workerData;
void findOrigins(order, new AbortController().signal).then((origins) => parentPort?.postMessage(origins));
