/** Whether a further model fits into main memory: what it takes, and what is free. */

import * as fs from 'node:fs';
import { mostTokens, planContext } from '../engine/contextPlan';
import { freeMemory } from '../fit/freeMemory';
import { estimateMemory } from '../fit/memory';
import { shapeOf } from '../fit/shape';
import { readWholeHeader } from '../gguf/wholeHeader';
import type { LoadOptions } from '../model';

/** Asked before a model is loaded beside others. */
export interface MemoryView {
	/** Bytes that a model takes; undefined where nobody knows. */
	estimate(options: LoadOptions): number | undefined;
	/** Bytes of main memory that are free. */
	free(): number;
}

export const mainMemory: MemoryView = {
	estimate: estimateFile,
	// Linux counts the pages of mapped weights as free, since it could read them again.
	free: () => Math.max(0, freeMemory() - mappedBytes(readStatus())),
};

/** The process is there already. */
export function estimateFile(options: Pick<LoadOptions, 'path' | 'contextSize'>): number | undefined {
	try {
		const shape = shapeOf(readWholeHeader(options.path));
		const contextSize = mostTokens(planContext(options.contextSize, shape.trainedContext));
		const { host, parts } = estimateMemory(shape, { contextSize });
		return host - parts.base;
	} catch {
		// Whoever loads it says what is wrong with it.
		return undefined;
	}
}

/** @param status `/proc/self/status`; '' where there is none. */
export function mappedBytes(status: string): number {
	return Number(/^RssFile:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function readStatus(): string {
	try {
		return fs.readFileSync('/proc/self/status', 'utf8');
	} catch {
		return '';
	}
}
