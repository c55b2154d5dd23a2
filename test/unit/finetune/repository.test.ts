/** The audit against a real Git repository made for the test. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { auditRepository, RepositoryError } from '../../../src/finetune/repository';
import { isAbort } from '../../../src/inference/cancel';

describe('repository', () => {
	let folder = '';
	const never = new AbortController().signal;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-repository-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function commit(files: Readonly<Record<string, string>>) {
		for (const [name, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			fs.writeFileSync(path.join(folder, name), text);
		}
		execFileSync('git', ['init', '-q'], { cwd: folder });
		execFileSync('git', ['add', '-A'], { cwd: folder });
	}

	it('judges tracked files only, and follows no link', async () => {
		commit({
			'a.ts': 'let a = 1;\n',
			'sub/b c.py': 'b = 1\n',
			'.gitignore': 'ignored.ts\n',
			'ignored.ts': 'let c;\n',
		});
		fs.symlinkSync('/etc/hostname', path.join(folder, 'link.ts'));
		execFileSync('git', ['add', 'link.ts'], { cwd: folder });
		const seen: number[] = [];
		const verdicts = await auditRepository('git', folder, (done) => seen.push(done), never);
		assert.deepEqual(
			Object.fromEntries(
				verdicts.map((one) => [one.path, one.verdict.type === 'in' ? 'in' : one.verdict.stage]),
			),
			{ '.gitignore': 'type', 'a.ts': 'in', 'link.ts': 'unreadable', 'sub/b c.py': 'in' },
		);
		assert.deepEqual(seen, [4], 'reported at the end and each hundred files');
	});

	it('says why a folder without Git cannot be read', async () => {
		await assert.rejects(
			auditRepository('git', folder, () => undefined, never),
			(error) => error instanceof RepositoryError && error.message.includes(folder),
		);
	});

	it('names a Git that is not there', async () => {
		await assert.rejects(
			auditRepository('no-such-git', folder, () => undefined, never),
			/no-such-git.*set git\.path/,
		);
	});

	it('stops when it is cancelled', async () => {
		commit(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}.ts`, 'let a;\n'])));
		const controller = new AbortController();
		const run = auditRepository('git', folder, () => controller.abort(), controller.signal);
		await assert.rejects(run, isAbort);
	});
});
