/** Where a text ends because a line is indented less than the code around it. */
import * as assert from 'node:assert/strict';
import { IndentedText } from '../../../../src/inference/serve/indentedText';

function passed(
	least: number,
	text: string,
	size = text.length,
): { readonly text: string; readonly ended: boolean } {
	const indented = new IndentedText(least);
	let all = '';
	for (let start = 0; start < text.length; start += size) {
		all += indented.push(text.slice(start, start + size));
	}
	return { text: all + indented.flush(), ended: indented.ended };
}

describe('IndentedText', () => {
	const inside = 'a;\n\t\tb;\n\n\t\t\tc;';

	it('lets all through where nothing is asked', () => {
		assert.deepEqual(passed(0, `${inside}\n}`), { text: `${inside}\n}`, ended: false });
	});

	it('ends before the first line that stands further out, however it comes', () => {
		for (let size = 1; size < 12; size++) {
			assert.deepEqual(
				passed(2, `${inside}\n\t}\n\t\td;`, size),
				{ text: inside, ended: true },
				String(size),
			);
			assert.deepEqual(passed(2, inside, size), { text: inside, ended: false });
		}
	});

	it('counts neither the first line nor empty ones', () => {
		assert.deepEqual(passed(4, 'a\n\n   \n    b\n'), { text: 'a\n\n   \n    b\n', ended: false });
		assert.deepEqual(passed(4, 'a\r\n\r\n    b\r\nc'), { text: 'a\r\n\r\n    b\r', ended: true });
	});
});
