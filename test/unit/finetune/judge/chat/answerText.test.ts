/** Measures of an answer beside the true one. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import {
	codeFile,
	codeIn,
	isSame,
	isUnended,
	likeness,
	namesScore,
} from '../../../../../src/finetune/judge/chat/answerText';
import { readGeneralChats } from '../../../../../src/finetune/judge/chat/generalChats';
import { root } from '../../../../support/root';

describe('finetune/judge/chat/answerText', () => {
	it('knows how alike two answers are, as chrF counts it', () => {
		assert.equal(likeness('It adds.', 'It  adds.'), 1);
		assert.equal(likeness('', 'It adds.'), 0);
		assert.equal(likeness('xyz', 'It adds.'), 0);
		// Runs of "abcd" against "abce", by hand: 3/4, 2/3, 1/2 and 0 of one length each, alike on both sides.
		assert.ok(Math.abs(likeness('abce', 'abcd') - (3 / 4 + 2 / 3 + 1 / 2) / 4) < 1e-9);
		// What is missing weighs more than what is too much.
		assert.ok(likeness('abcdabcd', 'abcd') > likeness('abcd', 'abcdefgh'));
		const truth = 'It reconciles the invoice with the ledger and settles what is left.';
		const moved = 'It settles what is left, and reconciles the invoice with the ledger.';
		assert.ok(likeness(moved, truth) > 0.7);
		assert.ok(likeness('It moors the vessel beside the pilot.', truth) < 0.4);
	});

	it('compares the names in code, in blocks and in lines, and nothing of the prose', () => {
		const truth = 'Call it so:\n\n```ts\nledger.post(entry);\n```\n';
		assert.equal(namesScore(truth, truth), 1);
		assert.equal(namesScore('Use `ledger.post` with the `entry`.', truth), 1);
		assert.equal(namesScore('Call ledger with post and entry.', truth), 0);
		assert.equal(namesScore('```ts\nledger.close();\n```', truth), 2 / 5);
		assert.equal(namesScore('anything', 'It adds two numbers.'), undefined);
		// One that was cut off is a block all the same, and comments are none of its names.
		assert.equal(namesScore('```python\nledger.post(entry) # and more\n', truth), 1);
	});

	it('finds the code that can be parsed', () => {
		assert.equal(codeFile('```typescript\nlet a;\n```'), 'block.ts');
		assert.equal(codeFile('```ts\nlet a;\n```'), 'block.ts');
		assert.equal(codeFile('```csharp\nint a;\n```'), 'block.cs');
		assert.equal(codeFile('```go\nvar a int\n```'), 'block.go');
		assert.equal(codeFile('```diff\n+let a;\n```'), undefined);
		assert.equal(codeFile('Nothing.'), undefined);
		const two = '```ts\nlet a;\n```\nor\n```\nlet b;\n```\nor\n```python\nc = 1\n```';
		assert.equal(codeIn(two, 'block.ts'), 'let a;\n\nlet b;\n');
	});

	it('tells what has no end, and what is the same', () => {
		const answered = (text: string, isOver: boolean) => ({ text, isOver, pace: undefined });
		assert.equal(isUnended(answered('It adds.', true)), false);
		assert.equal(isUnended(answered('It adds and adds', false)), true);
		assert.equal(isUnended(answered(' \n', true)), true);
		assert.equal(isSame(' It\nadds. ', 'It adds.'), true);
		assert.equal(isSame('It adds', 'It adds.'), false);
	});
});

describe('finetune/judge/chat/generalChats', () => {
	it('has conversations with an answer each, and says first what chat is told', async () => {
		const file = path.join(root, 'src/finetune/judge/chat/generalChats.txt');
		const chats = await readGeneralChats(file, 'Rules.');
		assert.ok(chats.length >= 30);
		for (const { messages } of chats) {
			assert.deepEqual(
				messages.map(({ role }) => role),
				['system', 'user', 'assistant'],
			);
			assert.ok(messages.every(({ content }) => content.trim() === content && content.length > 5));
		}
		assert.equal(new Set(chats.map(({ file }) => file)).size, chats.length);
		assert.equal((await readGeneralChats(file, undefined))[0]?.messages.length, 2);
	});
});
