/** Which files the globs of `familiar.exclude` name. */
import * as assert from 'node:assert/strict';
import { exclusionGlobs } from '../../../src/inference/exclusionGlobs';

/** Paths are relative to the opened folder `/work/app`, or absolute: of files elsewhere. */
const cases: readonly [glob: string, named: readonly string[], others: readonly string[]][] = [
	['**/*.sql', ['a.sql', 'db/a.sql', '/tmp/a.sql'], ['a.sql.ts', 'sql/a.ts']],
	['*.sql', ['a.sql', 'db/deep/a.sql', 'A.SQL'], ['a.ts']],
	['secret', ['secret', 'secret/a.ts', 'src/secret/a.ts'], ['secrets/a.ts']],
	['src/secret/**', ['src/secret/a.ts', 'src/secret/b/a.ts'], ['secret/a.ts', 'lib/src/secret/a.ts']],
	['./src/a.ts', ['src/a.ts'], ['a.ts']],
	['**/*.{sql,csv}', ['a.sql', 'b/a.csv'], ['a.ts']],
	['{legal,src/{a,b}}/**', ['legal/x.ts', 'src/a/x.ts', 'src/b/x.ts'], ['src/c/x.ts']],
	['a?.ts', ['ab.ts'], ['a.ts', 'abc.ts']],
	['[a-c].ts', ['b.ts'], ['d.ts']],
	['[!a-c].ts', ['d.ts'], ['b.ts']],
	['!a.ts', ['!a.ts'], ['a.ts', 'b.ts']],
	['#a.ts', ['#a.ts'], ['a.ts']],
	['{a.ts', ['{a.ts'], ['a.ts']],
	['/build', ['build/a.js', '/build/a.js'], ['src/build/a.js']],
	['/work/app/private/**', ['private/a.ts', '/work/app/private/a.ts'], ['a.ts', '/work/private/a.ts']],
	['C:\\keys\\**', ['/c:/keys/a.ts'], ['/d:/keys/a.ts', 'keys/a.ts']],
	['d:/keys', ['/D:/keys/a.ts'], ['/c:/keys/a.ts']],
];

function named(globs: readonly string[], file: string): string | undefined {
	return exclusionGlobs(globs)(
		file.startsWith('/') ? file : `/work/app/${file}`,
		file.startsWith('/') ? [] : [file],
	);
}

describe('exclusion globs', () => {
	for (const [glob, names, others] of cases) {
		it(glob, () => {
			assert.deepEqual(
				names.filter((file) => named([glob], file) !== glob),
				[],
				'not named',
			);
			assert.deepEqual(
				others.filter((file) => named([glob], file) !== undefined),
				[],
				'named',
			);
		});
	}

	it('no globs name nothing, and a document without a path is none', () => {
		assert.equal(named([], 'a.ts'), undefined);
		assert.equal(exclusionGlobs(['**'])('', []), undefined);
		assert.equal(exclusionGlobs(['*.sql'])('Untitled-1', []), undefined);
	});

	it('says which of several it was', () => {
		assert.equal(named(['*.csv', '**/*.{a,sql}'], 'x.sql'), '**/*.{a,sql}');
	});

	it('looks at every folder that holds the file', () => {
		const globs = exclusionGlobs(['inner/a.ts']);
		assert.equal(globs('/work/inner/a.ts', ['a.ts', 'inner/a.ts']), 'inner/a.ts');
	});

	it('is done with a slip of the pen in no time', () => {
		assert.equal(named(['{a,b}'.repeat(60)], 'a.ts'), undefined);
	});
});
