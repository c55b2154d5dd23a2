/** Tests of one edit with a scripted model: written, stopped, decided by hunk, and what a file that changes meanwhile does. */

import assert from 'node:assert/strict';
import { anchor } from '../../../../src/chat/apply/anchor';
import { type Outcome, outcomeText } from '../../../../src/chat/apply/offering';
import { InlineEdit } from '../../../../src/chat/inline/edit';
import type { Page } from '../../../../src/chat/inline/page';
import type { RowItem } from '../../../../src/chat/inline/rows';
import type { EditSurface, Made, Message } from '../../../../src/chat/inline/surface';
import { applyLineEdits, type LineEdit } from '../../../../src/chat/patch';
import { english } from '../../../../src/finetune/job/english';
import { ModelUnavailable } from '../../../../src/inference/model';
import { settle } from '../../../support/fakeClock';
import { deferred, FakeModel, fakeDescription, type Script } from '../../../support/fakeModel';
import { recordingLog } from '../../../support/silentLog';
import { ManualClock } from '../manualClock';

const lines = ['// head', 'f {', '\tone', '\ttwo', '\tthree', '\tfour', '\tfive', '}', '// foot'];
/** Three hunks. */
const code = 'f {\n\t1\n\ttwo\n\t3\n\tfour\n\t5\n}';
const answer = `Here:\n\`\`\`\n${code}\n\`\`\`\n`;
const after = ['// head', 'f {', '\t1', '\ttwo', '\t3', '\tfour', '\t5', '}', '// foot'];
/** Each line of a text. */
const pieces = (text: string) => text.split(/(?<=\n)/);

/** A file and its page, without an editor. */
class Desk implements EditSurface {
	/** What the file says; undefined: it is closed. */
	file: readonly string[] | undefined = lines;
	page: Page | undefined;
	rows: readonly RowItem[] = [];
	/** The page as it was each time it was shown. */
	readonly shown: Page[] = [];
	at = 0;
	/** Where the cursor went when the page was closed. */
	closedAt: number | undefined;
	readonly said: Message[] = [];
	/** Undo steps. */
	steps = 0;
	/** What comes of edits instead of being made. */
	outcome: Exclude<Outcome, 'applied' | 'moved'> | undefined;
	making: Promise<unknown> = Promise.resolve();

	show(page: Page, rows: readonly RowItem[]): void {
		this.page = page;
		this.rows = rows;
		this.shown.push(page);
	}
	goTo(line: number): void {
		this.at = line;
	}
	cursor(): number {
		return this.at;
	}
	async close(line: number): Promise<void> {
		this.closedAt = line;
	}
	current(): readonly string[] | undefined {
		return this.file;
	}
	async make(base: readonly string[], edits: readonly LineEdit[]): Promise<Made> {
		await this.making;
		const current = this.file ?? base;
		const anchored = anchor(edits, base, current);
		if (this.outcome !== undefined || anchored.type !== 'anchored') {
			return { outcome: this.outcome ?? 'changed' };
		}
		this.steps++;
		this.file = applyLineEdits(current, anchored.edits);
		const hasMoved = current.length !== base.length;
		return { outcome: hasMoved ? 'moved' : 'applied', line: anchored.edits[0]?.start ?? 0 };
	}
	say(message: Message): void {
		this.said.push(message);
	}

	titles(): readonly string[] {
		return this.rows.map(({ title }) => title);
	}
	/** The name of a hunk, from its row. */
	name(index: number): number | undefined {
		return this.rows.filter(({ action }) => action === 'accept')[index]?.hunk;
	}
}

interface Options {
	readonly script?: Script | string;
	readonly fault?: Promise<string | undefined>;
	readonly instruction?: string;
	readonly contextSize?: number;
}

