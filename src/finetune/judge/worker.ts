/** Entry of the judge's worker thread: trees and rules for secrets over hundreds of texts would hold up the editor. */

import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../inference/failure';
import type { CheckAnswer, CheckOrder } from './checkWorker';
import { type PlaceToCheck, TextCheck } from './textCheck';

const { folder }: CheckOrder = workerData;
const check = new TextCheck(folder);

parentPort?.on('message', async (place: PlaceToCheck) => {
	const say = (answer: CheckAnswer) => parentPort?.postMessage(answer);
	try {
		say({ type: 'checked', place: await check.check(place) });
	} catch (error) {
		say({ type: 'failed', message: messageOf(error) });
	}
});
