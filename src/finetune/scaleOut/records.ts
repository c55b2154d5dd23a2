/** One sample of a dataset in the shapes that other trainers read: whole text, prompt and completion, tokens with labels. */

import type { Sample } from '../dataset/sample';
import type { Vocabulary } from './vocabulary';

/** The label of a token that is not learned, to every trainer that is built on PyTorch. */
const IGNORED = -100;

/** Where a sample comes from. */
interface Origin {
	/** `repository/path`. */
	readonly file: string;
	/** Whether the end token follows the middle: without it, a trainer must not add one. */
	readonly ends: boolean;
}

export interface SampleRecords {
	/** `data/*.jsonl`. */
	readonly text: { readonly text: string; readonly meta: Origin };
	/** `data/completion/*.jsonl`. */
	readonly completion: { readonly prompt: string; readonly completion: string; readonly meta: Origin };
	/** `data/tokens/*.jsonl`: just what the trainer here learns from. */
	readonly tokens: {
		readonly input_ids: readonly number[];
		readonly attention_mask: readonly number[];
		readonly labels: readonly number[];
	};
}

export interface RecordOptions {
	readonly vocabulary: Pick<Vocabulary, 'textOf'>;
	/** The token that stands before the middle; undefined where the model has none. */
	readonly middle: number | undefined;
	/** The token that ends a middle; undefined where the model has none. */
	readonly end: number | undefined;
}

export function recordsOf(sample: Sample, file: string, options: RecordOptions): SampleRecords {
	const { vocabulary, end } = options;
	const tokens = [...sample.tokens];
	const split = completionStart(sample, options.middle);
	const prompt = vocabulary.textOf(tokens.slice(0, split));
	const completion = vocabulary.textOf(tokens.slice(split));
	const meta = { file, ends: end !== undefined && tokens.at(-1) === end };
	return {
		text: { text: vocabulary.textOf(tokens), meta },
		completion: { prompt, completion, meta },
		tokens: {
			input_ids: tokens,
			attention_mask: tokens.map(() => 1),
			labels: tokens.map((id, index) => ((sample.weights[index] ?? 0) > 0 ? id : IGNORED)),
		},
	};
}

/** Index of the first token of what is to be written: behind the last one that only conditions, and the middle token. */
function completionStart({ tokens, weights }: Sample, middle: number | undefined): number {
	const given = weights.lastIndexOf(0) + 1;
	const marker = middle === undefined ? 0 : tokens.lastIndexOf(middle) + 1;
	// A plain text has its first token alone without a weight, because nothing could predict it.
	return Math.max(given === 1 ? 0 : given, marker);
}