function setUp({ script = answer, fault = Promise.resolve(undefined), contextSize }: Options = {}) {
	const model = new FakeModel();
	if (contextSize !== undefined) {
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize } };
	}
	model.onChat = () => script;
	const desk = new Desk();
	const clock = new ManualClock();
	const log = recordingLog();
	const checked: (readonly string[])[] = [];
	const edit = new InlineEdit({
		model,
		log,
		settings: () => ({ maxTokens: 1_000, temperature: 0 }),
		countTokens: (text) => Math.ceil(text.length / 4),
		surface: desk,
		question: {
			task: 'edit',
			excerpt: { path: 'a.ts', language: 'typescript', firstLine: 2, code: lines.slice(1, 8).join('\n') },
			instruction: 'numbers',
			before: '// head',
			after: '// foot',
		},
		lines,
		range: { start: 1, end: 7 },
		check: (changed) => {
			checked.push(changed);
			return fault;
		},
		translate: english,
		clock,
	});
	return { model, desk, clock, log, edit, checked };
}

/** An edit that is written and undecided. */
async function written(options: Options = {}) {
	const all = setUp(options);
	await all.edit.write();
	await settle();
	return all;
}

describe('chat/inline/edit', () => {
	it('shows line by line what is written, and never touches the file', async () => {
		const gate = deferred();
		const { desk, clock, edit } = setUp({
			script: { steps: [...pieces(answer).slice(0, 5), gate.promise, ...pieces(answer).slice(5)] },
		});
		const writing = edit.write();
		assert.deepEqual(desk.page?.lines, lines);
		assert.deepEqual(desk.titles(), ['$(loading~spin)\u00a0Familiar writes…', 'Stop']);
		assert.equal(desk.rows[0]?.line, 1);
		await settle();
		clock.ring();
		assert.deepEqual(desk.page?.lines, ['// head', 'f {', '\tone', '\t1', ...lines.slice(3)]);
		assert.deepEqual(desk.page?.removed, [{ start: 2, end: 2 }]);
		gate.resolve();
		await writing;
		assert.equal(desk.page?.hunks.length, 3);
		assert.equal(desk.at, 2);
		assert.deepEqual([desk.file, desk.steps, desk.said, desk.closedAt], [lines, 0, [], undefined]);
	});

	it('offers each hunk, and all of them at the first', async () => {
		const { desk } = await written();
		const single = ['Accept', 'Discard'];
		assert.deepEqual(desk.titles(), [...single, 'Accept All', 'Discard All', ...single, ...single]);
		const { desk: small } = await written({
			script: answer.replace('\t3', '\tthree').replace('\t5', '\tfive'),
		});
		assert.deepEqual(small.titles(), single);
	});

	it('makes all of it in one undo step, and goes back to the file', async () => {
		const { desk, edit } = await written();
		await edit.act('acceptAll');
		assert.deepEqual([desk.file, desk.steps, desk.closedAt, desk.said], [after, 1, 2, []]);
		assert.ok(edit.isOver);
	});

	it('makes hunks one by one, in any order, each one undo step', async () => {
		for (const order of [
			[0, 1, 2],
			[2, 1, 0],
			[1, 2, 0],
			[1, 0, 2],
		]) {
			const { desk, edit } = await written();
			const names = [0, 1, 2].map((index) => desk.name(index));
			for (const index of order) {
				assert.equal(desk.closedAt, undefined);
				await edit.act('accept', names[index]);
			}
			assert.deepEqual([desk.file, desk.steps], [after, 3]);
			assert.equal(desk.closedAt, [2, 4, 6][order.at(-1) ?? 0]);
		}
	});

	it('leaves out what is discarded', async () => {
		const { desk, edit } = await written();
		const [first, second, third] = [0, 1, 2].map((index) => desk.name(index));
		await edit.act('discard', second);
		await edit.act('accept', third);
		await edit.act('accept', first);
		assert.deepEqual(desk.file, after.with(4, '\tthree'));
		const other = await written();
		await other.edit.act('discardAll');
		assert.deepEqual([other.desk.file, other.desk.steps, other.desk.closedAt], [lines, 0, 1]);
	});

	it('takes the row of a hunk that is decided for no other one', async () => {
		const { desk, edit } = await written();
		const first = desk.name(0);
		await edit.act('accept', first);
		await edit.act('accept', first);
		await edit.act('discard', first);
		assert.equal(desk.steps, 1);
		assert.equal(desk.page?.hunks.length, 2);
	});

	it('is decided at the cursor, which goes from hunk to hunk', async () => {
		const { desk, edit } = await written();
		await edit.act('next');
		assert.equal(desk.at, 5);
		await edit.act('accept');
		assert.deepEqual(desk.file, lines.with(4, '\t3'));
		await edit.act('discard');
		await edit.act('accept');
		assert.deepEqual(desk.file, after.with(6, '\tfive'));
	});

	it('is stopped without a word, and nothing changes', async () => {
		const gate = deferred();
		const { model, desk, edit } = setUp({ script: { steps: [...pieces(answer).slice(0, 5), gate.promise] } });
		const writing = edit.write();
		await settle();
		await edit.act('acceptAll');
		await edit.act('stop');
		await writing;
		assert.deepEqual([desk.file, desk.said, desk.closedAt], [lines, [], 1]);
		assert.ok(model.chats[0]?.wasAborted && edit.isOver);
	});

	it('ends with its page, while it is written and after', async () => {
		const gate = deferred();
		const { model, desk, edit } = setUp({ script: { steps: ['```\nf {\n', gate.promise] } });
		const writing = edit.write();
		await settle();
		edit.closed();
		await writing;
		assert.ok(model.chats[0]?.wasAborted);
		assert.deepEqual([desk.said, desk.closedAt], [[], undefined]);
		const { desk: other, edit: decided } = await written();
		decided.closed();
		await decided.act('acceptAll');
		assert.deepEqual([other.file, other.steps], [lines, 0]);
	});

	it('reads no further than the code', async () => {
		const gate = deferred();
		const { model, desk, clock, edit } = setUp({ script: { steps: [...pieces(answer), gate.promise] } });
		const writing = edit.write();
		await settle();
		clock.ring();
		await writing;
		assert.ok(model.chats[0]?.wasAborted);
		assert.equal(desk.page?.hunks.length, 3);
	});

	for (const [what, script, said] of [
		['is empty', '', 'No change: the model answered nothing.'],
		['has no code', 'I would not.', 'No change: the answer has no complete code block.'],
		[
			'says the same',
			`\`\`\`\n${lines.slice(1, 8).join('\n')}\n\`\`\``,
			'No change: the code of the answer is what stands there already.',
		],
		[
			'leaves parts out',
			'```\nf {\n\t1\n\t// ... rest of the code ...\n}\n```',
			'The code leaves parts out, which would be deleted. Copy what you need of it.',
		],
		[
			'breaks off',
			{ steps: pieces(answer).slice(0, 6), endReason: 'length' } as const,
			'No change: The answer reached its longest length (setting familiar.chat.maxTokens).',
		],
		['fails', { steps: ['```\nf {\n', new Error('engine lost')] }, 'No change: engine lost'],
	] as const) {
		it(`changes nothing where the answer ${what}, and says so once`, async () => {
			const { desk } = await written({ script });
			assert.deepEqual(
				desk.said.map(({ text }) => text),
				[said],
			);
			assert.deepEqual([desk.file, desk.steps, desk.closedAt], [lines, 0, 1]);
			// What it wrote can be had.
			assert.equal(desk.said[0]?.written === undefined, script === '');
		});
	}

	it('says what helps where there is no model', async () => {
		const problem = { code: 'none', message: 'No model is loaded.', remedies: ['select-model'] } as const;
		const { desk } = await written({ script: { steps: [new ModelUnavailable(problem)] } });
		assert.equal(desk.said[0]?.text, 'No change: No model is loaded.');
		assert.deepEqual(desk.said[0]?.remedies, ['select-model']);
	});

	it('shows what is undecided in the file as it is, when it has changed elsewhere', async () => {
		const { desk, edit } = await written();
		desk.file = ['// new', ...lines];
		edit.changed();
		assert.equal(desk.page?.lines[0], '// new');
		assert.equal(desk.page?.hunks[0]?.start, 3);
		await edit.act('accept', desk.name(0));
		desk.file = desk.file?.with(-1, '// end');
		edit.changed();
		await edit.act('acceptAll');
		assert.deepEqual(desk.file, ['// new', ...after.with(-1, '// end')]);
	});

	it('follows a file that changed while it was written, and one of which no event came', async () => {
		const gate = deferred();
		const { desk, edit } = setUp({ script: { steps: [gate.promise, answer] } });
		const writing = edit.write();
		desk.file = ['// new', ...lines];
		edit.changed();
		gate.resolve();
		await writing;
		assert.equal(desk.page?.hunks[0]?.start, 3);
		desk.file = ['// newer', ...desk.file];
		await edit.act('acceptAll');
		assert.deepEqual(desk.file, ['// newer', '// new', ...after]);
		assert.deepEqual(
			desk.said.map(({ text }) => text),
			[outcomeText('moved', false, english)],
		);
	});

	it('refuses a hunk whose lines have changed, keeps it on the page, and makes the others', async () => {
		const { desk, edit } = await written();
		desk.file = lines.with(2, '\tuno');
		edit.changed();
		await edit.act('accept', desk.name(0));
		assert.match(
			desk.said[0]?.text ?? '',
			/changed in the lines that it would change\. What the model wrote stays/,
		);
		assert.equal(desk.said[0]?.written, '\t1');
		assert.equal(desk.page?.hunks.length, 3);
		await edit.act('accept', desk.name(2));
		assert.deepEqual(desk.file, lines.with(2, '\tuno').with(6, '\t5'));
		assert.equal(desk.closedAt, undefined);
	});

	it('loses nothing where the file was deleted, closed or cannot be written', async () => {
		for (const outcome of ['deleted', 'refused', 'ambiguous'] as const) {
			const { desk, edit } = await written();
			desk.outcome = outcome;
			desk.file = undefined;
			await edit.act('acceptAll');
			assert.equal(desk.said[0]?.written, '\t1\n\t3\n\t5');
			assert.equal(desk.closedAt, undefined);
			assert.equal(desk.page?.hunks.length, 3);
		}
	});

	it('stays as it is where the user thinks better of a delicate file', async () => {
		const { desk, edit } = await written();
		desk.outcome = 'discarded';
		await edit.act('acceptAll');
		assert.deepEqual([desk.said, desk.closedAt, desk.page?.hunks.length], [[], undefined, 3]);
	});

	it('does one thing at a time', async () => {
		const { desk, edit } = await written();
		const gate = deferred();
		desk.making = gate.promise;
		const first = edit.act('acceptAll');
		await edit.act('acceptAll');
		await edit.act('discardAll');
		gate.resolve();
		await first;
		assert.deepEqual([desk.file, desk.steps], [after, 1]);
	});

	it('can be decided again after an edit that the editor threw at', async () => {
		const { desk, edit } = await written();
		desk.making = Promise.reject(new Error('lost'));
		await assert.rejects(edit.act('acceptAll'), /lost/);
		desk.making = Promise.resolve();
		await edit.act('acceptAll');
		assert.deepEqual(desk.file, after);
	});

	it('says what is wrong with it, until something is decided', async () => {
		const { desk, edit, checked } = await written({ fault: Promise.resolve('It brings a new error: x') });
		assert.deepEqual(checked, [after]);
		assert.ok(desk.titles().includes('$(warning)\u00a0It brings a new error: x'));
		await edit.act('discard');
		assert.ok(!desk.titles().some((title) => title.includes('error')));
	});

	it('goes on without a check that fails', async () => {
		const { desk, edit, log } = await written({ fault: Promise.reject(new Error('no compiler')) });
		assert.match(log.lines.join('\n'), /could not be checked/);
		await edit.act('acceptAll');
		assert.deepEqual(desk.file, after);
	});

	it('says that hidden characters were left out', async () => {
		const { desk, edit } = await written({ script: answer.replace('\t1', '\t\u200b1') });
		await edit.act('acceptAll');
		assert.deepEqual(desk.file, after);
		assert.match(desk.said[0]?.text ?? '', /without the hidden characters/);
	});

	it('asks about the code alone where what is around it does not fit', async () => {
		const { model, desk } = await written({ contextSize: 820 });
		const content = model.chats[0]?.request.messages.at(-1)?.content ?? '';
		assert.doesNotMatch(content, /head|foot/);
		assert.ok(content.includes(lines.slice(1, 8).join('\n')));
		assert.equal(desk.page?.hunks.length, 3);
	});

	it('refuses code that is too long for the context before it is written', async () => {
		const { model, desk } = await written({ contextSize: 300 });
		assert.equal(model.chats.length, 0);
		assert.match(desk.said[0]?.text ?? '', /too long for this model/);
	});
});
