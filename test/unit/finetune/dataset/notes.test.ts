/** What the user is told of a dataset: right with any number, and with numbers that can be read. */
import * as assert from 'node:assert/strict';
import { type NotedFacts, notesOf } from '../../../../src/finetune/dataset/notes';
import { translate } from '../panel/runs';

const plain: NotedFacts = {
	...{ by: 'time', commits: 9, heads: [], changed: [], alike: 0, overlapping: 0 },
	...{ share: 1, mostTokens: 16_000_000, unselected: 0, replay: undefined },
};

describe('notes of a dataset', () => {
	it('are none where all is as it should be', () => {
		assert.deepEqual(notesOf(plain, translate), []);
	});

	it('count one as well as thousands', () => {
		const one = notesOf({ ...plain, alike: 1, overlapping: 1, unselected: 1 }, translate).join('\n');
		assert.doesNotMatch(one, /\b1 (?:files|places|samples)/);
		const many = notesOf({ ...plain, alike: 1_234, unselected: 5_678 }, translate).join('\n');
		assert.match(many, /1,234/);
		assert.match(many, /5,678/);
	});

	it('say how much of the code there is room for', () => {
		const [half] = notesOf({ ...plain, share: 0.5 }, translate);
		assert.match(half ?? '', /^50 % .* 16,000,000 tokens/);
		// Not all, and not nothing.
		assert.match(notesOf({ ...plain, share: 0.999 }, translate)[0] ?? '', /^99 %/);
		assert.match(notesOf({ ...plain, share: 0.001 }, translate)[0] ?? '', /^1 %/);
	});

	it('name the files that changed, but not thousands of them', () => {
		const changed = Array.from({ length: 2_010 }, (_, index) => `r/f${index}.ts`);
		const [note] = notesOf({ ...plain, changed }, translate);
		assert.match(note ?? '', /r\/f9\.ts and 2,000 more\.$/);
	});

	it('say that nothing but chance could choose the test', () => {
		assert.match(
			notesOf({ ...plain, by: 'seed' }, translate)[0] ?? '',
			/by chance: there are too few commits/,
		);
		assert.match(notesOf({ ...plain, by: 'folder' }, translate)[0] ?? '', /^The test is of whole folders/);
	});
});
