/** The evaluation's pieces that need no model: the choice of bytes and places, windows, figures, and what is kept. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { requestAt, write } from '../../../models/recipe/evaluate/asking';
import { blockFigures } from '../../../models/recipe/evaluate/blockHoles';
import { compressedBytes } from '../../../models/recipe/evaluate/compression';
import { type HeldOutFile, measuredBytes, sampleFiles } from '../../../models/recipe/evaluate/heldOut';
import { wilson } from '../../../models/recipe/evaluate/interval';
import { answerLines, isWithinWord, lineFigures } from '../../../models/recipe/evaluate/lineHoles';
import { evaluationOptions } from '../../../models/recipe/evaluate/options';
import { blockPlaces, linePlaces } from '../../../models/recipe/evaluate/places';
import { remembered } from '../../../models/recipe/evaluate/remembered';
import { bitsPerByte, FRONT, groupsOf, sumsOf } from '../../../models/recipe/evaluate/sums';
import { parses } from '../../../models/recipe/evaluate/syntax';
import { windowsOf } from '../../../models/recipe/evaluate/windows';
import { randomFrom } from '../../../src/finetune/training/random';
import type { FillRequest, GenerationEvent } from '../../../src/inference/model';
import { number } from '../../../src/inference/wire/shapes';
import { never, temporaryFolder } from '../../support/engines';

function file(text: string, changes: Partial<HeldOutFile> = {}): HeldOutFile {
	return {
		package: 'some-package',
		language: 'typescript',
		path: 'src/some.ts',
		text,
		measured: text.length,
		...changes,
	};
}

/** A model that writes the same everywhere, and what it was asked. */
function writing(pieces: readonly string[]) {
	const requests: FillRequest[] = [];
	let left = 0;
	async function* fill(request: FillRequest): AsyncGenerator<GenerationEvent, void> {
		requests.push(request);
		left = pieces.length;
		for (const text of pieces) {
			left--;
			yield { type: 'text', text };
		}
		const statistics = {
			promptTokens: 0,
			reusedTokens: 0,
			generatedTokens: 0,
			prefillMilliseconds: 0,
			decodeMilliseconds: 0,
		};
		yield { type: 'end', reason: 'end-of-text', statistics };
	}
	return { requests, fill, piecesLeft: () => left };
}

describe('choice of held-out bytes', () => {
	const files = Array.from({ length: 20 }, (_, index) => ({
		path: `${index}.ts`,
		text: `line of ${index} ä\n`.repeat(10 + index),
	}));

	it('takes whole files until the share is used up, and whole lines of the last one', () => {
		const sample = sampleFiles(files, 1_000, randomFrom(1));
		const bytes = measuredBytes(sample.map((one) => file(one.text, one)));
		assert.ok(bytes <= 1_000 && bytes > 980, `${bytes} bytes`);
		const cut = sample.filter(({ text, measured }) => measured < text.length);
		assert.equal(cut.length, 1);
		assert.ok(cut.every(({ text, measured }) => text.slice(0, measured).endsWith('ä\n')));
	});

	it('is the same for the same seed, in the order given, and other for another', () => {
		const names = (seed: number) => sampleFiles(files, 1_000, randomFrom(seed)).map(({ path }) => path);
		assert.deepEqual(names(1), names(1));
		assert.notDeepEqual(names(1), names(2));
		assert.deepEqual(
			names(1),
			files.map(({ path }) => path).filter((path) => names(1).includes(path)),
		);
	});

	it('takes everything where it fits, and no file without anything to measure', () => {
		assert.deepEqual(
			sampleFiles(files, 1e6, randomFrom(1)).map(({ measured }) => measured),
			files.map(({ text }) => text.length),
		);
		assert.deepEqual(sampleFiles([{ path: 'a', text: 'x'.repeat(50) }], 20, randomFrom(1)), []);
	});
});

describe('windows of the held-out files', () => {
	for (const [length, context] of [
		[0, 8],
		[3, 8],
		[7, 8],
		[8, 8],
		[9, 8],
		[100, 8],
		[101, 8],
		[50, 2],
		[37, 9],
	] as const) {
		it(`score each of ${length} tokens once in windows of ${context}, with half a window before it where there is so much`, () => {
			const tokens = Array.from({ length }, (_, index) => 100 + index);
			const scored: number[] = [];
			for (const { tokens: window, weights, file: index } of windowsOf(tokens, 7, context, 3)) {
				assert.equal(index, 3);
				assert.ok(window.length <= context && window.length === weights.length);
				for (const [at, weight] of weights.entries()) {
					if (weight === 1) {
						const token = window[at] ?? 0;
						scored.push(token);
						assert.ok(at >= Math.min(Math.floor(context / 2), token - 100 + 1), `token ${token} at ${at}`);
					}
				}
			}
			assert.deepEqual(scored, tokens);
		});
	}

	it('begin with the begin token, which nobody predicts', () => {
		const [window] = windowsOf([100, 101], 7, 8, 0);
		assert.deepEqual([...(window?.tokens ?? [])], [7, 100, 101]);
		assert.deepEqual([...(window?.weights ?? [])], [0, 1, 1]);
	});
});

