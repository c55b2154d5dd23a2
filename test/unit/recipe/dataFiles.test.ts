/** Which files of a package are learned: licences, sources in maps, what people wrote, and heads without licences. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { handwritten } from '../../../models/recipe/data/handwritten';
import { judgeFile, withoutLicence } from '../../../models/recipe/data/judgeFile';
import { debianLicence, npmLicence } from '../../../models/recipe/data/licence';
import { isAllowed, readSources, writeSources } from '../../../models/recipe/data/sources';
import { type CodeFile, codeFiles, languageOf } from '../../../models/recipe/data/unpack';

/** Code of six lines. */
const CODE = Array.from({ length: 6 }, (_, line) => `const value${line} = compute(${line});\n`).join('');

function codeFile(name: string, text = CODE): CodeFile {
	return { path: name, language: languageOf(name) ?? 'javascript', bytes: Buffer.from(text) };
}

/** Why each of the files is left out, where it is. */
function reasons(files: readonly CodeFile[]): Record<string, string | undefined> {
	const why = handwritten(files);
	return Object.fromEntries(files.map((file) => [file.path, why(file)]));
}

describe('files of the starter data', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-data-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(name: string, text: string): void {
		fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		fs.writeFileSync(path.join(folder, name), text);
	}

	it('allows a licence only where every one of an expression is on the list', () => {
		const verdicts = ['MIT', 'Apache-2.0 OR MIT', '(MIT AND ISC)', 'MIT OR GPL-3.0', 'Unlicense', ''].map(
			isAllowed,
		);
		assert.deepEqual(verdicts, [true, true, true, false, false, false]);
	});

	it('reads the licence that a manifest states', () => {
		assert.equal(npmLicence('{"license": " MIT "}'), 'MIT');
		assert.equal(npmLicence('{"license": {"type": "MIT"}}'), undefined);
		const head = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n';
		const all = 'Files: *\nCopyright: somebody\nLicense: Expat\n';
		const packaging = '\nFiles: debian/*\nLicense: GPL-2+\n';
		assert.equal(debianLicence(head + all + packaging), 'MIT');
		const both = '\nFiles: a.py\n b.py\nLicense: BSD-3-clause and Expat\n';
		assert.equal(debianLicence(head + all + both), 'BSD-3-Clause AND MIT');
		assert.equal(debianLicence(`${head}${all}\nFiles: a.py\nLicense: PSF-2\n`), undefined);
		assert.equal(debianLicence(`${head}Files: *\nCopyright: somebody\n`), undefined);
		assert.equal(debianLicence('Everything is under the Expat licence.'), undefined);
	});

	it('writes the list sorted and reads it again; what is no source or has another licence is named', () => {
		const file = path.join(folder, 'sources.json');
		const one = {
			registry: 'npm',
			name: 'b',
			version: '1.0.0',
			licence: 'MIT',
			integrity: 'sha512-x',
		} as const;
		const other = { ...one, name: '@s/a', licence: 'ISC' };
		writeSources(file, [one, other]);
		assert.deepEqual(readSources(file), [other, one]);
		writeSources(file, [one, { ...other, licence: 'GPL-3.0' }]);
		assert.throws(() => readSources(file), /@s\/a@1\.0\.0 is under GPL-3\.0; only MIT/);
		fs.writeFileSync(file, '{"packages": [{"registry": "npm", "name": "b"}]}');
		assert.throws(() => readSources(file), /package 1: registry, name, version/);
	});

	it('finds code and the sources that maps carry, each path once', () => {
		write('src/own.ts', CODE);
		write('readme.md', '# no code');
		const map = {
			sources: [
				'../../src/own.ts',
				'../../src/mapped.tsx',
				'../../../other/up.ts',
				'webpack://name/./in/pack.js?x',
			],
			sourcesContent: ['// another text', 'mapped', 'up', 'pack'],
		};
		write('dist/esm/own.js.map', JSON.stringify(map));
		write('dist/esm/broken.js.map', '{');
		write('dist/esm/bare.js.map', JSON.stringify({ sources: ['../../src/bare.ts'] }));
		const found = codeFiles(folder).map((file) => [file.path, Buffer.from(file.bytes).toString()]);
		assert.deepEqual(found, [
			['in/pack.js', 'pack'],
			['other/up.ts', 'up'],
			['src/mapped.tsx', 'mapped'],
			['src/own.ts', CODE],
		]);
	});

	it('takes the TypeScript of a package that is written in it, and no JavaScript made from it', () => {
		const files = ['src/a.ts', 'src/a.js', 'src/own.js', 'lib/a.js', 'src/a.d.ts', 'src/locale/de.ts'];
		assert.deepEqual(reasons(files.map((file) => codeFile(file))), {
			'src/a.ts': undefined,
			'src/a.js': 'compiled',
			'src/own.js': undefined,
			'lib/a.js': 'compiled',
			'src/a.d.ts': 'declarations',
			'src/locale/de.ts': 'translations',
		});
	});

	it('takes one build of JavaScript: its sources, else the most readable', () => {
		const withSource = ['src/a.js', 'lib/a.js', 'bundles/all.js', 'index.js'];
		assert.deepEqual(reasons(withSource.map((file) => codeFile(file))), {
			'src/a.js': undefined,
			'lib/a.js': 'another build',
			'bundles/all.js': 'another build',
			'index.js': undefined,
		});
		const builds = ['cjs/a.js', 'esm/a.js', 'lib/a.js', 'test/a.ts'];
		// The one test in TypeScript does not make it a package in TypeScript.
		const files = builds.map((file) => codeFile(file, file.endsWith('ts') ? 'x' : CODE));
		assert.deepEqual(reasons(files), {
			'cjs/a.js': 'another build',
			'esm/a.js': undefined,
			'lib/a.js': 'another build',
			'test/a.ts': undefined,
		});
	});

	it('knows what compilers write, and Flow', () => {
		const files = [
			codeFile('lib/old.js', `Object.defineProperty(exports, "__esModule", { value: true });\n${CODE}`),
			codeFile('lib/flow.js', `/**\n * @flow strict\n */\n${CODE}`),
			codeFile('lib/own.js', `'use strict';\n${CODE}`),
		];
		assert.deepEqual(Object.values(reasons(files)), ['compiled', 'flow', undefined]);
	});

	it('takes the licence off the head, and no other comment', () => {
		const licence = '/*! Copyright 2020 Somebody. All rights reserved. */\n';
		assert.equal(
			withoutLicence(`${licence}\n// SPDX-License-Identifier: MIT\n/** Adds. */\n${CODE}`),
			`/** Adds. */\n${CODE}`,
		);
		assert.equal(withoutLicence(`#!/usr/bin/env node\n${licence}${CODE}`), `#!/usr/bin/env node\n${CODE}`);
		assert.equal(withoutLicence(`# Copyright (c) 2020\n# Somebody\n\nimport os\n`), 'import os\n');
		const kept = `/** Adds. */\n${CODE}// Licence of the end\n`;
		assert.equal(withoutLicence(kept), kept);
	});

	it('leaves out, with the reason, what is no code to learn from', async () => {
		const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;
		const cases = [
			['src/a.ts', CODE],
			['dist/a.js', CODE],
			['src/table.js', `const table = [\n${'1234567, 7654321, 1928374,\n'.repeat(20)}];\n`],
			['src/words.js', `${CODE}// ${'слово '.repeat(20)}\n`],
			['src/key.js', `${CODE}const key = '${secret}';\n`],
			['src/licence.js', `/*\n${'Licence of somebody.\n'.repeat(9)}*/\nrun();\n`],
			['src/made.js', `// This file was automatically generated.\n${CODE}`],
		] as const;
		const found = await Promise.all(cases.map(([name, text]) => judgeFile(codeFile(name, text), undefined)));
		assert.deepEqual(
			found.map((judged) => (judged.type === 'out' ? judged.why : judged.text === CODE)),
			[true, 'vendored', 'data', 'data', 'secret', 'empty', 'generated'],
		);
		assert.deepEqual(await judgeFile(codeFile('src/a.js'), 'flow'), { type: 'out', why: 'flow' });
	});
});
