/** Exclusions over a real folder with a real Git. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { localExclusions } from '../../../src/inference/localExclusions';
import { silentLog } from '../../support/silentLog';

describe('local exclusions', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-exclusions-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('reads the repository’s rules also where a folder below its root is open', async () => {
		const write = (file: string, text: string) => fs.writeFileSync(path.join(folder, file), text);
		fs.mkdirSync(path.join(folder, 'sub'));
		execFileSync('git', ['init', '-q'], { cwd: folder });
		write('.gitignore', '*.local.ts\n');
		write('.familiarignore', 'sub/private.ts\n!sub/kept.local.ts\n');
		write('sub/.familiarignore', 'own.ts\n');
		const exclusions = localExclusions({
			globs: ['*.sql'],
			isTrusted: () => true,
			gitPath: () => 'git',
			translate: (message, ...values) => [message, ...values].join('|'),
			log: silentLog,
		});
		const localPath = path.join(folder, 'sub');
		exclusions.setFolders([{ path: '/opened', localPath }]);
		await exclusions.settled();
		const files = ['a.ts', 'a.sql', 'private.ts', 'own.ts', 'x.local.ts', 'kept.local.ts'];
		for (const file of files) {
			exclusions.see(`/opened/${file}`);
		}
		await exclusions.settled();
		assert.deepEqual(
			files.map((file) => exclusions.why(`/opened/${file}`, 'context')),
			[
				undefined,
				'The setting {0} excludes this file: {1}|familiar.exclude|*.sql',
				'{0} excludes this file: {1}|.familiarignore|sub/private.ts',
				'{0} excludes this file: {1}|.familiarignore|own.ts',
				'Git ignores this file: line {0} of {1} says {2}|1|.gitignore|*.local.ts',
				undefined,
			],
		);
		exclusions.dispose();
	});
});