describe('bits per byte', () => {
	it('are summed by language, those in front together', () => {
		const files = [
			file('ab'),
			file('ä', { language: 'javascript' }),
			file('abcd', { language: 'rust', measured: 3 }),
		];
		const sums = sumsOf(files, [4, 2, 9]);
		assert.deepEqual(sums[FRONT], { bits: 6, bytes: 4 });
		assert.equal(bitsPerByte(sums, 'javascript'), 1);
		assert.equal(bitsPerByte(sums, 'rust'), 3);
		assert.ok(Number.isNaN(bitsPerByte(sums, 'lua')));
		assert.deepEqual([...groupsOf(files).keys()], [FRONT, 'typescript', 'javascript', 'rust']);
	});

	it('of xz are the bytes of its file', async () => {
		const text = 'const value = compute();\n'.repeat(2_000);
		const bytes = await compressedBytes(text, never);
		assert.ok(bytes > 60 && bytes < 300, `${bytes} bytes`);
		const stopped = new AbortController();
		stopped.abort();
		await assert.rejects(compressedBytes(text, stopped.signal), { name: 'AbortError' });
	});
});

describe('places to write', () => {
	const line = '\tconst value = compute(1);\n';

	it('are all ends of lines with 4 to 20 characters that are no blanks, and no others', () => {
		const places = linePlaces([file(line)], 1_000).map(({ start, end }) => line.slice(start, end));
		const content = line.trim();
		const expected = Array.from(content, (_, index) => content.slice(index)).filter((tail) => {
			const { length } = tail.replaceAll(/\s/g, '');
			return length >= 4 && length <= 20;
		});
		assert.deepEqual([...places].sort(), [...expected].sort());
	});

	it('lie in what is measured, never within a character, and are drawn without repeats', () => {
		const text = `${'const emoji = "😀😀😀😀";\n'.repeat(20)}const beyond = 12345;\n`;
		const measured = text.indexOf('const beyond');
		const places = linePlaces([file(text, { measured })], 100);
		assert.equal(places.length, 100);
		assert.equal(new Set(places.map(({ start }) => start)).size, 100);
		for (const { start, end } of places) {
			assert.ok(end <= measured);
			assert.doesNotMatch(text.slice(start, start + 1), /[\udc00-\udfff]/);
		}
	});

	it('come up as often as each other', () => {
		const files = [file(line), file(line.repeat(9))];
		const drawn = linePlaces(files, 60);
		const inLarge = drawn.filter(({ file: own }) => own === files[1]).length;
		assert.ok(inLarge >= 48 && inLarge < 60, `${inLarge} of 60 in nine tenths`);
	});

	it('of blocks are bodies, whole', () => {
		const body = '\tconst first = compute(1);\n\tconst second = compute(first);\n\treturn first + second;';
		const text = `export function one() {\n${body}\n}\n`;
		const [place, ...more] = blockPlaces([file(text)], 10);
		assert.equal(more.length, 0);
		assert.ok(place !== undefined && text.slice(place.start, place.end).includes(body.trim()));
	});
});

