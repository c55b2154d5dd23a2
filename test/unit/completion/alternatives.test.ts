/** By hand there is more than one text; parts of any of them are taken without losing the rest. */
import * as assert from 'node:assert/strict';
import { afterInsertion, type Cursor } from '../../../src/completion/cursor';
import { brief, house, LONG, microtasks } from '../../support/completionHouse';
import { settle } from '../../support/fakeClock';
import { deferred } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';

const TEXTS = ['first(a);', 'second(b);', 'third(c);'];
const never = new AbortController().signal;
const ignored = () => undefined;

/** Texts as the editor gets them when somebody asks by hand. */
async function byHandAll(
	{ engine, byHand, clock }: ReturnType<typeof house>,
	cursor: Cursor,
): Promise<string[]> {
	const first = await byHand(cursor);
	assert.ok(first.type === 'text');
	const others = engine.others(cursor, first, ignored, never);
	await clock.pass(LONG);
	return [first, ...(await others)].map(({ text }) => text);
}

/** Asks for the others before there are any; returns how often the editor was told of late ones. */
async function askTooEarly(
	{ clock, engine, byHand }: ReturnType<typeof house>,
	cursor: Cursor,
): Promise<() => number> {
	const first = await byHand(cursor);
	assert.ok(first.type === 'text');
	let late = 0;
	const early = engine.others(cursor, first, () => late++, never);
	await clock.pass(100);
	assert.deepEqual(await early, []);
	return () => late;
}

