/** `#codebase` as a source of context: what is looked for, how much goes along, and what is said where nothing does. */
import * as assert from 'node:assert/strict';
import type { Found } from '../../../../src/chat/context/source';
import { codebaseSource } from '../../../../src/chat/retrieval/codebase';
import type { IndexState } from '../../../../src/chat/retrieval/messages';
import type { FoundChunk } from '../../../../src/chat/retrieval/workspaceIndex';
import { abortError, isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;
const translate = (text: string, ...values: readonly (string | number | boolean)[]) =>
	text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
const chunk = (path: string, text = 'let a = 1;\nlet b = 2;'): FoundChunk => ({
	path,
	file: `/work/${path}`,
	firstLine: 7,
	lastLine: 8,
	text,
	score: 1,
});

function source(
	answer: (question: string) => readonly FoundChunk[],
	{
		room = 1_000,
		state,
		isPartial = false,
		hasFolders = true,
		isRestricted = false,
	}: {
		readonly room?: number;
		readonly state?: IndexState;
		readonly isPartial?: boolean;
		readonly hasFolders?: boolean;
		readonly isRestricted?: boolean;
	} = {},
) {
	const asked: string[] = [];
	const retrieval = {
		state,
		hasFolders,
		search: async (question: string) => {
			asked.push(question);
			return { chunks: answer(question), isPartial };
		},
	};
	return {
		asked,
		source: codebaseSource({ retrieval, translate, isRestricted: () => isRestricted, room: () => room }),
	};
}

const labels = (found: readonly Found[]) =>
	found.map((one) => (one.type === 'attached' ? one.attachment.label : one.reason));

describe('#codebase', () => {
	it('searches nothing in Restricted Mode', async () => {
		const { asked, source: codebase } = source(() => [chunk('src/a.py')], { isRestricted: true });
		assert.match(
			labels(await codebase.read({ argument: '', question: 'where?' }, never)).join(),
			/Restricted Mode/,
		);
		assert.deepEqual(asked, []);
	});

	it('gives the chunks as parts of files', async () => {
		const { source: codebase } = source(() => [chunk('src/a.py')]);
		assert.deepEqual(await codebase.read({ argument: '', question: 'where?' }, never), [
			{
				type: 'attached',
				attachment: {
					kind: 'found',
					label: 'src/a.py:7-8',
					path: 'src/a.py',
					language: 'py',
					firstLine: 7,
					text: 'let a = 1;\nlet b = 2;',
				},
			},
		]);
	});

	it('looks for the question without its mentions', async () => {
		const { source: codebase, asked } = source(() => [chunk('a.ts')]);
		await codebase.read({ argument: '', question: '#codebase where is #file:a.ts read? (#codebase)' }, never);
		assert.equal(asked[0]?.replace(/\s+/g, ' '), 'where is read? ( )');
	});

	it('needs something to look for', async () => {
		const { source: codebase, asked } = source(() => [chunk('a.ts')]);
		const found = await codebase.read({ argument: '', question: ' #codebase ' }, never);
		assert.deepEqual(labels(found), ['Write what to look for.']);
		assert.deepEqual(asked, []);
	});

	it('takes what has room, the best first, and always the best', async () => {
		const { source: codebase } = source(
			() => [
				chunk('a.ts', 'x'.repeat(500)),
				chunk('b.ts', 'x'.repeat(5_000)),
				chunk('c.ts', 'x'.repeat(500)),
			],
			{ room: 600 },
		);
		assert.deepEqual(labels(await codebase.read({ argument: '', question: 'q' }, never)), ['a.ts:7-8']);
		const small = source(() => [chunk('a.ts', 'x'.repeat(5_000))], { room: 10 });
		assert.deepEqual(labels(await small.source.read({ argument: '', question: 'q' }, never)), ['a.ts:7-8']);
	});

	it('says why nothing goes along', async () => {
		const nothing = source(() => []);
		assert.match(
			labels(await nothing.source.read({ argument: '', question: 'zebra' }, never))[0] ?? '',
			/Nothing in the workspace has a word of the question/,
		);
		const early = source(() => [], { isPartial: true });
		assert.match(
			labels(await early.source.read({ argument: '', question: 'zebra' }, never))[0] ?? '',
			/still being read/,
		);
		const closed = source(() => [chunk('a.ts')], { hasFolders: false });
		assert.deepEqual(labels(await closed.source.read({ argument: '', question: 'q' }, never)), [
			'Open a folder on this machine first.',
		]);
		const broken = source(() => {
			throw new Error('The index failed.');
		});
		assert.deepEqual(labels(await broken.source.read({ argument: '', question: 'q' }, never)), [
			'The index failed.',
		]);
	});

	it('ends without a word when it is cancelled', async () => {
		const { source: codebase } = source(() => {
			throw abortError();
		});
		await assert.rejects(codebase.read({ argument: '', question: 'q' }, never), isAbort);
	});

	it('says how far the index is, and what it has no room for', () => {
		const describe = (state?: IndexState) =>
			source(() => [], state === undefined ? {} : { state }).source.description;
		assert.equal(describe(), 'Parts of the workspace that answer the question');
		assert.match(describe({ type: 'building', progress: { done: 3, all: 9 } }), /reading file 3 of 9$/);
		const figures = { files: 20_000, chunks: 1, leftOut: 80_000 };
		assert.match(
			describe({ type: 'ready', figures, problems: [] }),
			/80000 files beyond the first 20000 are not read$/,
		);
	});
});
