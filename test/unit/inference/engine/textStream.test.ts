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
