/** Holes in held-out files, and what the model writes into them. */

import type { Audit } from '../../src/finetune/corpus/verdict';
import { fillOf } from '../../src/finetune/dataset/encoder';
import { drawHoles, type Hole } from '../../src/finetune/dataset/holes';
import { filesIn, type SourceFile, textOf } from '../../src/finetune/dataset/source';
import { split } from '../../src/finetune/dataset/split';
import { randomFrom, seedFor } from '../../src/finetune/training/random';
import type { Generator } from '../../src/inference/model';
import type { Completion } from './holes';

export interface HeldOutHole {
	readonly source: SourceFile;
	/** Which of the held-out files. */
	readonly file: number;
	readonly text: string;
	readonly hole: Hole;
}

/** Tokens of a prompt: of the starter, which learned from rows of 256, more would ask for what it never saw. */
const PROMPT_TOKENS = 256;
/** Tokens that a completion may have: enough for the longest middle. */
const MOST_TOKENS = 288;
/** Characters of a middle, as in samples of 512 tokens. */
const LONGEST_MIDDLE = 768;
/** Of the holes' own, whatever the training's. */
const SEED = 1;

/**
 * About `count` holes in the files that a training with this seed holds out, drawn as its dataset draws its own, but
 * closer together: those are too few for a figure that counts whole holes.
 */
export async function heldOutHoles(
	audit: Audit,
	seed: number,
	count: number,
): Promise<readonly HeldOutHole[]> {
	const files = split(filesIn(audit), seed).heldOut;
	const characters = files.reduce((sum, file) => sum + file.characters, 0);
	const options = { spacing: characters / count, longestMiddle: LONGEST_MIDDLE, longestPlain: 0 };
	const holes: HeldOutHole[] = [];
	for (const [file, source] of files.entries()) {
		const text = (await textOf(source)) ?? '';
		const random = randomFrom(seedFor(SEED, source.name));
		holes.push(...drawHoles(text, options, random).map((hole) => ({ source, file, text, hole })));
	}
	return holes;
}

/**
 * What the model writes with the cursor at the hole, greedily.
 * @throws Error when it cannot fill in the middle; an AbortError
 */
export async function complete(
	model: Pick<Generator, 'fill'>,
	{ source, text, hole }: HeldOutHole,
	signal: AbortSignal,
): Promise<Completion> {
	const task = { repository: source.repository.name, path: source.path, text, hole, file: 0 };
	const { middle: _middle, ends: _ends, ...pieces } = fillOf(task, PROMPT_TOKENS);
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
