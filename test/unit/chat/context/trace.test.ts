/** The code that a pasted error is about is found in the workspace, and nothing else is. */
import * as assert from 'node:assert/strict';
import { traced } from '../../../../src/chat/context/trace';
import { FakeEditor, never } from './fakeEditor';

const CODE = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join('\n');

describe('chat/context/trace', () => {
	const labels = async (editor: FakeEditor, text: string) =>
		(await traced(text, editor.tools, never)).map((found) =>
			found.type === 'attached' ? found.attachment.label : found.reason,
		);

	it('reads the lines around each place, near ones as one piece', async () => {
		const editor = new FakeEditor({ 'src/cart.ts': CODE, 'src/app.ts': CODE });
		const text =
			'Error: x\n at total (/w/src/cart.ts:40:9)\n at main (file:///w/src/app.ts:3:1)\n at sum (src/cart.ts:50:1)';
		assert.deepEqual(await labels(editor, text), ['src/cart.ts:32-58', 'src/app.ts:1-11']);
	});

	it('finds a file by the end of its path, where only one ends so', async () => {
		const editor = new FakeEditor({
			'app/src/com/shop/Cart.java': CODE,
			'a/index.ts': CODE,
			'b/index.ts': CODE,
		});
		assert.deepEqual(await labels(editor, '\tat com.shop.Cart.total(Cart.java:20)'), [
			'app/src/com/shop/Cart.java:12-28',
		]);
		assert.deepEqual(await labels(editor, 'at index.ts:20:1'), []);
		assert.deepEqual(await labels(editor, 'at ./b/index.ts:20:1'), ['b/index.ts:12-28']);
	});

	it('leaves out what is foreign, excluded, elsewhere, gone or beyond the end', async () => {
		const editor = new FakeEditor({
			'node_modules/x/index.js': CODE,
			'src/secret.ts': CODE,
			'src/cart.ts': CODE,
		});
		editor.reasons.set('src/secret.ts', 'It is left out.');
		const text = [
			'at x (/w/node_modules/x/index.js:4:1)',
			'at y (/w/src/secret.ts:4:1)',
			'at z (/elsewhere/src/other.ts:4:1)',
			'at z (/w/src/gone.ts:4:1)',
			'at z (/w/src/cart.ts:4000:1)',
		].join('\n');
		assert.deepEqual(await labels(editor, text), []);
	});
});
