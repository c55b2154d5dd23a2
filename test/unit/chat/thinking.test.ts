/** What a model thinks is told from what it answers, also while it is being written. */
import * as assert from 'node:assert/strict';
import { codeBlocksOf, segmentsOf } from '../../../src/chat/fences';
import { answerOf, thoughtOf } from '../../../src/chat/thinking';

describe('chat/thinking', () => {
	for (const [opening, closing] of [
		['<think>', '</think>'],
		['<thinking>', '</thinking>'],
		['<thought>', '</thought>'],
		['[THINK]', '[/THINK]'],
	] as const) {
		it(`is told from the answer by ${opening}`, () => {
			const text = `\n${opening}\nA list?\n${closing}\n\nUse a heap.`;
			assert.deepEqual(thoughtOf(text), {
				thinking: 'A list?',
				answer: '\n\nUse a heap.',
				isOver: true,
			});
			assert.equal(answerOf(text), 'Use a heap.');
		});
	}

	it('never shows a tag while it is written, letter by letter', () => {
		const text = '<think>Is it < 3?</think>Yes, <b>.';
		for (let length = 1; length <= text.length; length++) {
			const { thinking = '', answer } = thoughtOf(text.slice(0, length));
			assert.ok('Is it < 3?'.startsWith(thinking), thinking);
			assert.ok('Yes, <b>.'.startsWith(answer), answer);
		}
	});

	for (const text of [
		'',
		'Use <think> tags.',
		'<b>bold</b>',
		'<thread>',
		'a < b',
		'  indented',
		'[1] says so',
	]) {
		it(`takes ${JSON.stringify(text)} for an answer`, () => assert.equal(answerOf(text), text));
	}

	for (const closing of ['</think>', '</reasoning>', '[/THINK]']) {
		it(`is told from the answer where the prompt has opened it, and ${closing} ends it`, () => {
			const text = `A list?\n\`\`\`ts\nlet a;\n\`\`\`\n${closing}\n\nUse a heap.`;
			assert.equal(answerOf(text), 'Use a heap.');
			const [first] = segmentsOf(text);
			assert.deepEqual(first, {
				type: 'thinking',
				text: 'A list?\n```ts\nlet a;\n```',
				isOver: true,
			});
		});
	}

	for (const text of [
		'Write:\n```html\n</think>\n```\n',
		'End it with `</think>`.',
		'The tag </think> ends it.',
	]) {
		it(`takes ${JSON.stringify(text)} for an answer that speaks of the tag`, () =>
			assert.equal(answerOf(text), text));
	}

	it('is a segment of its own, and its code is none of the answer', () => {
		const text = '<think>\nMaybe\n```ts\nlet a;\n```\n</think>\nThis:\n```ts\nconst a = 1;\n```\n';
		assert.deepEqual(
			segmentsOf(text).map(({ type }) => type),
			['thinking', 'text', 'code'],
		);
		assert.deepEqual(
			codeBlocksOf(text).map(({ index, code }) => [index, code]),
			[[0, 'const a = 1;']],
		);
	});
});
