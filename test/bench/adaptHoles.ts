/** Holes in held-out files, and what the model writes into them. */

import type { Audit } from '../../src/finetune/corpus/verdict';
import { RECIPE } from '../../src/finetune/dataset/build';
import type { Draw } from '../../src/finetune/dataset/drawn';
import { fillOf, type Place } from '../../src/finetune/dataset/encoder';
import { filesIn, type SourceFile } from '../../src/finetune/dataset/source';
import type { Generator, ModelDescription } from '../../src/inference/model';
import type { Completion } from './holes';

export interface HeldOutHole extends Pick<Place, 'text' | 'firstLine' | 'hole' | 'context'> {
	readonly source: SourceFile;
	/** Which of the held-out files. */
	readonly file: number;
}

/** Tokens of a prompt: of the starter, which learned from rows of 256, more would ask for what it never saw. */
const PROMPT_TOKENS = 256;
/** Tokens that a completion may have: enough for the longest middle. */
const MOST_TOKENS = 288;

interface HoleOptions {
	/** Of the training, as the longest sample. */
	readonly seed: number;
	readonly longest: number;
	/** Holes at most. */
	readonly count: number;
}

/** The test of the dataset that a training with this seed has: at what the newest commits changed, where there are some. */
export async function heldOutHoles(
	audit: Audit,
	draw: Draw,
	{ prefillTokensPerSecond }: ModelDescription,
	{ seed, longest, count }: HoleOptions,
	signal: AbortSignal,
): Promise<readonly HeldOutHole[]> {
	const files = filesIn(audit);
	const holes: HeldOutHole[] = [];
	const indices = new Map<string, number>();
	// Nothing is drawn to learn from.
	const order = { files, seed, longest, passes: 0, mostTokens: 0, shares: RECIPE, prefillTokensPerSecond };
	for await (const drawn of draw(order, signal)) {
		for (const place of drawn.type === 'places' && drawn.part === 'test' ? drawn.places : []) {
			const source = files.find(({ name }) => name === place.name);
			if (source !== undefined) {
				const file = indices.get(place.name) ?? indices.size;
				indices.set(place.name, file);
				const { text, firstLine = 0, hole, context } = place;
				holes.push({ source, file, text, firstLine, hole, ...(context === undefined ? {} : { context }) });
			}
		}
	}
	const step = Math.max(1, holes.length / count);
	return holes.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/**
 * What the model writes with the cursor at the hole, greedily.
 * @throws Error when it cannot fill in the middle; an AbortError
 */
export async function complete(
	model: Pick<Generator, 'fill'>,
	{ source, file: _file, ...place }: HeldOutHole,
	signal: AbortSignal,
): Promise<Completion> {
	const whole = { ...place, repository: source.repository.name, path: source.path };
	const { middle: _middle, ends: _ends, ...pieces } = fillOf(whole, PROMPT_TOKENS);
	const request = { ...pieces, maxTokens: MOST_TOKENS, leftToRight: false, priority: 'background' } as const;
	const texts: string[] = [];
	for await (const event of model.fill(request, signal)) {
		if (event.type === 'unsupported') {
			throw new Error(event.reason);
		}
		if (event.type === 'end') {
			return { text: texts.join(''), reason: event.reason };
		}
		texts.push(event.type === 'text' ? event.text : '');
	}
	throw new Error(`The completion in ${source.name} did not come to its end.`);
}
