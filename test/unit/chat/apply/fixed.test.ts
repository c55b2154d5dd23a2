/** Tests of what the answer to a fix changes: the same rounds, wherever it was asked for, and never the wrong lines. */

import * as assert from 'node:assert/strict';
import { changeOfFix } from '../../../../src/chat/apply/fixed';
import { offerChange } from '../../../../src/chat/apply/offering';
import type { Verdict } from '../../../../src/chat/check/verdict';
import { userMessage } from '../../../../src/chat/prompts';
import { type Attachment, codeToFix, type Question } from '../../../../src/chat/question';
import type { Turn } from '../../../../src/chat/turn';
import { english } from '../../../../src/finetune/job/english';

const lines = ['const a = 1;', 'const b: string = a;', 'export { b };'];
const excerpt = { path: 'src/a.ts', language: 'typescript', firstLine: 2, code: 'const b: string = a;' };
const findings = [{ line: 2, message: 'Type' }];
const code: Attachment = {
	...{ kind: 'code', label: 'src/a.ts:2-2', path: 'src/a.ts', language: 'typescript', firstLine: 2 },
	text: excerpt.code,
};
const guidance: Attachment = {
	...code,
	kind: 'guidance',
	label: 'AGENTS.md',
	path: 'AGENTS.md',
	text: 'Tabs.',
};
const terminal: Attachment = { ...code, kind: 'terminal', path: '', firstLine: 0, text: 'Error' };

/** As `/fix keep the name` makes it. */
const inWords = {
	task: 'fix',
	findings,
	words: 'keep the name',
	attachments: [guidance, code],
} satisfies Question;
const inEditor = { task: 'fix', excerpt, findings } satisfies Question;

function turnOf(id: string, written: string): Turn {
	const none = { note: undefined, remedies: [], usage: undefined, branch: undefined, isEditable: false };
	return { id, role: 'assistant', text: `\`\`\`ts\n${written}\n\`\`\``, state: 'done', ...none };
}

/** Each answer leaves the error, until none is left; resolves with what was asked and offered. */
async function offer(question: typeof inWords | typeof inEditor) {
	const change = changeOfFix(lines, question);
	assert.ok(change !== undefined);
	const asked: Question[] = [];
	const proposed: boolean[] = [];
	const notes: string[] = [];
	await offerChange(turnOf('0', 'let wrong0;'), change, {
		session: { note: (_, note) => notes.push(note) },
		translate: english,
		check: async (after): Promise<Verdict> => {
			const at = after.findIndex((line) => line.includes('wrong'));
			const remaining = at < 0 ? [] : [{ code: 1, message: 'Type', line: at }];
			return { type: 'checked', asked: 1, remaining, brought: [], isForeign: false };
		},
		ask: async (again) => {
			asked.push(again);
			return turnOf(String(asked.length), asked.length < 2 ? 'let wrong1;' : 'const b = a;');
		},
		propose: async (_edits, _said, isFaulty) => {
			proposed.push(isFaulty);
			return 'discarded';
		},
		remember: () => undefined,
	});
	return { asked, proposed, notes };
}

describe('chat/apply/fixed', () => {
	for (const [name, question] of [
		['with words of their own, in the chat', inWords],
		['in the editor', inEditor],
	] as const) {
		it(`a fix that was asked for ${name} has two more rounds`, async () => {
			const { asked, proposed, notes } = await offer(question);
			assert.equal(asked.length, 2);
			assert.deepEqual(proposed, [false]);
			assert.equal(notes.at(-1), 'This removes the error. Not applied.');
		});
	}

	it('says the words again in each round', async () => {
		const { asked } = await offer(inWords);
		assert.equal(asked.length, 2);
		for (const again of asked) {
			assert.match(
				userMessage(again, 1_000, ({ length }) => length / 4),
				/The user adds: keep the name/,
			);
		}
		const { asked: inTheEditor } = await offer(inEditor);
		assert.deepEqual(
			inTheEditor.map(({ words }) => words),
			[undefined, undefined],
		);
	});

	it('knows the one piece of code that it is about', () => {
		assert.deepEqual(codeToFix(inWords), excerpt);
		assert.deepEqual(codeToFix(inEditor), excerpt);
		assert.deepEqual(
			codeToFix({ ...inWords, attachments: [terminal, code] }),
			excerpt,
			'and what went wrong',
		);
	});

	for (const [name, question] of [
		['none', undefined],
		['another task', { ...inWords, task: 'review' }],
		['several pieces', { ...inWords, attachments: [code, { ...code, path: 'src/b.ts' }] }],
		['pieces that were looked up', { ...inWords, attachments: [code, { ...code, kind: 'found' }] }],
		['no code', { ...inWords, attachments: [terminal, guidance] }],
		['what stands in no line', { ...inWords, attachments: [{ ...code, firstLine: 0 }] }],
		['what is no part of a file', { ...inWords, attachments: [{ ...code, path: '', firstLine: 0 }] }],
	] as const satisfies readonly (readonly [string, Question | undefined])[]) {
		it(`offers nothing for ${name}`, () => assert.equal(codeToFix(question), undefined));
	}

	it('offers nothing for code that does not stand there any more', () => {
		for (const changed of [['', ...lines], lines.slice(0, 1), ['const a = 1;', 'const b = a;'], []]) {
			assert.equal(changeOfFix(changed, inWords), undefined);
		}
	});
});
