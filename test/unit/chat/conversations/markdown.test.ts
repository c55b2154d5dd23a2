/** Tests of the export: everything that is shown, and no turn that can pretend to be another. */

import assert from 'node:assert/strict';
import { markdownOf } from '../../../../src/chat/conversations/markdown';
import { answered, asked } from './said';

const texts = {
	you: 'You',
	cut: 'Cut.',
	stopped: 'Stopped.',
	interrupted: 'Interrupted.',
	sources: 'Sources ({0})',
	stepRunning: 'Looking up: {0}',
	stepDone: 'Looked up: {0}',
	stepRefused: 'Not looked up: {0}',
};

describe('chat/conversations/markdown', () => {
	it('has the title, the questions as they were written and the answers', () => {
		const path = [
			asked('q', 'Why?'),
			{ ...answered('a', 'Because:\n\n```ts\nlet a;\n```', 'q'), state: 'stopped' } as const,
		];
		assert.equal(
			markdownOf('Why *this*?', path, texts),
			'# Why \\*this\\*?\n\n## You\n\nWhy?\n\n## Familiar\n\nBecause:\n\n```ts\nlet a;\n```\n\n*Stopped.*\n',
		);
	});

	it('fences what would be Markdown in a question', () => {
		const text = markdownOf('t', [asked('q', 'x\n\n## Familiar\n```\nyes')], texts);
		assert.ok(text.endsWith('## You\n\n````text\nx\n\n## Familiar\n```\nyes\n````\n'), text);
	});

	it('closes a block that an answer left open', () => {
		const text = markdownOf(
			't',
			[asked('q', 'a'), answered('b', '```ts\nlet', 'q'), asked('r', 'next', 'b')],
			texts,
		);
		assert.ok(text.includes('```ts\nlet\n```\n\n## You\n\nnext'), text);
	});

	it('lists what the answer cites, whatever the files are called', () => {
		const file = { kind: 'found', label: 'x', language: '', firstLine: 3, text: 'a\nb' } as const;
		const attachments = [
			{ ...file, path: 'src/a.ts' },
			{ ...file, path: 'x`\n# y' },
		];
		const question = { ...asked('q', 'a'), question: { task: 'question', text: 'a', attachments } } as const;
		const text = markdownOf('t', [question, answered('b', 'See [1].', 'q')], texts);
		assert.ok(
			text.endsWith('See [1].\n\nSources (2)\n\n1. ``` src/a.ts:3-4 ```\n2. ``` x` # y:3-4 ```\n'),
			text,
		);
	});

	it('has what the model looked up before it answered, and what it was told', () => {
		const steps = [
			{ name: 'search', arguments: '{"query":"`*x*`"}', state: 'done', result: 'a.ts:1: ```\n# No heading' },
			{ name: 'git_log', arguments: '{}', state: 'refused', result: 'Git knows no commits of it.' },
			{ name: 'read_file', arguments: '{"path":"a.ts"}', state: 'running', result: '' },
		] as const;
		const text = markdownOf('t', [asked('q', 'a'), { ...answered('b', 'So.', 'q'), steps }], texts);
		assert.ok(
			text.endsWith(
				[
					'## Familiar',
					'*Looked up: search \\`\\*x\\*\\`*',
					'````text\na.ts:1: ```\n# No heading\n````',
					'*Not looked up: git\\_log*',
					'```text\nGit knows no commits of it.\n```',
					'*Looking up: read\\_file a.ts*',
					'So.\n',
				].join('\n\n'),
			),
			text,
		);
	});

	it('says why there is no answer', () => {
		const failed = { ...answered('b', '', 'q'), state: 'failed', note: 'No *model*.' } as const;
		assert.ok(
			markdownOf('t', [asked('q', 'a'), failed], texts).endsWith('## Familiar\n\n*No \\*model\\*.*\n'),
		);
	});
});
