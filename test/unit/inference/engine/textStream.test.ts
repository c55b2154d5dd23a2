/** Streamed text: whole characters only, stop texts never shown, not even in part. */
import * as assert from 'node:assert/strict';
import { TextStream } from '../../../../src/inference/engine/textStream';

/** A vocabulary of bytes: what half an emoji becomes is what the native side makes of it. */
const detokenizeBytes = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8');

function check(
	name: string,
	text: string | Uint8Array,
	stops: readonly string[],
	expected: readonly string[],
	stopped = false,
) {
	it(name, () => {
		const stream = new TextStream(detokenizeBytes, stops, []);
		const pieces: string[] = [];
		for (const byte of Buffer.from(text)) {
			pieces.push(stream.push(byte));
			if (stream.stopped) {
				break;
			}
		}
		pieces.push(stream.flush());
		assert.deepEqual(
			pieces.filter((piece) => piece !== ''),
			expected,
		);
		assert.equal(stream.stopped, stopped);
	});
}

describe('text stream', () => {
	check('emits each character when it is whole', 'a😀é', [], ['a', '😀', 'é']);
	check(
		'drops bytes that make no character',
		Uint8Array.of(0x61, 0xff, 0xff, 0xff, 0xff, 0x62),
		[],
		['a', 'b'],
	);
	check('drops half a character at the end', Uint8Array.of(0x61, 0xf0, 0x9f), [], ['a']);
	check('ends before a stop text', 'ab\nUser: c', ['\nUser:'], ['a', 'b'], true);
	check('shows what only began like a stop text', 'a\nUsX', ['\nUser:'], ['a', '\nUsX']);
	check('shows the beginning of a stop text at the end', 'a\nUs', ['\nUser:'], ['a', '\nUs']);

	it('loses nothing where each of many tokens ends within a character', () => {
		for (const text of ['日本語文字列', '日本語文字列の中の文字', 'a😀😃😄😁😆😅🤣😂b']) {
			for (let first = 1; first <= 4; first++) {
				for (let length = 1; length <= 7; length++) {
					const bytes = Buffer.from(text);
					const tokens = [bytes.subarray(0, first)];
					for (let start = first; start < bytes.length; start += length) {
						tokens.push(bytes.subarray(start, start + length));
					}
					const decode = (ids: readonly number[]) =>
						Buffer.concat(ids.map((id) => tokens[id] ?? Buffer.of())).toString('utf8');
					// As node-llama-cpp does it: the text behind what came before, where that ends with a whole character.
					const detokenize = (ids: readonly number[], before: readonly number[]) => {
						const earlier = decode(before);
						const all = decode([...before, ...ids]);
						return all.startsWith(earlier) ? all.slice(earlier.length) : decode(ids);
					};
					const stream = new TextStream(detokenize, [], []);
					const pieces = tokens.map((_, id) => stream.push(id));
					assert.equal(pieces.join('') + stream.flush(), text, `${first}, then ${length} bytes`);
				}
			}
		}
	});

	it('shows whole characters although the next one has begun', () => {
		const tokens = ['日', '本', '語', '文'].map((character) => Buffer.from(character));
		const [a, b, c, d] = tokens.map((bytes) => [...bytes]);
		const straddling = [
			[...(a ?? []), ...(b ?? []).slice(0, 1)],
			[...(b ?? []).slice(1), ...(c ?? []).slice(0, 2)],
			[...(c ?? []).slice(2), ...(d ?? [])],
		];
		const stream = new TextStream(
			(ids) => Buffer.from(ids.flatMap((id) => straddling[id] ?? [])).toString('utf8'),
			[],
			[],
		);
		assert.deepEqual([stream.push(0), stream.push(1), stream.push(2)], ['日', '本', '語文']);
	});

	it('asks for the text after what came before', () => {
		const asked: (readonly number[])[] = [];
		const stream = new TextStream(
			(tokens, before) => {
				asked.push(before);
				return String.fromCodePoint(...tokens);
			},
			[],
			[1, 2, 3, 4, 5, 6],
		);
		stream.push(65);
		stream.push(66);
		assert.deepEqual(asked, [
			[3, 4, 5, 6],
			[4, 5, 6, 65],
		]);
	});
});
