/** Tests of what is checked at all, and of the reasons that are given where it is not. */

import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { checkChange, compilersFor, type Subject } from '../../../../src/chat/check/change';
import type { Checked } from '../../../../src/chat/check/checker';
import { verdictText } from '../../../../src/chat/check/verdict';
import { english } from '../../../../src/finetune/job/english';
import { root } from '../../../support/root';

const subject: Subject = {
	scheme: 'file',
	language: 'typescript',
	file: path.join(root, 'src/extension.ts'),
	workspace: root,
	isTrusted: true,
	editor: undefined,
	before: 'before',
	open: [],
};

async function said(checked: Checked): Promise<string> {
	const requests: unknown[] = [];
	const checker = {
		async check(request: unknown) {
			requests.push(request);
			return checked;
		},
	};
	const aim = { findings: [], start: 0, end: 9 };
	const { signal } = new AbortController();
	const verdict = await checkChange(checker, subject, [], 'after', aim, english, signal);
	assert.deepEqual(requests, [
		{ compilers: [], file: subject.file, before: 'before', after: 'after', open: [] },
	]);
	return verdictText(verdict, english);
}

describe('chat/check/change', () => {
	it('checks what the workspace’s own TypeScript can', async () => {
		for (const language of ['typescript', 'typescriptreact', 'javascript', 'javascriptreact']) {
			const compilers = await compilersFor({ ...subject, language }, english);
			assert.ok(typeof compilers !== 'string', compilers.toString());
			assert.deepEqual(
				compilers.map(({ folder }) => folder),
				[path.join(root, 'node_modules/typescript')],
			);
		}
	});

	it('says why anything else is not checked', async () => {
		const reasons = await Promise.all(
			[
				{ language: 'python' },
				{ scheme: 'untitled' },
				{ scheme: 'vscode-notebook-cell' },
				{ isTrusted: false },
				{ workspace: undefined },
			].map((change) => compilersFor({ ...subject, ...change }, english)),
		);
		assert.deepEqual(reasons, [
			'only TypeScript and JavaScript are.',
			'the text is not in a file on this machine.',
			'the text is not in a file on this machine.',
			'no TypeScript was found.',
			'no TypeScript was found.',
		]);
	});

	it('turns what the process reports into a sentence', async () => {
		const error = { code: 1, message: 'No.', line: 3 };
		assert.equal(
			await said({ type: 'checked', version: '6', before: [error], after: [] }),
			'This removes the error.',
		);
		const texts = [
			await said({ type: 'unchecked', why: 'slow', detail: '' }),
			await said({ type: 'unchecked', why: 'large', detail: '' }),
			await said({ type: 'unchecked', why: 'ended', detail: 'was ended by SIGKILL' }),
			await said({ type: 'unchecked', why: 'ended', detail: '' }),
			await said({ type: 'unchecked', why: 'failed', detail: 'not today' }),
		];
		assert.deepEqual(texts, [
			'Not checked: TypeScript took too long.',
			'Not checked: the file is too large.',
			'Not checked: the check was ended by SIGKILL.',
			'Not checked: the check was ended.',
			'Not checked: TypeScript failed: not today',
		]);
	});
});
