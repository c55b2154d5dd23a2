/** A file that is not open reads like one that is. */
import * as assert from 'node:assert/strict';
import { contentOf } from '../../../../src/chat/context/editor';

describe('content of a file', () => {
	it('is its text with the line ends of the editor, in the language of its ending', () => {
		assert.deepEqual(contentOf(Buffer.from('\uFEFFone\r\ntwo\rthree\n'), 'folder/a.TS'), {
			type: 'text',
			text: 'one\ntwo\nthree\n',
			language: 'ts',
		});
		assert.deepEqual(contentOf(Buffer.from('all:'), 'Makefile'), {
			type: 'text',
			text: 'all:',
			language: '',
		});
	});

	it('is none where it is no text', () => {
		assert.deepEqual(contentOf(Uint8Array.of(65, 0), 'a.ts'), { type: 'binary' });
		assert.deepEqual(contentOf(Uint8Array.of(0xff, 0xfe), 'a.ts'), { type: 'binary' });
	});
});
