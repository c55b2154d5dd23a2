/** What is taken back of what was typed, and what may be written in its stead. */
import * as assert from 'node:assert/strict';
import { PieceIndex } from '../../../../src/inference/engine/pieceIndex';
import { openTypedEnd, TypedEndWriter } from '../../../../src/inference/engine/typedEnd';

/** Texts by token: a space is written as Ġ; 5 is a marker, 6 part of a character. */
const TEXTS = [
	...[
		'Ġ',
		'Ġoption',
		'Ġoptions',
		'Ġopt',
		'ions',
		'<|end|>',
		'ð',
		'(',
		'(opt',
		'opt',
		'o',
		'handle',
		'Std',
		'io',
		'Ġo',
	],
	...'abcdefghijklmnopqrstuvwxyzHS',
];
const pieces = new PieceIndex(
	{
		size: TEXTS.length,
		text: (token) => TEXTS[token],
		find: (text) => (TEXTS.includes(text) ? TEXTS.indexOf(text) : undefined),
	},
	new Set([5]),
);
const tokenOf = (text: string) => TEXTS.indexOf(text);
const texts = (tokens: Iterable<number>) => new Set([...tokens].map((token) => TEXTS[token]));
const detokenize = (tokens: readonly number[]) =>
	tokens.map((token) => (token === 6 ? '\uFFFD' : (TEXTS[token] ?? '').replace('Ġ', ' '))).join('');
const open = (words: readonly string[], start = 1) =>
	openTypedEnd(words.map(tokenOf), start, pieces, detokenize);

describe('the end of what was typed', () => {
	it('is the last token where that begins a word, and with it what comes before it of the same word', () => {
		const one = open(['<|end|>', 'handle', '(', 'Ġopt']);
		assert.deepEqual(one.typedEnd?.tokens, [tokenOf('Ġopt')]);
		assert.deepEqual([one.typedEnd?.characters, one.typedEnd?.text], [4, 'Ġopt']);
		assert.deepEqual(one.prompt, ['<|end|>', 'handle', '('].map(tokenOf));
		const word = open(['<|end|>', 'Ġ', '(', 'opt']);
		assert.deepEqual(word.typedEnd?.tokens, ['(', 'opt'].map(tokenOf));
		const sign = open(['<|end|>', 'opt', '(']);
		assert.deepEqual(sign.typedEnd?.tokens, [tokenOf('(')]);
	});

	it('is all of the blanks that a line begins with', () => {
		assert.deepEqual(open(['<|end|>', '(', 'Ġ', 'Ġ']).typedEnd?.tokens, ['Ġ', 'Ġ'].map(tokenOf));
		assert.deepEqual(open(['<|end|>', '(', 'opt', 'Ġ']).typedEnd?.tokens, [tokenOf('Ġ')]);
	});

	it('is never more than four tokens, and nothing that was not typed', () => {
		const long = ['handle', 'Std', 'io', 'handle', 'Std', 'io'];
		assert.equal(open(['<|end|>', ...long]).typedEnd?.tokens.length, 4);
		assert.equal(open(['<|end|>', ...long], 5).typedEnd?.tokens.length, 2);
		assert.equal(open(['opt'], 0).typedEnd, undefined);
		assert.deepEqual(open(['<|end|>', 'opt'], 2), { prompt: [5, tokenOf('opt')], typedEnd: undefined });
	});

	it('is no marker, and no part of a character', () => {
		assert.equal(open(['opt', '<|end|>']).typedEnd, undefined);
		assert.deepEqual(open(['Ġ', '<|end|>', 'opt']).typedEnd?.tokens, [tokenOf('opt')]);
		assert.equal(open(['Ġ', 'ð']).typedEnd, undefined);
	});

	it('is written by tokens that begin with it, or with which it begins, until all of it stands there', () => {
		const { typedEnd } = open(['<|end|>', '(', 'Ġopt']);
		assert.ok(typedEnd !== undefined);
		const writer = new TypedEndWriter(typedEnd);
		assert.deepEqual(texts(writer.next), new Set(['Ġ', 'Ġo', 'Ġopt', 'Ġoption', 'Ġoptions']));
		assert.deepEqual(texts(writer.covering), new Set(['Ġopt', 'Ġoption', 'Ġoptions']));
		assert.equal(writer.push(tokenOf('Ġ')), true);
		assert.deepEqual(texts(writer.next), new Set(['o', 'opt']));
		assert.equal(writer.push(tokenOf('opt')), true);
		assert.ok(writer.isDone);
		const further = new TypedEndWriter(typedEnd);
		assert.equal(further.push(tokenOf('Ġoptions')), false);
		assert.ok(further.isDone);
	});

	it('holds to no beginning whose rest cannot be written, and takes nothing back that cannot', () => {
		const few = new PieceIndex(
			{
				size: 3,
				text: (token) => ['ab', 'a', 'c'][token],
				find: (text) => ['ab', 'a', 'c'].indexOf(text) + 1 || undefined,
			},
			new Set(),
		);
		// "a" leaves "b", for which there is nothing.
		assert.deepEqual([...few.next('ab')], [0]);
		assert.equal(openTypedEnd([2, 0], 1, few, () => 'ab').typedEnd, undefined);
	});
});
