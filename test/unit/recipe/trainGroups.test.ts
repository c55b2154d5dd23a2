/** Groups show every line of a package's files once, in order, in pieces of whole lines. */
import * as assert from 'node:assert/strict';
import type { SourceDocument } from '../../../models/recipe/document';
import { groupsOf } from '../../../models/recipe/train/groups';
import { randomFrom } from '../../../src/finetune/training/random';

const LONGEST = 1_000;

function documentOf(index: number, lines: number): SourceDocument {
	return {
		package: 'example',
		language: 'typescript',
		path: `src/file${index}.ts`,
		text: Array.from({ length: lines }, (_, line) => `const value${index}_${line} = ${line};\n`).join(''),
	};
}

describe('recipe/train/groups', () => {
	const documents = [documentOf(0, 3), documentOf(1, 200), documentOf(2, 1), documentOf(3, 40)];
	const groups = [...groupsOf(documents, LONGEST, randomFrom(1))];

	it('shows each file whole, its pieces in order', () => {
		for (const { path, text } of documents) {
			const pieces = groups.flatMap((group) => group.pieces).filter((piece) => piece.path === path);
			assert.equal(pieces.map((piece) => piece.text).join(''), text);
			assert.deepEqual(
				pieces.map((piece) => piece.isEnd),
				pieces.map((_, index) => index === pieces.length - 1),
			);
		}
	});

	it('cuts at the end of a line, and makes no group too long', () => {
		for (const { pieces } of groups) {
			assert.ok(pieces.length > 0);
			assert.ok(pieces.every(({ text }) => text.endsWith('\n')));
			assert.ok(pieces.reduce((sum, { text }) => sum + text.length, 0) <= LONGEST);
		}
	});

	it('has groups of many lengths, and several files in one', () => {
		const lengths = groups.map(({ pieces }) => pieces.reduce((sum, { text }) => sum + text.length, 0));
		assert.ok(Math.max(...lengths) > LONGEST * 0.9);
		assert.ok(Math.min(...lengths) < LONGEST * 0.5);
		assert.ok(groups.some(({ pieces }) => new Set(pieces.map(({ path }) => path)).size > 1));
	});

	it('leaves a line out that is longer than a group, and nothing else', () => {
		const long = { ...documentOf(0, 0), text: `before();\n${'x'.repeat(LONGEST + 1)}\nafter();\n` };
		const text = [...groupsOf([long], LONGEST, randomFrom(2))]
			.flatMap(({ pieces }) => pieces.map((piece) => piece.text))
			.join('');
		assert.equal(text, 'before();\nafter();\n');
	});

	it('draws the same for the same seed', () => {
		assert.deepEqual([...groupsOf(documents, LONGEST, randomFrom(1))], groups);
	});
});
