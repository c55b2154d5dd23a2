/** Tests of what counts as a command or a mention, and what does not. */

import assert from 'node:assert/strict';
import { commandIn, MAX_MENTIONS, mentionOf, mentionsIn, wordAt } from '../../../../src/chat/context/syntax';

const written = (text: string) => mentionsIn(text).map((mention) => mention.text);

describe('chat/context/syntax', () => {
	it('finds mentions with their arguments, without the punctuation behind', () => {
		assert.deepEqual(mentionsIn('What does #file:src/a.ts do, and (#selection)?'), [
			{ text: '#file:src/a.ts', name: 'file', argument: 'src/a.ts', start: 10, end: 24 },
			{ text: '#selection', name: 'selection', argument: '', start: 34, end: 44 },
		]);
		assert.deepEqual(written('See #file:a.ts, #file:b.ts. Or #symbol:Foo.bar?'), [
			'#file:a.ts',
			'#file:b.ts',
			'#symbol:Foo.bar',
		]);
	});

	it('reads a quoted argument whole', () => {
		assert.deepEqual(
			mentionsIn('#file:"my notes.md" now').map(({ text, argument }) => [text, argument]),
			[['#file:"my notes.md"', 'my notes.md']],
		);
	});

	it('takes each once, and not endlessly many', () => {
		assert.deepEqual(written('#open #open'), ['#open']);
		const many = Array.from({ length: 100 }, (_, index) => `#file:a${index}.ts`).join(' ');
		assert.equal(mentionsIn(many).length, MAX_MENTIONS);
	});

	for (const text of [
		'fixes #12',
		'a#selection',
		'`#selection`',
		'```css\n#open { color: red }\n```',
		'```\n#changes',
		'## Selection',
		'#selection_of_things',
	]) {
		it(`finds none in ${JSON.stringify(text)}`, () => {
			assert.deepEqual(mentionsIn(text), []);
		});
	}

	it('writes a mention so that it is read back, or says that it cannot be written', () => {
		for (const path of ['src/a.ts', 'my notes.md', 'odd.', 'ä/ö.ts', 'a\u202eb.ts']) {
			const mention = mentionOf('file', path) ?? '';
			assert.equal(mentionsIn(`x ${mention} y`)[0]?.argument, path, mention);
		}
		for (const path of ['a"b.ts', 'a\nb.ts', 'a\u2028b', 'a'.repeat(600)]) {
			assert.equal(mentionOf('file', path), undefined);
		}
	});

	it('knows what is being written at the caret', () => {
		assert.deepEqual(wordAt('/ex', 3), { text: '/ex', start: 0, end: 3 });
		assert.deepEqual(wordAt('why #fi', 7), { text: '#fi', start: 4, end: 7 });
		assert.deepEqual(wordAt('why #file:src/ more', 14), { text: '#file:src/', start: 4, end: 14 });
		assert.deepEqual(wordAt('#file:"my no', 12), { text: '#file:"my no', start: 0, end: 12 });
		for (const [text, caret] of [
			['say /ex', 7],
			['/explain this', 13],
			['a#b', 3],
			['#12', 3],
			['', 0],
			['#file:a.ts ', 11],
		] as const) {
			assert.equal(wordAt(text, caret), undefined, text);
		}
	});

	it('reads commands at the beginning only', () => {
		assert.deepEqual(commandIn('/fix'), { name: 'fix', words: '' });
		assert.deepEqual(commandIn('/explain why\nso? '), { name: 'explain', words: 'why\nso?' });
		for (const text of ['/usr/bin/env', '/**', '// 1.', ' /fix', 'a /fix', '/', '/1', '/fix.']) {
			assert.equal(commandIn(text), undefined, text);
		}
	});

	it('is quick on long text', () => {
		const text = `${'#file:'.repeat(10_000)}${'`'.repeat(5_000)}`;
		assert.deepEqual(mentionsIn(text), []);
	});
});