describe('alternatives', () => {
	it('are up to three, the likeliest first', async () => {
		const made = house();
		made.model.onFill = ({ alternative = 0 }) => TEXTS[alternative] ?? '';
		assert.deepEqual(await byHandAll(made, cursorIn('a = █')), TEXTS);
		assert.deepEqual(
			made.model.fills.slice(0, 3).map(({ request }) => request.alternative),
			[undefined, 1, 2],
		);
		assert.equal(made.model.mostRunning, 1);
	});

	it('are not there twice, nor where cleaning leaves nothing', async () => {
		const made = house();
		const texts = ['first(a);', 'first(a);  \nb', '   '];
		made.model.onFill = ({ alternative = 0 }) => texts[alternative] ?? '';
		assert.deepEqual(await byHandAll(made, cursorIn('a = █')), ['first(a);']);
	});

	it('the first is not held up: the others are there when the editor asks for the next one', async () => {
		const made = house();
		const { model, engine, byHand } = made;
		const gate = deferred();
		model.onFill = ({ alternative = 0 }) =>
			alternative === 0 ? 'first();' : { steps: [gate.promise, TEXTS[alternative] ?? ''] };
		const cursor = cursorIn('a = █');
		const late = await askTooEarly(made, cursor);
		await settle();
		assert.equal(late(), 0);
		gate.resolve();
		await settle();
		assert.equal(late(), 1, 'the editor must know, or it would not ask again');
		const again = await byHand(cursor);
		assert.ok(again.type === 'text');
		assert.equal(brief(again), 'cache: first();');
		const others = await engine.others(cursor, again, ignored, never);
		assert.deepEqual(
			others.map(({ text }) => text),
			['second(b);', 'third(c);'],
		);
		assert.equal(model.fills.length, 3);
	});

	for (const [name, isHere, count] of [
		['those before one that fails', true, 1],
		['none where somebody went elsewhere', false, 0],
	] as const) {
		it(`the editor hears of ${name}`, async () => {
			const made = house();
			const { model, clock, ask } = made;
			const gate = deferred();
			model.onFill = ({ alternative, typed }) =>
				alternative === undefined
					? 'first();'
					: {
							steps: [
								gate.promise,
								alternative === 1 && typed === 'a = ' ? 'second(b);' : new Error('broken'),
							],
						};
			const late = await askTooEarly(made, cursorIn('a = █'));
			if (!isHere) {
				// Typed along with the one that is being written: that goes on.
				void ask(cursorIn('a = s█'));
			}
			gate.resolve();
			await clock.pass(LONG);
			assert.equal(late(), count);
		});
	}

	it('where a text is on screen they are waited for, within a bound', async () => {
		const { model, clock, engine, byHand, get } = house();
		model.onFill = ({ alternative }) => (alternative === undefined ? 'one' : { steps: [deferred().promise] });
		const cursor = cursorIn('a = █');
		await get(cursor);
		const shown = await byHand(cursor);
		assert.ok(shown.type === 'text');
		const others = engine.others(cursor, shown, ignored, never);
		await clock.pass(1_499);
		assert.equal(await microtasks(() => clock.sleeping === 0), false);
		await clock.pass(1);
		assert.deepEqual(await others, []);
	});

	it('a key that agrees with none ends them', async () => {
		const { model, engine, byHand, ask } = house();
		model.onFill = ({ alternative }) =>
			alternative === undefined ? 'one' : { steps: ['two', deferred().promise] };
		const cursor = cursorIn('a = █');
		const first = await byHand(cursor);
		assert.ok(first.type === 'text');
		const signal = new AbortController();
		const others = engine.others(cursor, first, ignored, signal.signal);
		await settle();
		signal.abort();
		assert.deepEqual(await others, []);
		void ask(cursorIn('a = x█'));
		await settle();
		assert.equal(model.fills[1]?.wasAborted, true);
	});

	it('are not disturbed by what is asked ahead, which follows them', async () => {
		const { model, clock, engine, byHand, ask } = house();
		const gate = deferred();
		model.onFill = ({ alternative, typed }) => {
			const text = typed.endsWith('one') ? '.two' : 'one';
			return alternative === undefined ? text : { steps: [gate.promise, TEXTS[alternative] ?? ''] };
		};
		const cursor = cursorIn('a = █');
		const first = await byHand(cursor);
		assert.ok(first.type === 'text');
		const others = engine.others(cursor, first, ignored, never);
		// What is asked ahead has waited for its moment, and waits for the model.
		await clock.pass(LONG);
		await others;
		gate.resolve();
		await clock.pass(LONG);
		assert.deepEqual(
			model.fills.map(({ request, wasAborted }) => [request.alternative, request.priority, wasAborted]),
			[
				[undefined, 'interactive', false],
				[1, 'interactive', false],
				[2, 'interactive', false],
				[undefined, 'background', false],
			],
		);
		assert.equal(brief(await ask(cursorIn('a = one█'))), 'cache: .two');
	});

	it('come before what is asked ahead, also while it is not known yet how much to ask for', async () => {
		const gate = deferred();
		let shapes = 0;
		const { model, clock, engine, byHand } = house({
			shapes: {
				at: async () => {
					shapes++;
					await (shapes === 2 ? gate.promise : undefined);
					return undefined;
				},
				end: async () => undefined,
			},
		});
		const texts = ['one', ...TEXTS.slice(1)];
		model.onFill = ({ alternative = 0, typed }) =>
			typed.endsWith('one') ? '.two' : (texts[alternative] ?? '');
		const cursor = cursorIn('a = █');
		const first = await byHand(cursor);
		assert.ok(first.type === 'text');
		const others = engine.others(cursor, first, ignored, never);
		await clock.pass(LONG);
		assert.deepEqual(await others, []);
		assert.equal(model.fills.length, 1);
		gate.resolve();
		await clock.pass(LONG);
		assert.deepEqual(
			model.fills.map(({ request }) => [request.typed, request.alternative]),
			[
				['a = ', undefined],
				['a = ', 1],
				['a = ', 2],
				['a = one', undefined],
			],
		);
	});

	it('do not hold up what follows an accepted text', async () => {
		const { model, clock, engine, byHand } = house();
		model.onFill = ({ alternative, typed }) => {
			const text = typed.endsWith('one') ? '.two' : 'one';
			return alternative === undefined ? text : { steps: [deferred().promise] };
		};
		const cursor = cursorIn('a = █');
		const first = await byHand(cursor);
		assert.ok(first.type === 'text');
		const others = engine.others(cursor, first, ignored, never);
		await clock.pass(100);
		assert.deepEqual(await others, []);
		engine.accepted(cursor, first);
		await settle();
		assert.deepEqual(
			model.fills.map(({ request, wasAborted }) => [request.typed, request.alternative, wasAborted]).slice(1),
			[
				['a = ', 1, true],
				['a = one', undefined, false],
			],
		);
	});

	const elsewhere = (source: string) => cursorIn(source, { uri: 'file:///elsewhere.ts' });
	for (const [name, go] of [
		['asks elsewhere', ({ ask }) => void ask(elsewhere('b = █'))],
		['is elsewhere, where nothing is asked', ({ ask }) => void ask(elsewhere('b = █23;'))],
		['moves elsewhere', ({ engine }) => engine.visit(() => elsewhere('b = █23;'))],
		['opens the list of suggestions', ({ engine }) => engine.decline('suggestion-open')],
	] as const satisfies readonly (readonly [string, (made: ReturnType<typeof house>) => void])[]) {
		it(`are not begun for somebody who ${name}`, async () => {
			const made = house();
			const { model, clock, engine, byHand } = made;
			// What comes behind the first text is still being written.
			model.onFill = () => ({ steps: ['one;', '\n', 'two', deferred().promise] });
			const cursor = cursorIn('a = █');
			const first = await byHand(cursor);
			assert.ok(first.type === 'text');
			const others = engine.others(cursor, first, ignored, never);
			await clock.pass(100);
			assert.deepEqual([await others, model.fills.length, model.running], [[], 1, 1]);
			go(made);
			await clock.pass(LONG);
			assert.equal(model.fills[0]?.wasAborted, true);
			assert.deepEqual(
				model.fills.flatMap(({ request }) => request.alternative ?? []),
				[],
			);
		});
	}

	it('what failed is asked again', async () => {
		const made = house();
		let asked = 0;
		made.model.onFill = ({ alternative = 0 }) =>
			alternative === 1 && ++asked === 1 ? { steps: [new Error('broken')] } : (TEXTS[alternative] ?? '');
		assert.deepEqual(await byHandAll(made, cursorIn('a = █')), TEXTS.slice(0, 1));
		assert.deepEqual(await byHandAll(made, cursorIn('a = █')), TEXTS);
	});

	it('those of a place that was left end without those of the next one', async () => {
		const { model, clock, engine, byHand } = house();
		const gate = deferred();
		model.onFill = ({ alternative, typed }) =>
			alternative === undefined ? 'call(a);' : { steps: [gate.promise, `${typed.at(-1)}${alternative};`] };
		const all = async (cursor: Cursor) => {
			const first = await byHand(cursor);
			assert.ok(first.type === 'text');
			const others = engine.others(cursor, first, ignored, never);
			await clock.pass(LONG);
			return (await others).map(({ text }) => text);
		};
		assert.deepEqual(await all(cursorIn('x = █')), []);
		const next = cursorIn('x = ca█');
		const others = all(next);
		await settle();
		// The model is done with the first place: there its end is heard, here the next ones are asked for.
		gate.resolve();
		assert.deepEqual(await others, ['a1;', 'a2;']);
		assert.deepEqual(await all(next), ['a1;', 'a2;']);
		assert.deepEqual(
			model.fills
				.map(({ request }) => [request.typed, request.alternative])
				.filter(([, alternative]) => alternative !== undefined),
			[
				['x = ', 1],
				['x = ca', 1],
				['x = ca', 2],
			],
		);
	});

	it('of a text that was typed along, the rest comes first', async () => {
		const made = house();
		made.model.onFill = ({ alternative, typed }) =>
			alternative === undefined ? 'call(a);' : `${typed.at(-1)}${alternative};`;
		await made.get(cursorIn('x = █'));
		assert.deepEqual(await byHandAll(made, cursorIn('x = ca█')), ['ll(a);', 'a1;', 'a2;']);
		assert.match(brief(await made.ask(cursorIn('x = ca█'))), /: ll\(a\);$/);
	});
});

describe('accepting a part', () => {
	for (const [name, part] of [
		['a word', 'second'],
		['a word and what follows it', 'second('],
	] as const) {
		it(`${name} of an alternative keeps the rest of that one, at once`, async () => {
			const made = house();
			made.model.onFill = ({ alternative = 0 }) => TEXTS[alternative] ?? '';
			const cursor = cursorIn('a = █');
			await byHandAll(made, cursor);
			const asked = made.model.fills.length;
			const rest = await made.ask(afterInsertion(cursor, part, 0));
			assert.equal(brief(rest), `ahead: ${'second(b);'.slice(part.length)}`);
			assert.equal(made.model.fills.length, asked);
		});
	}

	it('word by word and line by line, nothing is asked again', async () => {
		const { model, get, ask } = house();
		model.onFill = () => '\n\tone(two)\n\tthree()\n}';
		let cursor = cursorIn('f() {█');
		await get(cursor);
		for (const part of ['\n\tone', '(two', ')', '\n', '\tthree()\n']) {
			cursor = afterInsertion(cursor, part, 0);
			assert.match(brief(await ask(cursor)), /^ahead: /);
		}
		assert.equal(brief(await ask(cursor)), 'ahead: }');
		assert.equal(model.fills.length, 1);
	});
});
