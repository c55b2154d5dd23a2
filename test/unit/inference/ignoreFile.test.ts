/** `.familiarignore` on disk: what it leaves out, what it keeps, and what is said when it cannot be read. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { IGNORE_FILE, IgnoreFileError, readIgnoreRules } from '../../../src/inference/ignoreFile';

describe('ignore file', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-ignore-'));
		fs.mkdirSync(path.join(folder, 'sub'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const write = (at: string, text: string) => fs.writeFileSync(path.join(folder, at, IGNORE_FILE), text);

	async function verdicts(prefix: string, files: readonly string[]): Promise<readonly string[]> {
		const rules = await readIgnoreRules(folder, prefix);
		return files.map((file) => {
			const verdict = rules(file);
			return verdict?.type === 'ignored' ? verdict.line : (verdict?.type ?? 'silent');
		});
	}

	it('without one nothing is said', async () => {
		assert.deepEqual(await verdicts('', ['a.ts']), ['silent']);
	});

	it('leaves out, and keeps by name and by folder', async () => {
		write('', '# a comment\n*.gen.ts\n!keep.gen.ts\n!scratch/\n');
		assert.deepEqual(
			await verdicts('', ['a.ts', 'x.gen.ts', 'keep.gen.ts', 'scratch/a.ts', 'b/scratch/a.ts']),
			['silent', '*.gen.ts', 'kept', 'kept', 'kept'],
		);
	});

	it('what one of two files leaves out stays out', async () => {
		write('', 'sub/a.ts\n');
		write('sub', '!a.ts\nb.ts\n!c.ts\n');
		assert.deepEqual(await verdicts('sub/', ['a.ts', 'b.ts', 'c.ts', 'd.ts']), [
			'sub/a.ts',
			'b.ts',
			'kept',
			'silent',
		]);
	});

	it('one that cannot be read is an error with a remedy', async () => {
		fs.mkdirSync(path.join(folder, IGNORE_FILE));
		await assert.rejects(
			readIgnoreRules(folder, ''),
			(error) => error instanceof IgnoreFileError && /\.familiarignore.*Make it readable/.test(error.message),
		);
	});
});
