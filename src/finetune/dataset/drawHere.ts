/** Draws samples on the thread that asks: for tests and benchmarks, where nobody waits for it. */

import { type DrawTools, draw } from './draw';
import type { Draw } from './drawn';
import { historyOf } from './history';
import { textOf } from './source';

/** @param tools Default: texts and history are read, and there is neither syntax nor context. */
export function drawHere(tools: Partial<DrawTools> = {}): Draw {
	return (order, signal) => draw(order, { textOf, historyOf, ...tools }, signal);
}
