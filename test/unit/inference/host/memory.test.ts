/** What a model takes and what is free, as far as files and the system tell. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { estimateFile, mainMemory, mappedBytes } from '../../../../src/inference/host/memory';
import { TINY_MODEL, writeRandomModel } from '../../../support/randomModel';

describe('host/memory', () => {
	it('estimates weights and KV cache from the file', () => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		try {
			const file = path.join(folder, 'a.gguf');
			writeRandomModel(file, TINY_MODEL);
			const [short, long] = [512, 1024].map((contextSize) => estimateFile({ path: file, contextSize }) ?? 0);
			assert.ok(short !== undefined && long !== undefined);
			const { layers, width, heads, keyValueHeads } = TINY_MODEL;
			// Keys and values, two bytes each, of two sequences.
			const perToken = 2 * layers * keyValueHeads * (width / heads) * 2 * 2;
			// And the scores of a batch of 128, four bytes each, which are not kept by flash attention.
			assert.equal(long - short, 512 * (perToken + 128 * heads * 4));
			assert.ok(short > fs.statSync(file).size + 512 * perToken);
		} finally {
			fs.rmSync(folder, { recursive: true, force: true });
		}
	});

	it('does not know what a file takes that is none', () => {
		assert.equal(estimateFile({ path: '/nowhere.gguf', contextSize: 0 }), undefined);
	});

	it('takes the pages of mapped files for used', () => {
		assert.equal(mappedBytes('RssAnon:\t    9 kB\nRssFile:\t    2048 kB\n'), 2 * 1024 * 1024);
		assert.equal(mappedBytes(''), 0);
		assert.ok(mainMemory.free() > 0 && mainMemory.free() <= os.totalmem());
	});
});
