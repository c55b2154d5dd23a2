/** Tests of the buttons at a code block: each names the block, never its code, and says for a moment that it did its work. */

import * as assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { createRenderer } from '../../../media/markdown';
import { TurnView } from '../../../media/turnView';
import { type FromChat, isFromChat } from '../../../src/chat/protocol';
import { chatTexts } from '../../../src/chat/texts';
import type { Turn } from '../../../src/chat/turn';

const texts = chatTexts({ t: (message) => message });

describe('media/turnView code actions', () => {
	it('inserts, applies and copies a block by its number', () => {
		const { window } = new JSDOM('<!doctype html><body></body>');
		const { document } = window;
		const posted: FromChat[] = [];
		const turn: Turn = {
			...{ id: 'm', role: 'assistant', text: '```ts\nconst a = 1;\n```\n\n```py\npass\n```', state: 'done' },
			...{ note: undefined, remedies: [], usage: undefined, branch: undefined, isEditable: false },
		};
		const view = new TurnView(turn, {
			document,
			renderer: createRenderer(window),
			texts,
			post: (message) => posted.push(message),
			onEdit: () => undefined,
		});
		document.body.append(view.element);
		const second = document.querySelectorAll('.code-block')[1];
		assert.ok(second);
		const buttons = [...second.querySelectorAll('button')];
		assert.deepEqual(
			buttons.map((button) => button.getAttribute('aria-label')),
			[texts.insert, texts.apply, texts.copy],
		);
		for (const button of buttons) {
			button.click();
		}
		assert.deepEqual(
			posted,
			['insert', 'apply', 'copy'].map((type) => ({ type, turn: 'm', block: 1 })),
		);
		assert.ok(posted.every(isFromChat));
		view.acknowledge('apply', 1);
		assert.deepEqual(
			buttons.map((button) => button.getAttribute('aria-label')),
			[texts.insert, texts.applied, texts.copy],
		);
	});
});
