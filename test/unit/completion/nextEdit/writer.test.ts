/** What the model is asked for the next edit, what ends that, and which answers are never shown. */
import * as assert from 'node:assert/strict';
import { BUDGET } from '../../../../src/completion/nextEdit/writer';
import { promptBudget } from '../../../../src/completion/prompt';
import { type GenerationEvent, ModelUnavailable } from '../../../../src/inference/model';
import { fillOf } from '../../../support/asking';
import { askedFor, editor, never, restOf, said } from '../../../support/editingModel';
import { settle } from '../../../support/fakeClock';
import { deferred, fakeDescription } from '../../../support/fakeModel';

const LINES = ['\ta: read(x.a),', '\tb: read(x.b),', '\tc: read(x.c),', '\td: read(x.d),', '\te: read(x.e),'];
const TEXT = `const box = {\n${LINES.join('\n')}\n};\n`;
/** ` ?? 'a'` at the first line. */
const EDIT = { offset: TEXT.indexOf('x.a)') + 4, removed: '', inserted: " ?? 'a'" };

type Answer = Parameters<typeof editor>[2];

const right: Answer = (request) => {
	const line = askedFor(request);
	return said(`${restOf(line.replace(/(\w)\),$/, "$1) ?? '$1',"), request)}\n`);
};
const unchanged: Answer = (request) => said(`${restOf(askedFor(request), request)}\n`);

function start(
	onFill: Answer = right,
	changed?: Parameters<typeof editor>[3],
	text = TEXT,
	language?: string,
) {
	const one = editor(text, language ?? 'typescript', onFill, changed);
	one.type({ ...EDIT, offset: EDIT.offset + text.indexOf(TEXT.slice(0, 5)) });
	return one;
}

