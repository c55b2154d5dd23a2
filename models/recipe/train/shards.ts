/** The corpus in shards: so many samples as are mixed with each other, made anew in every epoch. */

import type { Sample } from '../../../src/finetune/dataset/sample';
import { randomFrom, seedFor } from '../../../src/finetune/training/random';
import { type Row, rowsOfEpoch } from '../../../src/finetune/training/rows';
import { type Language, readDocuments, type SourceDocument } from '../document';
import type { Tokenizer } from '../tokenizer';
import { groupsOf } from './groups';
import { SampleMaker, type SampleOptions } from './samples';

export interface ShardOptions extends SampleOptions {
	readonly seed: number;
	/** Files in others are left out. */
	readonly languages: readonly Language[];
	/** Characters of a token, reckoned low, so that few groups are longer than a sample. */
	readonly charactersPerToken: number;
}

/** Characters of a shard: about 2,000 rows of 1,024 tokens, of some dozen packages. */
const SHARD = 6_000_000;

/**
 * The rows of every shard, for ever: epoch after epoch.
 * @param from shards that were used up by a run that is resumed.
 */
export async function* shardsOf(
	corpus: string,
	tokenizer: Tokenizer,
	options: ShardOptions,
	from = 0,
): AsyncGenerator<readonly Row[]> {
	const maker = new SampleMaker(tokenizer, options);
	let shard = 0;
	for (;;) {
		const before = shard;
		for await (const packages of packagesIn(corpus, options.languages)) {
			if (shard >= from) {
				const random = randomFrom(seedFor(options.seed, `shard ${shard}`));
				const longest = Math.floor(options.longest * options.charactersPerToken);
				const samples: Sample[] = [];
				for (const documents of packages) {
					for (const group of groupsOf(documents, longest, random)) {
						const sample = maker.sampleOf(group, random);
						if (sample !== undefined) {
							samples.push(sample);
						}
					}
				}
				yield rowsOfEpoch(samples, { sequenceLength: options.longest, seed: options.seed, epoch: shard });
			}
			shard++;
		}
		if (shard === before) {
			throw new Error(`${corpus} holds no source files. Run \`npm run starter:data\` first.`);
		}
	}
}

/** The packages of one shard after the other. */
async function* packagesIn(
	corpus: string,
	languages: readonly Language[],
): AsyncGenerator<readonly (readonly SourceDocument[])[]> {
	let packages: SourceDocument[][] = [];
	let characters = 0;
	for await (const document of readDocuments(corpus)) {
		if (!languages.includes(document.language)) {
			continue;
		}
		const current = packages.at(-1);
		if (current?.[0]?.package === document.package) {
			current.push(document);
		} else {
			if (characters >= SHARD) {
				yield packages;
				packages = [];
				characters = 0;
			}
			packages.push([document]);
		}
		characters += document.text.length;
	}
	if (packages.length > 0) {
		yield packages;
	}
}
