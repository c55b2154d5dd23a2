/** The parts of the next edit: words and their zones, turns for others while reading, and what is drawn. */
import * as assert from 'node:assert/strict';
import { drawing, onOneLine } from '../../../../src/completion/nextEdit/display';
import { lexiconOf } from '../../../../src/completion/nextEdit/lexicon';
import { readPage, WINDOW } from '../../../../src/completion/nextEdit/page';
import { TokenReader, tokensOf } from '../../../../src/completion/nextEdit/tokens';
import { Pace } from '../../../../src/completion/pace';
import { isAbort } from '../../../../src/inference/cancel';

/** Words with their zones: `c` code, `s` string, `/` comment. */
function words(text: string, languageId: string): string {
	return tokensOf(text, lexiconOf(languageId))
		.filter(({ kind }) => kind === 'word')
		.map(({ text: word, zone }) => `${zone === 'comment' ? '/' : zone.slice(0, 1)}:${word}`)
		.join(' ');
}

describe('next edit: tokens', () => {
	const cases: readonly (readonly [languageId: string, text: string, expected: string])[] = [
		['typescript', 'a \'b\' "c" // d\ne /* f\ng */ h', 'c:a s:b s:c /:d c:e /:f /:g c:h'],
		['typescript', 'a = `b $' + '{c + `d $' + '{e}`} f`; g', 'c:a s:b c:c s:d c:e s:f c:g'],
		['typescript', "a = /'[/']b/g; c / d / e", 'c:a c:g c:c c:d c:e'],
		['typescript', "a = 'it\\'s'; b = 'open\nc", 'c:a s:it s:s c:b s:open c:c'],
		['python', 'a = """b\nc""" # d\ne', 'c:a s:b s:c /:d c:e'],
		['rust', "fn a<'b>() { c }", 'c:fn c:a c:b c:c'],
		['sql', "select a -- b\nfrom 'c'", 'c:select c:a /:b c:from s:c'],
		['html', '<p title="a">it\'s</p><!-- b -->', 'c:p c:title s:a c:it c:s c:p /:b'],
		['unknown', 'a // b', 'c:a /:b'],
	];
	for (const [languageId, text, expected] of cases) {
		it(`${languageId}: ${JSON.stringify(text)}`, () => assert.equal(words(text, languageId), expected));
	}

	it('reads the same in slices as at once', () => {
		const text = `const a = \`x \${b ? 'c' : d}\`; /* e\n*/ f(/g/, 1.5, h);\n`.repeat(20);
		const reader = new TokenReader(text, lexiconOf('typescript'));
		while (!reader.advance(7)) {
			assert.ok(reader.tokens.length > 0);
		}
		assert.deepEqual(reader.tokens, tokensOf(text, lexiconOf('typescript')));
	});
});

describe('next edit: reading', () => {
	/** Each look at the clock is a millisecond later. */
	function counted() {
		let time = 0;
		const turns = { taken: 0 };
		const pace = new Pace({ now: () => time++ }, async () => {
			turns.taken++;
		});
		return { pace, turns };
	}

	function read(text: string, offset: number, pace: Pace, signal: AbortSignal) {
		return readPage({ text, languageId: 'typescript' }, lexiconOf('typescript'), offset, pace, signal);
	}

	it('reads a bounded part around the edit and lets others have their turns', async () => {
		const text = 'const a = 1;\n'.repeat(100_000);
		const { pace, turns } = counted();
		const page = await read(text, 600_000, pace, new AbortController().signal);
		assert.ok(page.text.length <= WINDOW);
		assert.ok(page.offset < 600_000 && page.offset + page.text.length > 600_000);
		assert.equal(text[page.offset - 1], '\n');
		assert.ok(turns.taken >= 5, String(turns.taken));
	});

	it('ends when it is cancelled', async () => {
		const controller = new AbortController();
		controller.abort();
		await assert.rejects(read('a\n'.repeat(50_000), 0, counted().pace, controller.signal), isAbort);
	});
});

describe('next edit: drawing', () => {
	const cases: readonly (readonly [
		removed: string,
		text: string,
		struck: string,
		...added: [number, string][],
	])[] = [
		['total', 'sum', 'total', [5, 'sum']],
		['', ', extra', '', [0, ', extra']],
		['debug();\n', '', 'debug();\n'],
		['read(z)', 'safe(read(z))', '', [0, 'safe('], [7, ')']],
		['getUser', 'getCustomer', 'getUser', [7, 'getCustomer']],
		['name', 'name: label', '', [4, ': label']],
		['a, b, c', 'a, x, c', 'b', [4, 'x']],
		['item', 'items', 'item', [4, 'items']],
	];
	for (const [removed, text, struck, ...added] of cases) {
		it(`${JSON.stringify(removed)} → ${JSON.stringify(text)}`, () => {
			const drawn = drawing(removed, text);
			assert.equal(removed.slice(drawn.struckFrom, drawn.struckTo), struck);
			assert.deepEqual(
				drawn.added.map((piece) => [piece.at, piece.text]),
				added,
			);
		});
	}

	it('is on one line, blanks and line ends to be seen', () => {
		assert.equal(onOneLine('a b\r\n\tc\n'), 'a\u00A0b⏎\u00A0\u00A0c⏎');
	});

	it('is short', () => {
		assert.equal(drawing('', 'x'.repeat(500)).added[0]?.text.length, 121);
	});
});