describe('next edit: what the model is asked', () => {
	it('is one line, with the file around it and the edit before it, in the background', async () => {
		const { model, write } = start();
		const next = await write();
		assert.deepEqual([next?.removed, next?.text, next?.rule], ['', " ?? 'b'", 'model']);
		assert.equal(model.fills.length, 1);
		const { request } = model.fills[0] ?? assert.fail();
		assert.equal(request.prefix, "const box = {\n\ta: read(x.a) ?? 'a',\n");
		assert.equal(request.typed, '\tb: read(x.b)');
		assert.equal(request.suffix, '\n\tc: read(x.c),\n\td: read(x.d),\n\te: read(x.e),\n};\n');
		assert.deepEqual(request.files, [
			{
				path: 'src/box.ts.diff',
				text: "-\ta: read(x.a),\n+\ta: read(x.a) ?? 'a',\n-\tb: read(x.b),",
			},
		]);
		assert.equal(request.priority, 'background');
		assert.ok(request.maxTokens <= 40, String(request.maxTokens));
		// What is told of the edit is part of what this machine reads in time.
		assert.equal(request.maxPromptTokens, promptBudget(fakeDescription, request.maxTokens));
	});

	it('is no longer than the setting lets it be', async () => {
		const { model, write } = start(unchanged, { maxTokens: () => 7 });
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => request.maxTokens),
			[7, 7, 7],
		);
	});

	it('tells of earlier edits, too, the latest last', async () => {
		const { model, log, write, accept } = start();
		accept((await write()) ?? assert.fail());
		assert.ok(log.text.includes("read(x.b) ?? 'b',"));
		await write();
		assert.equal(
			model.fills.at(-1)?.request.files[0]?.text,
			"-\ta: read(x.a),\n+\ta: read(x.a) ?? 'a',\n-\tb: read(x.b),\n+\tb: read(x.b) ?? 'b',\n-\tc: read(x.c),",
		);
	});

	it('tells of no earlier edit that is too long for it', async () => {
		const above = `let long = '${'x'.repeat(900)}';\n`;
		const { model, type, write } = editor(above + TEXT, 'typescript', right);
		type({ offset: 4, removed: 'long', inserted: 'wide' });
		type({ ...EDIT, offset: above.length + EDIT.offset });
		assert.equal((await write())?.text, " ?? 'b'");
		assert.equal(
			model.fills[0]?.request.files[0]?.text,
			"-\ta: read(x.a),\n+\ta: read(x.a) ?? 'a',\n-\tb: read(x.b),",
		);
	});

	it('is about three lines at most, the nearest first', async () => {
		const { model, write, freed } = start(unchanged);
		assert.equal(await write(), undefined);
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request).trim()),
			['b: read(x.b),', 'c: read(x.c),', 'd: read(x.d),'],
		);
		assert.equal(freed(), 1);
	});

	it('takes no blanks from the end of an answer', async () => {
		const { write } = start(() => said(" ?? 'b',  \n"));
		assert.equal((await write())?.text, " ?? 'b'");
	});

	it('goes on to the next line where the answer is not the edit', async () => {
		const { write } = start((request) =>
			askedFor(request).includes('b:') ? unchanged(request) : right(request),
		);
		assert.equal((await write())?.text, " ?? 'c'");
	});

	for (const [name, line] of [
		['a comment', '\t// b: read(x.b),'],
		['a line that begins in a comment', '/*\n */ b: read(x.b),'],
		['a string', '`\n\tb: read(x.b),\n`;'],
		['a line that was changed already', "\tb: read(x.b) ?? 'b',"],
		['a line of another form', '\tb: x.b,'],
		['a line of a thousand words in one', `\tb: read(x.${'b'.repeat(2_000)}),`],
		['a line far below', `${'\n'.repeat(80)}\tb: read(x.b),`],
	] as const) {
		it(`is not ${name}`, async () => {
			const { model, write, freed } = start(right, {}, `const box = {\n${LINES[0]}\n${line}\n};\n`);
			assert.equal(await write(), undefined);
			assert.deepEqual([model.fills.length, freed()], [0, 0]);
		});
	}

	it('is nothing while a bracket or a quote is open', async () => {
		const { model, type, write } = editor(TEXT, 'typescript', right);
		type({ ...EDIT, inserted: " ?? 'a" });
		assert.equal(await write(), undefined);
		type({ offset: EDIT.offset + 6, removed: '', inserted: '(' });
		assert.equal(await write(), undefined);
		assert.equal(model.fills.length, 0);
	});

	it('is nothing where what was edited looks secret', async () => {
		const { model, type, write } = editor(TEXT, 'typescript', right);
		type({ ...EDIT, inserted: ` ?? 'ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}'` });
		assert.equal(await write(), undefined);
		assert.equal(model.fills.length, 0);
	});

	it('is nothing of a file that may not be read, or not any more', async () => {
		const none = start(right, { facts: () => undefined });
		assert.equal(await none.write(), undefined);
		assert.equal(none.model.fills.length, 0);
		const first = start(unchanged);
		const facts = first.options.facts('');
		let isExcluded = false;
		const later = start(
			(request) => {
				isExcluded = true;
				return unchanged(request);
			},
			{ facts: () => (isExcluded ? undefined : facts) },
		);
		assert.equal(await later.write(), undefined);
		assert.equal(later.model.fills.length, 1);
	});

	it('is nothing without a model that fills in the middle', async () => {
		const { model, write } = start();
		model.state = {
			type: 'ready',
			model: { ...fakeDescription, fill: { type: 'unsupported', reason: 'No.' } },
		};
		assert.equal(await write(), undefined);
		model.state = { type: 'none' };
		assert.equal(await write(), undefined);
		// No room for the file beside what is told of the edit.
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize: 140 } };
		assert.equal(await write(), undefined);
		assert.equal(model.fills.length, 0);
	});
});

