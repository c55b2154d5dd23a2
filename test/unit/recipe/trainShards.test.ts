/** Shards mix all packages, go on where a run was interrupted, and hold conversations where those are wanted. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { documentLine, type Language } from '../../../models/recipe/document';
import { loadTokenizer } from '../../../models/recipe/tokenizer/load';
import { type ShardOptions, shardsOf } from '../../../models/recipe/train/shards';
import type { Row } from '../../../src/finetune/training/rows';
import { temporaryFolder } from '../../support/engines';

const PACKAGES = 40;
const OPTIONS: ShardOptions = {
	longest: 512,
	fillShare: 0,
	seed: 1,
	languages: ['typescript'],
	charactersPerToken: 3,
	conversations: [],
};

describe('recipe/train/shards', function () {
	this.timeout(60_000);
	const tokenizer = loadTokenizer();
	let corpus: string;
	before(() => {
		corpus = path.join(temporaryFolder(), 'train.jsonl');
		// 400,000 characters a package: 16 million in all, nearly three shards.
		const lines: string[] = [];
		for (let index = 0; index < PACKAGES; index++) {
			for (let file = 0; file < 20; file++) {
				lines.push(documentLine({ ...fileOf(index, 'typescript'), path: `src/${file}.ts` }));
			}
			lines.push(documentLine(fileOf(index, 'python')));
		}
		fs.writeFileSync(corpus, lines.join(''));
	});

	function fileOf(index: number, language: Language) {
		const text = `${language}Of${index}(1, 2, 3, 4);\n`.repeat(20_000 / 24);
		return { package: `package${index}`, language, path: 'src/file', text };
	}

	async function take(count: number, options = OPTIONS, from = 0): Promise<readonly (readonly Row[])[]> {
		const shards: (readonly Row[])[] = [];
		for await (const rows of shardsOf(corpus, tokenizer, options, from)) {
			shards.push(rows);
			if (shards.length === count) {
				break;
			}
		}
		return shards;
	}

	function packagesIn(rows: readonly Row[], language: Language = 'typescript'): Set<string> {
		const text = rows.map(({ tokens, used }) => tokenizer.decode(tokens.subarray(0, used))).join('');
		return new Set(text.match(new RegExp(`\\b${language}Of\\d+`, 'g')));
	}

	it('draw from all packages, and from the wanted languages alone', async () => {
		for (const rows of await take(2)) {
			// Half of them would stand here, were packages taken one after the other.
			assert.ok(packagesIn(rows).size > 0.9 * PACKAGES, String(packagesIn(rows).size));
			assert.equal(packagesIn(rows, 'python').size, 0);
		}
	});

	it('are the same again from where a run stood, and others in the next epoch', async () => {
		const all = await take(5);
		assert.deepEqual(await take(1, OPTIONS, 4), [all[4]]);
		assert.notDeepEqual(all[3], all[0]);
	});

	it('give conversations their share of the tokens', async () => {
		const sample = {
			tokens: new Int32Array(100).fill(7),
			weights: new Float32Array(100).fill(1, 1),
			file: 0,
		};
		const conversations = Array.from({ length: 20_000 }, () => sample);
		const [rows = []] = await take(1, { ...OPTIONS, conversations });
		let [talk, all] = [0, 0];
		for (const { tokens, documents } of rows) {
			for (const { start, end } of documents) {
				all += end - start;
				talk += tokens.subarray(start, end).every((token) => token === 7) ? end - start : 0;
			}
		}
		assert.ok(Math.abs(talk / all - 0.3) < 0.01, String(talk / all));
	});

	it('say what is missing where the corpus has nothing to learn', async () => {
		const nothing: ShardOptions = { ...OPTIONS, languages: ['javascript'] };
		await assert.rejects(take(1, nothing), /train\.jsonl holds no source files\. Run `npm run starter:data`/);
	});
});
