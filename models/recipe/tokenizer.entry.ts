/**
 * `node scripts/starter.mjs tokenizer`: learns the merges of models/vocabulary.txt from the corpus and writes them; the same
 * corpus gives the same file. With the word `measure` it writes nothing: bytes per token of held-out code, by merges learnt
 * and by the first ranks of gpt-tokenizer's tables, at three sizes.
 */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../../test/support/root';
import { LANGUAGES } from './document';
import { type HeldOutFile, heldOutFiles, measuredBytes, measuredText, SHARES } from './evaluate/heldOut';
import { recipeFolders } from './folder';
import { bytePairTokenizer } from './tokenizer/bytePair';
import { MERGES_FILE } from './tokenizer/load';
import { firstRanks, TABLES } from './tokenizer/ranks';
import { sampleWords } from './tokenizer/sampling';
import { learnMerges } from './tokenizer/training';
import { mergesOf, SIZE, vocabularyOf } from './tokenizer/vocabulary';

const SIZES = [8_192, 12_288, 16_384] as const;
const LIMITS = { perFamily: 200_000, perFile: 100 } as const;

const folders = recipeFolders();
try {
	const [word] = process.argv.slice(2);
	if (word === undefined) {
		writeMerges(await learn(SIZE));
	} else if (word === 'measure') {
		const learnt = await learn(Math.max(...SIZES));
		const files = await heldOutFiles(folders.evaluation, root, SHARES, new AbortController().signal);
		measure(learnt, files);
	} else {
		throw new Error(`There is no ${word}. usage: node scripts/starter.mjs tokenizer [measure]`);
	}
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}

async function learn(size: number): Promise<readonly string[]> {
	const corpus = path.join(folders.corpus, 'train.jsonl');
	if (!fs.existsSync(corpus)) {
		throw new Error(`${corpus} is missing. Run \`npm run starter:data\` first.`);
	}
	const { words, families, files, characters } = await sampleWords(corpus, LIMITS);
	const millions = (characters / 1e6).toFixed(1);
	console.log(`${millions} million characters, ${files} files, ${families} families, ${words.size} words`);
	return learnMerges(words, mergesOf(size));
}

function writeMerges(merges: readonly string[]): void {
	fs.writeFileSync(`${MERGES_FILE}.tmp`, `${merges.join('\n')}\n`);
	fs.renameSync(`${MERGES_FILE}.tmp`, MERGES_FILE);
	console.log(`${MERGES_FILE}: ${merges.length} merges`);
}

function measure(learnt: readonly string[], heldOut: readonly HeldOutFile[]): void {
	console.log(`bytes per token of held-out ${LANGUAGES.join(', ')}; megabytes encoded in a second`);
	for (const size of SIZES) {
		const most = mergesOf(size);
		const candidates = [
			...TABLES.map((table) => [table, firstRanks(root, table, most + 256).merges] as const),
			['learnt', learnt.slice(0, most)] as const,
		];
		for (const [name, merges] of candidates) {
			const tokenizer = bytePairTokenizer(vocabularyOf(merges));
			let bytes = 0;
			const start = performance.now();
			const columns = LANGUAGES.map((language) => {
				const files = heldOut.filter((file) => file.language === language);
				const tokens = files.reduce((sum, file) => sum + tokenizer.encode(measuredText(file)).length, 0);
				bytes += measuredBytes(files);
				return (measuredBytes(files) / tokens).toFixed(3);
			});
			const speed = bytes / 1e3 / (performance.now() - start);
			console.log(
				`${String(size).padStart(6)} ${name.padEnd(11)} ${columns.join('  ')}  ${speed.toFixed(1)} MB/s`,
			);
		}
	}
}
