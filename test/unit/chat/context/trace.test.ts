/** The code that a pasted error is about is found in the workspace, and nothing else is. */
import * as assert from 'node:assert/strict';
import { traced } from '../../../../src/chat/context/trace';
import { FakeEditor, fileName, never } from './fakeEditor';

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

	it('takes pieces together that another place between them joins', async () => {
		const editor = new FakeEditor({ 'src/cart.ts': CODE });
		const text = [20, 50, 35, 90].map((line) => `at f (src/cart.ts:${line}:1)`).join('\n');
		assert.deepEqual(await labels(editor, text), ['src/cart.ts:12-58', 'src/cart.ts:82-98']);
	});

	it('finds files by their addresses, on Windows too', async () => {
		class WindowsEditor extends FakeEditor {
			override named(uri: string) {
				const start = 'file:///C:/w/';
				return uri.startsWith(start) ? fileName(decodeURI(uri.slice(start.length))) : undefined;
			}
		}
		const files = { 'a dir/cart.ts': CODE };
		for (const [editor, frame] of [
			[new WindowsEditor(files), 'at f (file:///C:/w/a%20dir/cart.ts:20:1)'],
			[new FakeEditor(files), 'at f (webpack://app/./a%20dir/cart.ts:20:1)'],
		] as const) {
			assert.deepEqual(await labels(editor, frame), ['a dir/cart.ts:12-28']);
		}
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

	it("finds Kotlin's files, whose folders leave out what all packages begin with", async () => {
		const inPackage = (name: string) => `package ${name}\n${CODE}`;
		const editor = new FakeEditor({
			'src/main/kotlin/cart/Cart.kt': inPackage('com.shop.cart'),
			'src/main/kotlin/bill/Cart.kt': inPackage('com.shop.bill'),
			'src/main/kotlin/Collections.kt': inPackage('com.shop'),
		});
		assert.deepEqual(await labels(editor, '\tat com.shop.cart.CartKt.total(Cart.kt:20)'), [
			'src/main/kotlin/cart/Cart.kt:12-28',
		]);
		assert.deepEqual(await labels(editor, '\tat com.shop.Main.all(Collections.kt:20)'), [
			'src/main/kotlin/Collections.kt:12-28',
		]);
		// Of Kotlin's own library.
		assert.deepEqual(
			await labels(editor, '\tat kotlin.collections.CollectionsKt.first(Collections.kt:20)'),
			[],
		);
		assert.deepEqual(await labels(editor, '\tat com.shop.other.Main.all(Cart.kt:20)'), []);
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
