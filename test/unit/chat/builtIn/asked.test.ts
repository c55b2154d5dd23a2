/** Tests of what is asked of `@familiar`: which of its context is read, and what is said of the rest. */

import assert from 'node:assert/strict';
import { type AskedThere, type Reference, understood } from '../../../../src/chat/builtIn/asked';
import { MAX_ATTACHMENTS } from '../../../../src/chat/question';
import { FakeEditor, fileName } from '../context/fakeEditor';

const KEY = 'AKIAIOSFODNN7EXAMPL2';

function file(path: string): Reference {
	return { type: 'file', uri: fileName(path).uri };
}

describe('chat/builtIn/asked', () => {
	let editor: FakeEditor;
	beforeEach(() => {
		editor = new FakeEditor({ 'src/a.ts': 'let a = 1;\nlet b = 2;\nlet c = 3;', 'src/b.ts': 'let d = 4;' });
	});

	function ask(prompt: string, command?: AskedThere['command'], references: readonly Reference[] = []) {
		return understood({ prompt, command, references }, editor.tools);
	}

	async function reasons(...references: readonly Reference[]): Promise<readonly (readonly string[])[]> {
		const { question, notRead } = await ask('What is this?', undefined, references);
		assert.deepEqual(question?.attachments, []);
		return notRead.map(({ label, reason }) => [label, reason]);
	}

	it('is a question in the words of the user', async () => {
		assert.deepEqual(await ask('What is a loop?'), {
			question: { task: 'question', text: 'What is a loop?', attachments: [] },
			notRead: [],
		});
	});

	it('has the files and the lines that are named, each once', async () => {
		const lines = { type: 'file', uri: fileName('src/a.ts').uri, lines: { start: 1, end: 1 } } as const;
		const { question } = await ask('What is this?', undefined, [lines, file('src/b.ts'), file('src/b.ts')]);
		assert.deepEqual(
			question?.attachments?.map(({ label, firstLine, text }) => [label, firstLine, text]),
			[
				['src/a.ts:2-2', 2, 'let b = 2;'],
				['src/b.ts', 1, 'let d = 4;'],
			],
		);
	});

	it('has texts that are named', async () => {
		const { question } = await ask('Why?', undefined, [{ type: 'text', label: 'terminal', text: 'exit 1' }]);
		assert.deepEqual(
			question?.attachments?.map(({ label, text }) => [label, text]),
			[['terminal', 'exit 1']],
		);
	});

	it('reads nothing that is excluded, secret, elsewhere or no text, and says so', async () => {
		editor.reasons.set('src/b.ts', 'Git ignores it.');
		editor.contents.set('src/key.ts', `const key = '${KEY}';`);
		const found = await reasons(
			file('src/b.ts'),
			file('src/key.ts'),
			{ type: 'file', uri: 'file:///elsewhere/a.ts' },
			{ type: 'text', label: 'terminal', text: `key=${KEY}` },
			{ type: 'other', label: '#fetch' },
		);
		assert.deepEqual(
			found.map(([label]) => label),
			['src/b.ts', 'src/key.ts', 'file:///elsewhere/a.ts', 'terminal', '#fetch'],
		);
		const [excluded, secret, elsewhere, text, other] = found.map(([, reason]) => reason ?? '');
		assert.equal(excluded, 'Git ignores it.');
		assert.match(secret ?? '', /looks like a secret/);
		assert.match(elsewhere ?? '', /not in the workspace/);
		assert.match(text ?? '', /looks like a secret/);
		assert.match(other ?? '', /calls no tools/);
	});

	it('takes no more than a question can hold', async () => {
		const many = Array.from({ length: MAX_ATTACHMENTS + 2 }, (_, index) => {
			editor.contents.set(`src/${index}.ts`, `let x = ${index};`);
			return file(`src/${index}.ts`);
		});
		const { question, notRead } = await ask('What is this?', undefined, many);
		assert.equal(question?.attachments?.length, MAX_ATTACHMENTS);
		assert.equal(notRead.length, 2);
	});

	it('runs a command on what is named', async () => {
		const { question } = await ask('briefly', 'explain', [file('src/b.ts')]);
		assert.ok(question?.task === 'explain');
		assert.equal(question.words, 'briefly');
		assert.deepEqual(
			question.attachments?.map(({ label }) => label),
			['src/b.ts'],
		);
	});

	it('runs a command on the code at the cursor, with what is reported there', async () => {
		editor.reported = [{ ...fileName('src/a.ts'), line: 2, message: 'Unused.', severity: 'warning' }];
		editor.show('src/a.ts', 1, 1);
		const fix = (await ask('', 'fix')).question;
		assert.ok(fix?.task === 'fix');
		assert.deepEqual(
			fix.attachments?.map(({ text }) => text),
			['let b = 2;'],
		);
		assert.equal(fix.findings.length, 1);
		const tests = (await ask('', 'tests')).question;
		assert.ok(tests?.task === 'tests');
		assert.deepEqual(tests.findings, []);
	});

	it('asks nothing where there is nothing to ask, and says why', async () => {
		editor.reasons.set('src/a.ts', 'Git ignores it.');
		const without = await ask('', 'review');
		const empty = await ask(' ');
		editor.show('src/a.ts', 0);
		const excluded = await ask('', 'doc');
		assert.deepEqual(
			[without, empty, excluded].map(({ question, notRead }) => [question, notRead.length]),
			[
				[undefined, 1],
				[undefined, 1],
				[undefined, 1],
			],
		);
		assert.equal(excluded.notRead[0]?.reason, 'Git ignores it.');
	});
});
