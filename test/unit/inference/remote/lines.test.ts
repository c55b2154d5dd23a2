/** Lines and events of a stream, however it is cut. */
import * as assert from 'node:assert/strict';
import { eventsOf, LONGEST_LINE, linesOf } from '../../../../src/inference/remote/lines';

async function* pieces(...given: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
	for (const piece of given) {
		yield typeof piece === 'string' ? Buffer.from(piece) : piece;
	}
}

async function all<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
	const found: T[] = [];
	for await (const one of source) {
		found.push(one);
	}
	return found;
}

const STREAM =
	'\uFEFF: a comment\r\ndata: {"a":"é😀"}\r\n\r\nevent: x\rid: 3\rdata:b\r\r\ndata: c\ndata: d\n\n: ping\n\ndata: [DONE]';
const EVENTS = ['{"a":"é😀"}', 'b', 'c\nd', '[DONE]'];

describe('inference/remote/lines', () => {
	it('reads events with every kind of line end, comments and fields that nobody asked for', async () => {
		assert.deepEqual(await all(eventsOf(linesOf(pieces(STREAM)))), EVENTS);
	});

	it('reads the same wherever the stream is cut, within characters and between CR and LF', async () => {
		const bytes = Buffer.from(STREAM);
		for (let size = 1; size < 12; size++) {
			const cut: Uint8Array[] = [];
			for (let start = 0; start < bytes.length; start += size) {
				cut.push(bytes.subarray(start, start + size));
			}
			assert.deepEqual(await all(eventsOf(linesOf(pieces(...cut)))), EVENTS, String(size));
		}
	});

	it('understands failures as llama-server once wrote them', async () => {
		const [event] = await all(eventsOf(linesOf(pieces('error: {"message":"no"}\n\n'))));
		assert.deepEqual(JSON.parse(event ?? ''), { error: { message: 'no' } });
	});

	it('gives up on a line that never ends', async () => {
		const much = Buffer.alloc(1 << 20, 0x61);
		await assert.rejects(all(linesOf(pieces(...Array.from({ length: 5 }, () => much)))), {
			name: 'LineTooLong',
		});
		assert.ok(LONGEST_LINE < 5 << 20);
	});

	it('keeps the last line without an end', async () => {
		assert.deepEqual(await all(linesOf(pieces('a\n\nb'))), ['a', '', 'b']);
		assert.deepEqual(await all(linesOf(pieces('a\r'))), ['a']);
		assert.deepEqual(await all(linesOf(pieces('a\r', '\nb\rc\r\n'))), ['a', 'b', 'c']);
	});
});
