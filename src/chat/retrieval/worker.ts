/** Entry of the worker thread that indexes and searches the workspace: reading thousands of files would hold up the editor. */

import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Trees } from '../../inference/syntax/trees';
import { cutBySyntax } from './cutter';
import { RemoteEmbedder } from './embedder';
import { Keeper } from './keeper';
import type { FromIndex, IndexOptions, ToIndex } from './messages';
import { WorkspaceIndex } from './workspaceIndex';

const { file, grammars, model }: IndexOptions = workerData;
const say = (message: FromIndex) => parentPort?.postMessage(message);
const embedder = model === undefined ? undefined : new RemoteEmbedder(model, say);
const cut = cutBySyntax(new Trees(grammars), (message) => say({ type: 'problem', message }));
const keeper = new Keeper({
	index: new WorkspaceIndex(file, embedder, cut),
	say,
	pause: (milliseconds) => sleep(milliseconds),
	now: () => performance.now(),
});
parentPort?.on('message', (message: ToIndex) => {
	if (message.type === 'embedded') {
		embedder?.answered(message.id, message.vector);
	} else {
		keeper.receive(message);
	}
});
