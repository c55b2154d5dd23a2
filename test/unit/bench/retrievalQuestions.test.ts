/** Questions made from comments and tests: what is asked is not in what is searched, and the answer is where it is said to be. */
import * as assert from 'node:assert/strict';
import type { HeldOutFile } from '../../../models/recipe/evaluate/heldOut';
import { rankOf } from '../../bench/retrievalFinders';
import { questionSet } from '../../bench/retrievalQuestions';

const file = (path: string, text: string): HeldOutFile => ({
	package: 'p',
	language: 'typescript',
	path,
	text,
	measured: text.length,
});

describe('bench: questions for retrieval', () => {
	it('asks with the comment of a function for the line that declares it', () => {
		const { files, questions } = questionSet('docs', 'p', [
			file(
				'a.ts',
				'let a = 1;\n\n/**\n * Adds the numbers of two given lists.\n *\n * @param one a list\n */\nexport function addLists(one: number[]) {}\n/** Short. */\nfunction other() {}\n',
			),
		]);
		assert.deepEqual(questions, [{ text: 'Adds the numbers of two given lists.', path: 'a.ts', line: 3 }]);
		assert.equal(
			files[0]?.text,
			'let a = 1;\n\nexport function addLists(one: number[]) {}\nfunction other() {}\n',
		);
	});

	it('knows where comments stand in Python and Go', () => {
		const python = questionSet('docs', 'p', [
			file('a.py', 'def add(one):\n    """Adds the numbers of two given lists."""\n    return one\n'),
		]);
		assert.deepEqual(python.questions[0], {
			text: 'Adds the numbers of two given lists.',
			path: 'a.py',
			line: 1,
		});
		const go = questionSet('docs', 'p', [
			file('a.go', 'package a\n\n// Add gives the numbers of two lists.\nfunc Add(one []int) []int {\n'),
		]);
		assert.deepEqual(go.questions[0], { text: 'gives the numbers of two lists.', path: 'a.go', line: 3 });
	});

	it('asks with a test for the file that it is named after, and takes tests out', () => {
		const { files, questions } = questionSet('tests', 'p', [
			file('src/sum.ts', 'export const sum = 1;\n'),
			file('src/sum.test.ts', "import { sum } from './sum';\nit('adds', () => {\n\tsum;\n});\n"),
			file('alone.test.ts', "it('is about nothing', () => {});\n"),
		]);
		assert.deepEqual(
			files.map(({ path }) => path),
			['src/sum.ts'],
		);
		assert.equal(questions.length, 1);
		assert.equal(questions[0]?.path, 'src/sum.ts');
		assert.doesNotMatch(questions[0]?.text ?? '', /import/);
	});

	it('asks with the head of a file for the file, but not with a licence', () => {
		const { files, questions } = questionSet('files', 'p', [
			file('a.py', '"""Reads and writes the configuration of a program."""\nimport os\n'),
			file('b.ts', '/** Copyright of somebody, all rights of it are reserved. */\nimport a;\n'),
		]);
		assert.deepEqual(questions, [
			{ text: 'Reads and writes the configuration of a program.', path: 'a.py', line: undefined },
		]);
		assert.equal(files[0]?.text, 'import os\n');
	});

	it('counts a result only where it holds the line', () => {
		const places = [
			{ path: 'b.ts', first: 1, last: 9 },
			{ path: 'a.ts', first: 1, last: 9 },
			{ path: 'a.ts', first: 10, last: 20 },
		];
		assert.equal(rankOf({ text: '', path: 'a.ts', line: 10 }, places), 3);
		assert.equal(rankOf({ text: '', path: 'a.ts', line: undefined }, places), 2);
		assert.equal(rankOf({ text: '', path: 'a.ts', line: 30 }, places), undefined);
	});
});
