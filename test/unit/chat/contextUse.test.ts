/** Tests of what an answer says of the context: how full it was, and what had to stay out. */

import assert from 'node:assert/strict';
import { contextUseOf, linesCutFrom } from '../../../src/chat/contextUse';
import { conversationOf, messagesOf } from '../../../src/chat/messages';
import type { Question } from '../../../src/chat/question';

/** One token a word, punctuation left out. */
const countTokens = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;

const code = Array.from({ length: 50 }, (_, index) => `line ${index} of code;`).join('\n');
const excerpt = { path: 'src/a.ts', language: 'typescript', firstLine: 1, code };
const explain: Question = { task: 'explain', excerpt, findings: [] };
const short: Question = { task: 'question', text: 'Why?' };

function contentOf(question: Question, tokens: number): string {
	return messagesOf(question, [], { tokens, countTokens }).at(-1)?.content ?? '';
}

describe('chat/contextUse', () => {
	it('counts the lines that were cut, exactly', () => {
		assert.equal(linesCutFrom(contentOf(explain, 100_000), explain), 0);
		for (const tokens of [100, 150, 200]) {
			const content = contentOf(explain, tokens);
			const seen = code.split('\n').filter((line) => content.includes(line)).length;
			assert.ok(seen < 50);
			assert.equal(linesCutFrom(content, explain), 50 - seen, String(tokens));
		}
	});

	it('says of a question of one long line that something is missing', () => {
		const long: Question = { task: 'question', text: 'word '.repeat(5_000) };
		assert.equal(linesCutFrom(contentOf(long, 100), long), 1);
	});

	it('counts the exchanges that did not fit, of those that had an answer', () => {
		const history = [
			...Array.from({ length: 8 }, () => ({ question: short, answer: 'word '.repeat(40) })),
			{ question: short, answer: '' },
		];
		const past = { exchanges: history };
		const some = conversationOf(short, past, { tokens: 200, countTokens });
		const kept = some.messages.filter(({ role }) => role === 'assistant').length;
		assert.ok(kept > 0 && kept < 8);
		assert.deepEqual(contextUseOf(some, undefined, 0, 9), {
			used: 0,
			size: 9,
			leftOut: 8 - kept,
			linesCut: 0,
		});
		const all = conversationOf(short, past, { tokens: 100_000, countTokens });
		assert.equal(contextUseOf(all, undefined, 0, 9).leftOut, 0);
	});

	it('says why nothing stands for what did not fit, and nothing where all fitted', () => {
		assert.equal(contextUseOf({ leftOut: 2, summary: undefined }, 'failed', 0, 9).unsummarised, 'failed');
		assert.deepEqual(contextUseOf({ leftOut: 0, summary: undefined }, 'pending', 3, 9), {
			used: 0,
			size: 9,
			leftOut: 0,
			linesCut: 3,
		});
	});
});
