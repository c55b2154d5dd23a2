/** The next edit as a user meets it: drawn in the editor, made with Tab, gone with Escape, and never in Tab's way. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { root, useWorkbench } from './session.mjs';

const FILE = 'src/orders.ts';
const LINES = [
	'interface Order {',
	'\tid: string;',
	'\tprice: number;',
	'}',
	'',
	'export function total(orders: Order[]): number {',
	'\tlet sum = 0;',
	'\tfor (const order of orders) {',
	'\t\tsum += order.price;',
	'\t}',
	'\treturn sum;',
	'}',
	'',
	...Array.from({ length: 60 }, (_, index) => `// Line ${index + 14}.`),
	'export const none = total([]);',
	'',
];

const BOX = 'src/box.ts';
const FIELDS = ['width', 'height', 'depth'];
const BOX_LINES = [
	"import { read, source } from './source';",
	'export const box = {',
	...FIELDS.map((name) => `\t${name}: read(source.${name}),`),
	'};',
	'',
];

/** What the tests see and do; the session is filled in before the first of them. */
function hands(session) {
	/** New text that stands in the editor as a decoration only. */
	async function drawn() {
		return session.workbench.editor().evaluate((editor) => {
			const found = [];
			for (const element of editor.querySelectorAll('.view-line span')) {
				const { content } = getComputedStyle(element, '::after');
				if (content !== 'none' && content !== 'normal') {
					found.push(content.replaceAll('"', '').replaceAll('\u00a0', ' '));
				}
			}
			return found;
		});
	}

	const untilDrawn = (text, word) => session.familiar.untilDrawn(text, word);

	async function untilNothingIsDrawn() {
		await session.workbench.page.waitForFunction(() =>
			[...document.querySelectorAll('.editor-instance .view-line span')].every((element) =>
				['none', 'normal'].includes(getComputedStyle(element, '::after').content),
			),
		);
	}

	const typeOver = (line, column, length, text) => session.familiar.typeOver(line, column, length, text);

	return { drawn, untilDrawn, untilNothingIsDrawn, typeOver };
}

describe('next edit', () => {
	const session = useWorkbench((sample) => {
		fs.writeFileSync(path.join(sample.workspace, FILE), LINES.join('\n'));
		// What the model would write beside it is another test's matter.
		return { 'familiar.completion.trigger': 'manual', 'editor.quickSuggestions': { other: 'off' } };
	});

	const { drawn, untilDrawn, untilNothingIsDrawn, typeOver } = hands(session);

	it('is drawn at the next use, and Tab makes it there', async () => {
		const { workbench, familiar } = session;
		await workbench.openFile('orders.ts');
		await typeOver(7, 9, 3, 'amount');
		await untilDrawn('amount', '+=');
		await workbench.shot('next edit');
		assert.deepEqual(await drawn(), ['amount']);
		await workbench.page.keyboard.press('Tab');
		await untilDrawn('amount', 'return');
		await workbench.page.keyboard.press('Tab');
		await workbench.page.waitForFunction(
			() => !document.querySelector('.editor-instance .view-lines').textContent.includes('sum'),
		);
		const saved = await familiar.save(FILE);
		const expected = LINES.map((line, index) => (index < 12 ? line.replace(/\bsum\b/, 'amount') : line));
		assert.equal(saved, expected.join('\n'));
	});

	it('says where it is when that is off screen; Tab goes there, Tab makes it', async () => {
		const { workbench, familiar } = session;
		await typeOver(6, 17, 5, 'price');
		await untilDrawn('Tab: go to line 74', 'price(');
		await workbench.shot('next edit off screen');
		await workbench.page.keyboard.press('Tab');
		await untilDrawn('price', 'none');
		await workbench.shot('next edit, gone there');
		await workbench.page.keyboard.press('Tab');
		await workbench.page.locator('.view-line', { hasText: /none.=.price\(/ }).waitFor();
		assert.match(await familiar.save(FILE), /none = price\(\[\]\);/);
	});

	it('goes with Escape, and Tab is a Tab again', async () => {
		const { workbench, familiar } = session;
		await typeOver(7, 9, 6, 'rest');
		await untilDrawn('rest', '+=');
		await workbench.page.keyboard.press('Escape');
		await untilNothingIsDrawn();
		assert.deepEqual(await drawn(), []);
		await workbench.page.keyboard.press('End');
		await workbench.page.keyboard.press('Tab');
		assert.match(await familiar.save(FILE), /let rest = 0;\s+\n\tfor/);
	});
});

describe('next edit, written by the model', () => {
	// familiar.host.nodePath names the program that runs the host; this one runs a host with a scripted model.
	const session = useWorkbench((sample) => {
		const program = path.join(sample.folder, 'writing-node');
		const host = path.join(root, 'out/test/support/writingHost.entry.mjs');
		fs.writeFileSync(program, `#!/bin/sh\nshift\nexec "${process.execPath}" "${host}" "$@"\n`, {
			mode: 0o755,
		});
		fs.writeFileSync(path.join(sample.workspace, BOX), BOX_LINES.join('\n'));
		return {
			'familiar.host.nodePath': program,
			'familiar.completion.nextEdit': 'model',
			'editor.quickSuggestions': { other: 'off' },
			'editor.autoClosingQuotes': 'never',
		};
	});
	const { drawn, untilDrawn, untilNothingIsDrawn, typeOver } = hands(session);

	it('is drawn at the lines that were like the edited one, each as it needs it, and Tab makes it', async () => {
		const { workbench, familiar } = session;
		await workbench.openFile('box.ts');
		const column = BOX_LINES[2].replace('\t', '    ').indexOf(',') + 1;
		await typeOver(3, column, 0, " ?? 'width'");
		await untilDrawn("?? 'height'", 'height');
		await workbench.shot('next edit of the model');
		assert.deepEqual(
			(await drawn()).map((text) => text.trim()),
			["?? 'height'"],
		);
		await workbench.page.keyboard.press('Tab');
		await untilDrawn("?? 'depth'", 'depth');
		await workbench.page.keyboard.press('Tab');
		await untilNothingIsDrawn();
		const saved = await familiar.save(BOX);
		assert.equal(saved, BOX_LINES.map((line) => line.replace(/(\w+)\),$/, "$1) ?? '$1',")).join('\n'));
	});
});