describe('rests of lines', () => {
	const text = 'const first = 1;\n\tconst value = first;\nreturn value;\n';
	const start = text.indexOf('= first');
	const place = { file: file(text), start, end: text.indexOf(';\nreturn') + 1 };
	const asking = { promptTokens: 256, maxTokens: 48 } as const;

	it('are asked for as the product does, and with all that is before the cursor in the prefix', () => {
		const typed = requestAt(place, { ...asking, mode: 'typed' });
		assert.equal(typed.prefix, 'const first = 1;\n');
		assert.equal(typed.typed, '\tconst value ');
		assert.equal(typed.suffix, '\nreturn value;\n');
		assert.equal(typed.repository, 'some-package');
		const inPrefix = requestAt(place, { ...asking, mode: 'prefix' });
		assert.equal(inPrefix.prefix, 'const first = 1;\n\tconst value ');
		assert.equal(inPrefix.typed, '');
	});

	it('end with the line, and the model is stopped there', async () => {
		const model = writing(['= fir', 'st;  \nret', 'urn']);
		const [answer] = await answerLines(model, [place], 256, () => undefined, never);
		assert.deepEqual(answer, {
			where: 'some-package/src/some.ts:2',
			language: 'typescript',
			before: '\tconst value ',
			expected: '= first;',
			typed: '= first;',
			prefix: '= first;',
		});
		assert.equal(model.requests.length, 2);
		assert.equal(model.piecesLeft(), 1);
	});

	it('count where they are the same to the letter, by mode', () => {
		const answer = { where: '', language: 'typescript', before: '', expected: 'abcd' };
		const answers = [
			{ ...answer, typed: 'abcd', prefix: 'abcx' },
			{ ...answer, typed: 'ab', prefix: '' },
		];
		const figures = lineFigures(answers, 'typed');
		assert.equal(figures.exact, 0.5);
		assert.equal(figures.similarity, 0.75);
		assert.deepEqual(figures.interval, wilson(1, 2));
		assert.equal(lineFigures(answers, 'prefix').exact, 0);
	});

	it('know cursors within a word from others', () => {
		const at = (before: string, expected: string) =>
			isWithinWord({ where: '', language: '', before, expected, typed: '', prefix: '' });
		assert.equal(at('const val', 'ue = 1;'), true);
		assert.equal(at('const ', 'value = 1;'), false);
		assert.equal(at('const value', ' = 1;'), false);
		assert.equal(at('', 'const'), false);
	});

	it('fail where the model cannot fill in the middle', async () => {
		async function* fill(): AsyncGenerator<GenerationEvent, void> {
			yield { type: 'unsupported', reason: 'no tokens for it' };
		}
		const request = requestAt(place, { ...asking, mode: 'typed' });
		await assert.rejects(
			write({ fill }, request, () => false, never),
			/no tokens for it/,
		);
	});
});

describe('blocks', () => {
	it('count where something was written with which the file parses', () => {
		const answer = { where: '', language: 'typescript', expected: 'abcd', isValidEmpty: true };
		const figures = blockFigures([
			{ ...answer, written: 'abcd', isValid: true },
			{ ...answer, written: ' \n', isValid: true },
			{ ...answer, written: 'abc(', isValid: false },
			{ ...answer, written: 'abc(', isValid: false, isValidEmpty: false },
		]);
		assert.equal(figures.valid, 0.25);
		assert.equal(figures.empty, 0.25);
		assert.equal(figures.validEmpty, 0.75);
	});

	it('are judged by a parser of the file’s own language', async () => {
		assert.equal(await parses('a.ts', 'const value: number = <number>1;'), true);
		assert.equal(await parses('a.js', 'const value: number = 1;'), false);
		assert.equal(await parses('a.js', 'const value = <b>one</b>;'), true);
		assert.equal(await parses('a.ts', 'function one() {'), false);
		assert.equal(await parses('a.py', 'one = 1'), false);
	});
});

describe('interval of a share', () => {
	it('is Wilson’s', () => {
		// 15 of 50, as in textbooks: 0.191 to 0.438.
		const [low, high] = wilson(15, 50);
		assert.ok(Math.abs(low - 0.191) < 5e-4 && Math.abs(high - 0.4375) < 5e-4, `${low} to ${high}`);
		assert.equal(wilson(0, 10)[0], 0);
		assert.ok(Math.abs(wilson(10, 10)[1] - 1) < 1e-12);
	});
});

describe('results of an evaluation', () => {
	it('are computed once for the same ingredients, and again for others', async () => {
		const folder = path.join(temporaryFolder(), 'kept');
		let computed = 0;
		const get = (model: string) => remembered(folder, 'stage', { model }, number, async () => ++computed);
		assert.deepEqual([await get('a'), await get('a'), await get('b'), await get('a')], [1, 1, 2, 1]);
	});

	it('are not kept where computing failed, nor believed in another form', async () => {
		const folder = temporaryFolder();
		const get = (compute: () => Promise<number>) =>
			remembered(folder, 'stage', { model: 'a' }, number, compute);
		await assert.rejects(
			get(() => Promise.reject(new Error('interrupted'))),
			/interrupted/,
		);
		assert.deepEqual(fs.readdirSync(folder), []);
		assert.equal(await get(async () => 1), 1);
		const [name = ''] = fs.readdirSync(folder);
		fs.writeFileSync(path.join(folder, name), '"no number"');
		assert.equal(await get(async () => 2), 2);
	});
});

describe('words behind starter:eval', () => {
	it('name models and stages', () => {
		const options = evaluationOptions([
			'--model',
			'a.gguf',
			'--model',
			'b.gguf',
			'--seed',
			'--stages',
			'xz,bits',
		]);
		assert.deepEqual(options.models, ['a.gguf', 'b.gguf']);
		assert.equal(options.seed, true);
		assert.deepEqual(options.stages, ['bits', 'xz']);
		assert.equal(options.holes, 512);
	});

	it('are refused by name', () => {
		assert.throws(() => evaluationOptions(['--stages', 'bits,byts']), /no such stage. There are: bits, xz/);
		assert.throws(
			() => evaluationOptions(['--holes', 'many']),
			/--holes many: that is no whole number from 1/,
		);
	});
});
