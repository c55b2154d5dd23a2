/** Which parts of names and sentences count as the same word. */
import * as assert from 'node:assert/strict';
import { countWords } from '../../../../src/chat/retrieval/words';

/** Whether every word of one text stands in the other. */
function isIn(words: string, text: string): boolean {
	const found = countWords(text);
	return [...countWords(words).keys()].every((word) => found.has(word));
}

describe('words of the index', () => {
	function same(words: string, text: string) {
		it(`${text} holds ${words}`, () => assert.ok(isIn(words, text)));
	}
	function other(words: string, text: string) {
		it(`${text} does not hold ${words}`, () => assert.ok(!isIn(words, text)));
	}
	same('get user by id', 'getUserById');
	same('get_user_by_id', 'getUserById');
	same('getUserById', 'get_user_by_id');
	same('GET USER', 'getUser');
	same('html element', 'HTMLElement');
	same('parse html', 'parseHTML');
	same('utf 8', 'utf8Decode');
	same('users', 'the user');
	same('user', 'listUsers()');
	same('max lines', 'MAX_LINES = 3');
	same('größe', 'Größe der Fläche');
	same('src chat view', 'src/chat/view.ts');
	other('statu', 'status');
	other('clas', 'class Name');
	other('arrow', '→ — … “ ”');
	other('user', 'use r');

	it('counts how often a word stands there', () => {
		const counts = countWords('open opened openFile');
		const [open] = countWords('open').keys();
		assert.equal(counts.get(open ?? 0), 2);
	});

	it('passes over data', () => {
		const blob = 'a'.repeat(3_000_000);
		assert.equal(countWords(`${blob} word`).size, 1);
	});
});
