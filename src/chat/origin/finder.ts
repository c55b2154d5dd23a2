/** Has the origin of generated code looked for beside the editor: one thread for each search, which can be ended at any time. */

import { throwIfAborted } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import { oneAnswer } from '../oneAnswer';
import type { Scope } from '../retrieval/listing';
import type { TurnOrigin } from '../turn';
import type { Block, Origin, OriginOrder } from './search';

/** Milliseconds that one search may take; 1 to 4 seconds are usual with a thousand packages. */
const LONGEST = 15_000;
/** Characters of a path that are kept. */
const LONGEST_NAME = 1_000;

interface OriginFinderOptions {
	/** Absolute path of the thread's script. */
	readonly script: string;
	readonly scope: () => Scope;
	readonly log: Log;
}

/** As it is kept with the answer. */
export function turnOrigin({
	first,
	last,
	otherFirst,
	otherLast,
	label,
	licence = '',
	...origin
}: Origin): TurnOrigin {
	const path = label.slice(-LONGEST_NAME);
	return { first, last, path, firstLine: otherFirst, lastLine: otherLast, package: origin.package, licence };
}

export class OriginFinder {
	constructor(private readonly options: OriginFinderOptions) {}

	/**
	 * @param given files that the model was shown, as the user knows them
	 * @returns nothing where the search fails: the answer is there without it
	 * @throws AbortError only
	 */
	async find(
		blocks: readonly Block[],
		given: readonly string[],
		signal: AbortSignal,
	): Promise<readonly Origin[]> {
		throwIfAborted(signal);
		const scope = this.options.scope();
		if (blocks.length === 0 || scope.folders.length === 0) {
			return [];
		}
		try {
			const order: OriginOrder = { scope, blocks, given, milliseconds: LONGEST };
			return await oneAnswer<readonly Origin[]>(this.options.script, order, signal);
		} catch (error) {
			throwIfAborted(signal);
			this.options.log.warn(`The origin of the code could not be looked for: ${String(error)}`);
			return [];
		}
	}
}