describe('next edit: answers that are never shown', () => {
	for (const [name, answer] of [
		['one that was cut', () => ({ ...said(" ?? 'b',"), endReason: 'length' as const })],
		['one of a model that does not say how sure it is', () => " ?? 'b',\n"],
		[
			'one with an unlikely word',
			() => ({ steps: [...said(" ?? '").steps, ...said('b', 0.09).steps, ...said("',\n").steps] }),
		],
		['one that closes too much', () => said(" ?? 'b'),\n")],
		['one without the rest of the line', () => said(" ?? 'b'\n")],
		['one after which the rest stands farther', () => said(" ?? 'b' ,\n")],
		['one that stands closer', () => said("??'b',\n")],
		['none', () => said('')],
	] as const satisfies readonly (readonly [string, Answer])[]) {
		it(name, async () => {
			const { write, model } = start(answer, {}, `const box = {\n${LINES.slice(0, 2).join('\n')}\n};\n`);
			assert.equal(await write(), undefined);
			assert.equal(model.fills.length, 1);
		});
	}

	// Where the text is the line's own affair, nothing but this says no.
	for (const [name, text, isShown] of [
		['is shown', 'next to do', true],
		['is not shown where one can not be seen', 'next\u202e to do', false],
		['is not shown with a token of the model', '<|endoftext|> do', false],
		['is not shown with a secret', `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`, false],
		['is not shown with more words', 'next to do and one two three', false],
	] as const) {
		it(`a text of words of its own ${name}`, async () => {
			const { type, write } = editor(TEXT, 'typescript', () => said(` ?? '${text}',\n`));
			type({ ...EDIT, inserted: " ?? 'this was the first of all'" });
			assert.equal((await write())?.text, isShown ? ` ?? '${text}'` : undefined);
		});
	}

	it('that would lose the comment behind the line', async () => {
		const text = `const box = {\n${LINES[0]}\n${LINES[1]} // Bee.\n};\n`;
		const lost = start(() => said(" ?? 'b',\n"), {}, text);
		assert.equal(await lost.write(), undefined);
		const kept = start(() => said(" ?? 'b', // Bee.\n"), {}, text);
		assert.equal((await kept.write())?.text, " ?? 'b'");
	});
});

describe('next edit: line ends', () => {
	it('of the document are kept', async () => {
		const text = "switch (x) {\r\n\tcase 'a':\r\n\t\tbreak;\r\n\tcase 'b':\r\n\t\tbreak;\r\n}\r\n";
		const { log, type, write, accept } = editor(text, 'typescript', () => said('\n\t\tshowB();\n'));
		type({ offset: text.indexOf('break'), removed: '', inserted: 'showA();\r\n\t\t' });
		accept((await write()) ?? assert.fail());
		const shown = (name: string) => `\tcase '${name.toLowerCase()}':\r\n\t\tshow${name}();\r\n\t\tbreak;\r\n`;
		assert.equal(log.text, `switch (x) {\r\n${shown('A')}${shown('B')}}\r\n`);
	});
});

it('next edit: two lines with a return at their ends', async () => {
	const pair = (name: string, before = '') => `${before}open(${name}, 1);\r\n${before}shut(${name}, 1);`;
	const text = `${pair('a')}\r\n${pair('b')}\r\n`;
	const { model, log, write, accept } = editor(text, 'typescript', (request) =>
		said(`${restOf('await open(b, 1);\nawait shut(b, 1);', request)}\n`),
	);
	log.type([{ offset: 0, length: pair('a').length, text: pair('a', 'await ') }]);
	accept((await write()) ?? assert.fail());
	assert.equal(log.text, `${pair('a', 'await ')}\r\n${pair('b', 'await ')}\r\n`);
	const { request } = model.fills[0] ?? assert.fail();
	assert.equal(request.prefix, `${pair('a', 'await ')}\r\n`.replaceAll('\r', ''));
	assert.equal(request.files[0]?.text.includes('\r'), false);
});

