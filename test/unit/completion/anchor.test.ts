/** The prefix of prompts stays where it is while somebody types on, and moves while they rest. */
import * as assert from 'node:assert/strict';
import { Anchor } from '../../../src/completion/anchor';
import { house, LONG } from '../../support/completionHouse';
import { cursorIn } from '../../support/marked';

describe('anchor', () => {
	for (const [what, source, expected] of [
		['the same place', 'a;\nb█\nc', true],
		['what was typed in the line', 'a;\nbcd(█\nc', true],
		['the next line', 'a;\nb();\n\t█\nc', true],
		['less than before', 'a;\n█\nc', true],
		['seven lines on', `a;\nb${'\nx'.repeat(7)}█\nc`, true],
		['eight lines on', `a;\nb${'\nx'.repeat(8)}█\nc`, false],
		['much in one line', `a;\nb${'x'.repeat(800)}█\nc`, true],
		['much in two lines', `a;\nb${'x'.repeat(384)}\n█\nc`, false],
		['the line above', 'a;█\nb\nc', false],
		['other text above', 'aa;\nb█\nc', false],
		['other text below', 'a;\nb█\ncc', false],
	] as const) {
		it(`${what}: ${expected ? 'stays' : 'moves to the start of the line'}`, () => {
			const anchor = new Anchor();
			const first = anchor.at(cursorIn('a;\nb█\nc'));
			assert.equal(first.before, 'a;\n');
			const place = cursorIn(source);
			assert.equal(anchor.holds(place), expected);
			const next = anchor.at(place);
			assert.equal(next === first, expected);
			assert.equal(anchor.holds(place), true);
			if (!expected) {
				assert.equal(next.before, place.before.slice(0, place.before.lastIndexOf('\n') + 1));
			}
		});
	}

	it('another document, or another window on it, has its own', () => {
		const anchor = new Anchor();
		anchor.at(cursorIn('a;\nb█'));
		assert.equal(anchor.holds(cursorIn('a;\nb█', { uri: 'file:///other.ts' })), false);
		assert.equal(anchor.holds({ ...cursorIn('a;\nb█'), firstLine: 7 }), false);
	});

	it('stays on the next line of a document that is longer than its window, too', () => {
		const lines = Array.from({ length: 5_064 }, (_, line) => `const name${line} = call(${line});\n`);
		const written = 'const written = longerThan(oneOf(theLines, above));';
		let stayed = 0;
		for (let count = 5_000; count < 5_064; count++) {
			const above = lines.slice(0, count).join('');
			const anchor = new Anchor();
			anchor.at(cursorIn(`${above}${written}█\nb`));
			stayed += anchor.holds(cursorIn(`${above}${written}\n█\nb`)) ? 1 : 0;
		}
		assert.ok(stayed >= 62, `${stayed} of 64`);
	});

	it('the first question of a new line costs what was typed', async () => {
		const { model, get } = house();
		model.onFill = () => 'one';
		await get(cursorIn('a;\nb = █\nc'));
		await get(cursorIn('a;\nb = 2;\nd = █\nc'));
		const [first, next] = model.fills.map(({ request }) => request);
		assert.ok(first !== undefined && next !== undefined);
		assert.deepEqual([next.prefix, next.suffix], [first.prefix, first.suffix]);
		assert.deepEqual([first.typed, next.typed], ['b = ', 'b = 2;\nd = ']);
	});

	it('in a rest the prompt is read from the new line on, and holds from then on', async () => {
		const { model, clock, get } = house();
		model.onFill = () => '';
		await get(cursorIn('a;\nb = █\nc'));
		await get(cursorIn('a;\nb = 2;\nd = █\nc'));
		await clock.pass(LONG);
		assert.equal(model.prefills.at(-1)?.request.prefix, 'a;\nb = 2;\n');
		await get(cursorIn('a;\nb = 2;\nd = x█\nc'));
		const last = model.fills.at(-1)?.request;
		assert.deepEqual([last?.prefix, last?.typed], ['a;\nb = 2;\n', 'd = x']);
	});

	it('what other files say is that of the anchor, and asked anew for each key', async () => {
		const asked: string[] = [];
		let files = [{ path: 'b.ts', text: 'b' }];
		const { model, get } = house({
			context: {
				chosenFor: ({ before }) => {
					asked.push(before);
					return { files, notes: [] };
				},
				onDidChange: () => ({ dispose: () => undefined }),
				visit: () => undefined,
			},
		});
		model.onFill = () => '';
		await get(cursorIn('a;\nb = █\nc'));
		files = [];
		await get(cursorIn('a;\nb = 2;\nd = █\nc'));
		assert.deepEqual([...new Set(asked)], ['a;\nb = ']);
		assert.deepEqual(
			model.fills.map(({ request }) => request.files.length),
			[1, 0],
		);
	});

	it('nothing is asked ahead that would cost the next key another prompt', async () => {
		const { model, clock, get } = house();
		model.onFill = () => `one(${'x'.repeat(400)});`;
		await get(cursorIn('a = █'));
		await clock.pass(LONG);
		assert.equal(model.fills.length, 1);
	});
});
