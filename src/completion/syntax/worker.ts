/** Entry of the worker thread that parses what stands around the cursor: trees are never made on the editor's own loop. */

import { parentPort, workerData } from 'node:worker_threads';
import { Trees } from '../../inference/syntax/trees';
import { answerTo } from './answer';
import type { SyntaxQuestion } from './verdict';

const folder: string = workerData;
const trees = new Trees(folder);
let last: Promise<void> = Promise.resolve();
// One after the other: they share the trees.
parentPort?.on('message', (question: SyntaxQuestion) => {
	last = last.then(async () => parentPort?.postMessage(await answerTo(trees, question)));
});
