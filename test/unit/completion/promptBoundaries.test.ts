/** A long file is cut where constructs begin and end, at a bounded price, and at the same place from key to key. */
import * as assert from 'node:assert/strict';
import { type Cursor, cursorAt } from '../../../src/completion/cursor';
import { fillRequest } from '../../../src/completion/prompt';
import { completion, house } from '../../support/completionHouse';
import { fakeDescription } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';

/** Characters for what stands before the cursor, and for what follows, in a prompt of 2,000 tokens. */
const BEFORE = 4_500;
const AFTER = 1_500;
/** Shares of them that may be given up. */
const BEFORE_PLAY = 1 / 8;
const AFTER_PLAY = 1 / 4;

interface Language {
	readonly languageId: string;
	/** One declaration, of eight lines and more. */
	declaration(number: number): string;
	/** How the lines look with which a prefix may begin, and those behind which a suffix may end. */
	readonly first: RegExp;
	readonly last: RegExp;
}

const body = (number: number, indent: string, sign: string) =>
	Array.from(
		{ length: 3 + (number % 4) },
		(_, line) => `${indent}value${line} = call${number}(${line}, first, second)${sign}\n`,
	).join('');

const LANGUAGES: readonly Language[] = [
	{
		languageId: 'typescript',
		declaration: (number) =>
			`/** Does ${number}. */\nexport function name${number}(): void {\n\tif (first) {\n${body(number, '\t\t', ';')}\t}\n}\n\n`,
		first: /^(?:\/\*\* Does|export function)/,
		last: /^}$/,
	},
	{
		languageId: 'python',
		declaration: (number) =>
			`@decorated\ndef name${number}(first, second):\n    """Does it."""\n    if first:\n${body(number, '        ', '')}    return second\n\n\n`,
		first: /^(?:@decorated|def name)/,
		last: /^ {4}return second$/,
	},
	{
		// No grammar of ours.
		languageId: 'lua',
		declaration: (number) =>
			`local function name${number}(first, second)\n\tif first then\n${body(number, '\t\t', '')}\tend\n\treturn second\nend\n\n`,
		first: /^local function/,
		last: /^end$/,
	},
];

const model = { ...fakeDescription, prefillTokensPerSecond: 2_000 / 0.6 };

describe('prompt boundaries', () => {
	for (const { languageId, declaration, first, last } of LANGUAGES) {
		const text = Array.from({ length: 600 }, (_, number) => declaration(number)).join('');
		const lines = text.split('\n');
		const facts = cursorIn('█', { languageId });
		/** With what was written in a line of its own. */
		const at = (line: number, written: string): Cursor => {
			const all = [...lines.slice(0, line), written, ...lines.slice(line)];
			const document = { lineCount: all.length, lineAt: (number: number) => all[number] ?? '' };
			return cursorAt(facts, document, { line, character: written.length });
		};
		const asked = (line: number, written = '') =>
			fillRequest(at(line, written), model, completion, 'interactive');

		describe(languageId, () => {
			it('the prefix begins with a declaration, the suffix ends with one, and both are nearly as long', () => {
				for (let line = 3_000; line < 3_060; line++) {
					const { prefix, suffix } = asked(line);
					assert.match(prefix, first);
					assert.match(suffix.slice(suffix.lastIndexOf('\n') + 1), last);
					assert.ok(
						prefix.length <= BEFORE && prefix.length >= BEFORE * (1 / 2 - BEFORE_PLAY),
						`${prefix.length}`,
					);
					const longest = 100;
					assert.ok(
						suffix.length <= AFTER && suffix.length >= AFTER * (1 - AFTER_PLAY) - longest,
						`${suffix.length}`,
					);
					assert.ok(at(line, '').before.endsWith(prefix));
					assert.ok(at(line, '').after.startsWith(suffix));
				}
			});

			it('the start stays while lines are added, as it does without', () => {
				const starts = new Set<number>();
				for (let line = 3_000; line < 3_064; line++) {
					starts.add(at(line, '').firstLine * 1e6 + at(line, '').before.length - asked(line).prefix.length);
				}
				const moves = new Set([...starts].map((start) => start % 1e6));
				assert.ok(moves.size <= 5, `${moves.size} starts in 64 lines`);
			});

			it('typing a line changes neither, nor does the line behind it', async () => {
				const { model: scripted, get } = house();
				scripted.onFill = () => '';
				const written = 'local = call(some, thing)';
				for (let length = 1; length <= written.length; length += 6) {
					await get(at(3_000, written.slice(0, length)));
				}
				await get(at(3_000, `${written}\nother = `));
				const prompts = scripted.fills.map(({ request: { prefix, suffix } }) => ({ prefix, suffix }));
				assert.ok(prompts.length >= 5);
				assert.deepEqual(prompts, Array(prompts.length).fill(prompts[0]));
			});
		});
	}

	it('a construct that is longer than what may be given up is cut in half', () => {
		const long = (name: string) => `function ${name}() {\n${'\tcall();\n'.repeat(1_000)}}\n`;
		const source = `${long('a')}const b = 1;\n█\nconst c = 1;\n${long('d')}`;
		const { prefix, suffix } = fillRequest(cursorIn(source), model, completion, 'interactive');
		assert.ok(prefix.length >= BEFORE * (1 / 2 - BEFORE_PLAY), `${prefix.length}`);
		assert.ok(suffix.length >= AFTER * (1 - AFTER_PLAY) - 10, `${suffix.length}`);
	});

	it('a file that fits is not cut', () => {
		const source = '\t\tb();\n\t}\n}\nfunction c() {\n\t█\n}\n\nfunction d() {\n\te();\n';
		const request = fillRequest(cursorIn(source), model, completion, 'interactive');
		assert.deepEqual([request.prefix + request.typed, request.suffix], source.split('█'));
	});
});
