/** Sources on screen: the list below an answer, the links in its text, and what a click says. */
import * as assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { originList } from '../../../media/origins';
import { citedIn, linkCitations, sourceList } from '../../../media/sources';
import type { FromChat } from '../../../src/chat/protocol';
import { chatTexts } from '../../../src/chat/texts';
import { isTurn, type Turn, type TurnSource } from '../../../src/chat/turn';

const texts = chatTexts({ t: (message) => message });
const sources: readonly TurnSource[] = [
	{ path: 'src/a.ts', firstLine: 3, lastLine: 9, number: 1 },
	{ path: 'src/b.ts', firstLine: 1, lastLine: 1, number: 2 },
	{ path: 'c‮.ts', firstLine: 2, lastLine: 4, number: 3 },
];

function setUp(text: string, given: { readonly sources?: readonly TurnSource[] } = { sources }) {
	const { document } = new JSDOM('<!doctype html><body></body>').window;
	const sent: FromChat[] = [];
	const turn: Turn = {
		...{ id: 'turn-1', role: 'assistant', text, state: 'done', note: undefined, remedies: [] },
		...{ usage: undefined, branch: undefined, isEditable: false },
		...given,
	};
	return {
		document,
		turn,
		sent,
		context: { document, texts, post: (message: FromChat) => sent.push(message) },
	};
}

describe('media/sources', () => {
	it('lists all that was given, those first that the answer names', () => {
		const { document, turn, context } = setUp('It is in b [2].');
		document.body.append(...sourceList(turn, context));
		assert.equal(document.querySelector('summary')?.textContent, 'Sources (3)');
		assert.deepEqual(
			[...document.querySelectorAll('li')].map((row) => [row.className, row.textContent]),
			[
				['cited', '[2]src/b.ts:1'],
				['', '[1]src/a.ts:3-9'],
				['', '[3]c[U+202E].ts:2-4'],
			],
		);
	});

	it('opens the source that is clicked, by its place among those of the turn', () => {
		const { document, turn, context, sent } = setUp('It is in b [2].');
		document.body.append(...sourceList(turn, context));
		for (const button of document.querySelectorAll('button')) {
			button.click();
		}
		assert.deepEqual(
			sent,
			[1, 0, 2].map((source) => ({ type: 'openSource', turn: 'turn-1', source })),
		);
		assert.equal(document.querySelector('button')?.getAttribute('aria-label'), 'Open src/b.ts:1');
	});

	it('lists nothing where nothing was given', () => {
		for (const given of [{}, { sources: [] }]) {
			const { turn, context } = setUp('[1]', given);
			assert.deepEqual(sourceList(turn, context), []);
		}
	});

	function linked(html: string, given: { readonly sources: readonly TurnSource[] } = { sources }) {
		const { document, turn, context, sent } = setUp('', given);
		document.body.innerHTML = html;
		linkCitations(document.body, turn, context);
		return {
			document,
			sent,
			texts: [...document.querySelectorAll('.citation')].map((one) => one.textContent),
		};
	}

	it('makes the numbers in a text open what they name', () => {
		const { document, sent, texts: found } = linked('<p>First [1], then <em>both [2, 3]</em>.</p>');
		assert.deepEqual(found, ['[1]', '[2]', '[3]']);
		assert.equal(document.body.textContent, 'First [1], then both [2][3].');
		document.querySelectorAll<HTMLElement>('.citation')[2]?.click();
		assert.deepEqual(sent, [{ type: 'openSource', turn: 'turn-1', source: 2 }]);
	});

	it('leaves code, links and other numbers alone', () => {
		const html =
			'<p><code>a[1]</code> <a href="https://example.com">[1]</a> [0] [4] [1, 4] [x] [123]</p><pre>b[2]</pre>';
		const { document, texts: found } = linked(html);
		assert.deepEqual(found, []);
		assert.equal(document.body.innerHTML, html);
		assert.deepEqual(linked('<p>[1]</p>', { sources: [] }).texts, []);
	});

	it('links no numbers that the model was not told of', () => {
		const given = sources.map(({ number, ...source }) => source);
		assert.deepEqual(linked('<p>[1]</p>', { sources: given }).texts, []);
		const { document, turn, context } = setUp('The array [1].', { sources: given });
		document.body.append(...sourceList(turn, context));
		assert.equal(document.querySelector('li')?.textContent, 'src/a.ts:3-9');
		assert.equal(document.querySelector('.cited'), null);
	});

	it('knows what a text names', () => {
		assert.deepEqual([...citedIn('[2] and [1, 3] and `a[4]`\n```\nb[5]\n```')], [2, 1, 3]);
	});

	it('names where code of the answer stands elsewhere, with package and licence, and opens it', () => {
		const { document, turn, context, sent } = setUp('code');
		const lines = { first: 1, last: 8, firstLine: 10, lastLine: 17 };
		const origins = [
			{ ...lines, path: 'node_modules/a/b\u202E.js', package: 'a 1.2.3', licence: 'MIT' },
			{ ...lines, path: 'node_modules/c/d.js', package: 'c 1.0.0', licence: '' },
			{ ...lines, path: 'src/e.ts', package: '', licence: 'MIT' },
		];
		assert.ok(isTurn({ ...turn, origins }));
		assert.ok(!isTurn({ ...turn, origins: [{ ...origins[0], first: '1' }] }));
		document.body.append(...originList({ ...turn, origins }, context));
		assert.deepEqual(
			[...document.querySelectorAll('.origins li')].map((row) => row.textContent),
			[
				'Lines 1-8 of the code are the same as node_modules/a/b[U+202E].js:10-17 (a 1.2.3, licence MIT)',
				'Lines 1-8 of the code are the same as node_modules/c/d.js:10-17 (c 1.0.0, no licence found)',
				'Lines 1-8 of the code are the same as src/e.ts:10-17 (in this workspace)',
			],
		);
		document.querySelectorAll('button')[1]?.click();
		assert.deepEqual(sent, [{ type: 'openOrigin', turn: 'turn-1', origin: 1 }]);
		assert.deepEqual(originList(turn, context), []);
	});
});
