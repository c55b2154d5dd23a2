/** What can be chosen of a training run, on the command line of its stage. */

import { parseArgs } from 'node:util';
import { LANGUAGES, type Language } from '../document';
import { SHIPPED, SIZES, type Size } from './shape';

export interface TrainOptions {
	readonly size: Size;
	/** Tokens of the whole run; a run that ended with fewer goes on from where its rate began to fall. */
	readonly tokens: number;
	/** Peak. */
	readonly learningRate: number;
	/** Tokens of a row until the rate falls; then the model's whole context. */
	readonly length: number;
	/** Tokens of an update. */
	readonly batch: number;
	/** Tokens that are computed at once: more take more memory. */
	readonly micro: number;
	readonly threads: number;
	/** Tokens between two looks at the held-out loss. */
	readonly look: number;
	readonly seed: number;
	/** What is left of the corpus: a small model learns two languages better than three. */
	readonly languages: readonly Language[];
	/** A model whose numbers a new run begins with; undefined = random ones. */
	readonly from: string | undefined;
	/** Of the run, below the training folder. */
	readonly name: string;
}

/** @throws Error naming the word that is wrong and what may stand there. */
export function trainOptions(words: readonly string[]): TrainOptions {
	const { values } = parseArgs({
		args: [...words],
		options: {
			size: { type: 'string', default: SHIPPED },
			tokens: { type: 'string', default: '40e6' },
			rate: { type: 'string', default: '2e-3' },
			length: { type: 'string', default: '512' },
			batch: { type: 'string', default: '8192' },
			micro: { type: 'string', default: '4096' },
			threads: { type: 'string', default: '1' },
			look: { type: 'string', default: '500e3' },
			seed: { type: 'string', default: '1' },
			languages: { type: 'string', default: 'typescript,javascript' },
			from: { type: 'string' },
			name: { type: 'string' },
		},
	});
	const size = SIZES.find((one) => one === values.size);
	if (size === undefined) {
		throw new Error(`--size ${values.size}: there are ${SIZES.join(', ')}.`);
	}
	const languages = values.languages.split(',').map((word) => {
		const language = LANGUAGES.find((one) => one === word);
		if (language === undefined) {
			throw new Error(`--languages ${word}: there are ${LANGUAGES.join(', ')}.`);
		}
		return language;
	});
	const number = (name: 'tokens' | 'rate' | 'length' | 'batch' | 'micro' | 'threads' | 'look' | 'seed') => {
		const value = Number(values[name]);
		if (!Number.isFinite(value) || value <= 0) {
			throw new Error(`--${name} ${values[name]}: it must be a number above 0.`);
		}
		return value;
	};
	return {
		size,
		tokens: number('tokens'),
		learningRate: number('rate'),
		length: number('length'),
		batch: number('batch'),
		micro: number('micro'),
		threads: number('threads'),
		look: number('look'),
		seed: number('seed'),
		languages,
		from: values.from,
		name: values.name ?? size,
	};
}
