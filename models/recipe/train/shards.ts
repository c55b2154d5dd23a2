/** The corpus in shards: so many samples as are mixed with each other, drawn from all packages, anew in every epoch. */

import type { Sample } from '../../../src/finetune/dataset/sample';
import { type Random, randomFrom, seedFor } from '../../../src/finetune/training/random';
import { type Row, rowsOfEpoch, shuffle } from '../../../src/finetune/training/rows';
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
	/** Mixed into every shard, a part of them in each; empty = none. */
	readonly conversations: readonly Sample[];
}

/** Characters of a shard: about 2,000 rows of 1,024 tokens. */
const SHARD = 6_000_000;
/**
 * Characters of neighbouring files that stay together, about four of the longest rows. Whole packages one after the
 * other taught the last few packages: after 1.5 million tokens the training loss was 4.2, that of others 5.1.
 */
const BLOCK = 24_000;
/** Share of a shard's tokens that are conversations, where there are any. */
const CONVERSATION_SHARE = 0.3;

/**
 * The rows of every shard, for ever: epoch after epoch. Holds the whole corpus.
 * @param from shards that were used up by a run that is resumed.
 * @throws Error where the corpus holds no file in these languages.
 */
export async function* shardsOf(
	corpus: string,
	tokenizer: Tokenizer,
	options: ShardOptions,
	from = 0,
): AsyncGenerator<readonly Row[]> {
	const maker = new SampleMaker(tokenizer, options);
	const blocks = await blocksOf(corpus, options.languages);
	if (blocks.length === 0) {
		throw new Error(`${corpus} holds no source files. Run \`npm run starter:data\` first.`);
	}
	let shard = 0;
	for (let epoch = 0; ; epoch++) {
		shuffle(blocks, randomFrom(seedFor(options.seed, `blocks of epoch ${epoch}`)));
		for (const chosen of shardsIn(blocks)) {
			if (shard >= from) {
				const random = randomFrom(seedFor(options.seed, `shard ${shard}`));
				const samples = samplesOf(chosen, maker, options, random);
				samples.push(...someConversations(options.conversations, samples, random));
				yield rowsOfEpoch(samples, { sequenceLength: options.longest, seed: options.seed, epoch: shard });
			}
			shard++;
		}
	}
}

/** Neighbouring files of one package. */
type Block = readonly SourceDocument[];

async function blocksOf(corpus: string, languages: readonly Language[]): Promise<Block[]> {
	const blocks: SourceDocument[][] = [];
	let room = 0;
	for await (const document of readDocuments(corpus)) {
		if (!languages.includes(document.language)) {
			continue;
		}
		const current = blocks.at(-1);
		if (current?.[0]?.package === document.package && room >= document.text.length) {
			current.push(document);
		} else {
			blocks.push([document]);
			room = BLOCK;
		}
		room -= document.text.length;
	}
	return blocks;
}

function* shardsIn(blocks: readonly Block[]): Generator<readonly Block[]> {
	let chosen: Block[] = [];
	let characters = 0;
	for (const block of blocks) {
		chosen.push(block);
		characters += block.reduce((sum, { text }) => sum + text.length, 0);
		if (characters >= SHARD) {
			yield chosen;
			chosen = [];
			characters = 0;
		}
	}
	if (chosen.length > 0) {
		yield chosen;
	}
}

function samplesOf(
	blocks: readonly Block[],
	maker: SampleMaker,
	options: ShardOptions,
	random: Random,
): Sample[] {
	const longest = Math.floor(options.longest * options.charactersPerToken);
	const samples: Sample[] = [];
	for (const block of blocks) {
		for (const group of groupsOf(block, longest, random)) {
			const sample = maker.sampleOf(group, random);
			if (sample !== undefined) {
				samples.push(sample);
			}
		}
	}
	return samples;
}

/** So many of them that they have their share beside the samples; which ones, chance decides. */
function someConversations(
	conversations: readonly Sample[],
	beside: readonly Sample[],
	random: Random,
): readonly Sample[] {
	const tokens = beside.reduce((sum, sample) => sum + sample.tokens.length, 0);
	const wanted = (tokens * CONVERSATION_SHARE) / (1 - CONVERSATION_SHARE);
	const chosen: Sample[] = [];
	let at = Math.floor(random.next() * conversations.length);
	for (let taken = 0; taken < wanted && chosen.length < conversations.length; at++) {
		const sample = conversations[at % conversations.length];
		if (sample !== undefined) {
			chosen.push(sample);
			taken += sample.tokens.length;
		}
	}
	return chosen;
}