describe('next edit: the model has something else to do', () => {
	it('is not asked while it completes or reads ahead', async () => {
		const { model, spare, write } = start();
		const read = deferred();
		model.onPrefill = async () => {
			await read.promise;
			return { type: 'prefilled', promptTokens: 1, reusedTokens: 0, milliseconds: 0 };
		};
		const reading = spare.first.prefill({ ...completion, priority: 'background' }, never);
		const writing = write();
		await settle();
		assert.equal(model.fills.length, 0);
		read.resolve();
		await reading;
		assert.equal((await writing)?.text, " ?? 'b'");
	});

	it('ends for a completion, which begins when the model is done with it', async () => {
		const held = deferred();
		const { model, spare, write, freed } = start();
		model.onFill = ({ priority }) =>
			priority === 'background'
				? { steps: [new Promise(() => undefined)], holdsOn: held.promise }
				: { steps: ['text'] };
		const writing = write();
		await settle();
		assert.deepEqual([model.fills.length, model.running], [1, 1]);
		const completing = typesOf(spare.first.fill(completion, never));
		await settle();
		assert.equal(model.fills[0]?.wasAborted, true);
		assert.equal(model.fills.length, 1, 'the model is not done yet');
		held.resolve();
		assert.deepEqual(await completing, ['prefilled', 'text', 'end']);
		assert.equal(await writing, undefined);
		assert.equal(model.mostRunning, 1);
		assert.equal(freed(), 1);
	});

	it('ends for a completion half written, which is nothing, though the stream says nothing of it', async () => {
		const { model, spare, write } = start();
		model.onFill = ({ priority }) =>
			priority === 'background'
				? { steps: [...said(" ?? 'b',").steps, new Promise(() => undefined)], endsSilently: true }
				: 'text';
		const writing = write();
		await settle();
		await typesOf(spare.first.fill(completion, never));
		assert.equal(await writing, undefined);
	});

	it('is asked again after a completion that was given up before it began', async () => {
		const held = deferred();
		const { model, spare, write } = start(() => ({
			steps: [new Promise(() => undefined)],
			holdsOn: held.promise,
		}));
		const writing = write();
		await settle();
		const over = new AbortController();
		const completing = typesOf(spare.first.fill(completion, over.signal));
		await settle();
		over.abort();
		await assert.rejects(completing, { name: 'AbortError' });
		held.resolve();
		assert.equal(await writing, undefined);
		model.onFill = right;
		const again = write();
		await settle();
		assert.equal(model.fills.length, 2);
		assert.equal((await again)?.text, " ?? 'b'");
	});

	it('is given back when its time is over', async () => {
		const { model, clock, write } = start(() => ({ steps: [new Promise(() => undefined)] }));
		const writing = write();
		await clock.pass(BUDGET - 1);
		assert.equal(model.fills[0]?.isOver, false);
		await clock.pass(1);
		assert.equal(await writing, undefined);
		assert.deepEqual([model.fills[0]?.wasAborted, model.fills.length], [true, 1]);
		assert.equal(clock.sleeping, 0);
	});

	it('has one request at a time, whoever asks', async () => {
		const held = deferred();
		const { model, write } = start(() => ({
			steps: [new Promise(() => undefined)],
			holdsOn: held.promise,
		}));
		const first = new AbortController();
		const writing = write(first.signal);
		await settle();
		first.abort();
		model.onFill = right;
		const second = write();
		await settle();
		assert.equal(model.fills.length, 1);
		held.resolve();
		await assert.rejects(writing, { name: 'AbortError' });
		assert.equal((await second)?.text, " ?? 'b'");
		assert.equal(model.mostRunning, 1);
	});

	it('that goes away is no failure', async () => {
		const gone = new ModelUnavailable({ code: 'model-gone', message: 'Gone.', remedies: [] });
		const { write } = start(() => ({ steps: [gone] }));
		assert.equal(await write(), undefined);
	});

	it('that fails says so', async () => {
		const { write } = start(() => ({ steps: [new Error('broken')] }));
		await assert.rejects(write(), /broken/);
	});
});

async function typesOf(events: AsyncIterable<GenerationEvent>): Promise<readonly string[]> {
	const types: string[] = [];
	for await (const event of events) {
		types.push(event.type);
	}
	return types;
}

const completion = fillOf({ path: 'a.ts', maxTokens: 10 });
