/** Definitions of what is imported, and recent changes: Continue has both switched off, since they block and mislead. */
import * as assert from 'node:assert/strict';
import { ContextGatherer } from '../../../../src/completion/context/gatherer';
import { settings } from '../../../../src/manifest';
import { ANSWERED, brief, house } from '../../../support/completionHouse';
import { FakeClock } from '../../../support/fakeClock';
import { cursorAtPath, FakeDocument, FakeEditor } from '../../../support/fakeContext';
import { silentLog } from '../../../support/silentLog';

const total = (argument: string) => `export function total(${argument}): number {\n\treturn 0;\n}\n`;
const AT = 'src/user.ts';

/** The engine with the context that is on by default; a document is written at `AT`. */
function editing(source: string) {
	const editor = new FakeEditor();
	const gathering = new FakeClock();
	const context = new ContextGatherer({
		editor,
		switches: settings.completionContext.default,
		excluded: () => undefined,
		log: silentLog,
		clock: gathering,
		turn: () => Promise.resolve(),
	});
	const all = house({ context });
	all.model.onFill = () => 'one';
	const own = new FakeDocument(AT, source.replace('█', ''));
	editor.open.unshift(own);
	context.shown(own);
	return {
		...all,
		editor,
		context,
		gathering,
		cursor: cursorAtPath(source, AT),
		/** Texts from other files in the prompt of a question that is asked once all is gathered. */
		async told(): Promise<readonly string[]> {
			const cursor = cursorAtPath(source, AT);
			context.visit(cursor);
			await gathering.pass(5_000);
			await all.get(cursor);
			return all.model.fills.at(-1)?.request.files.map(({ path, text }) => `${path}: ${text}`) ?? [];
		},
	};
}

describe('peers: definitions', () => {
	it('are in the prompt without a setting being changed, found by the editor where no path says where', async () => {
		const { editor, told } = editing("import { total } from '@shop/cart';\n\nconst sum = total(█");
		editor.disk.set('packages/shop/cart.ts', total('items: Item[]'));
		editor.definitionOf.set('total', 'packages/shop/cart.ts');
		assert.deepEqual(await told(), ['packages/shop/cart.ts: export function total(items: Item[]): number']);
	});

	it('come from the module that is imported, not from another that declares the same name', async () => {
		const { editor, told } = editing("import { total } from './cart';\n\nconst sum = total(█");
		editor.disk.set('src/cart.ts', total('right: Item[]'));
		editor.disk.set('lib/cart.ts', total('wrong: Item[]'));
		// What the editor says of the name is not even asked where the path tells.
		editor.definitionOf.set('total', 'lib/cart.ts');
		const texts = await told();
		assert.equal(texts[0], 'src/cart.ts: export function total(right: Item[]): number');
		assert.ok(!texts.join().includes('wrong'), texts.join());
		assert.ok(!editor.asked.includes('total'));
	});

	it('are none where the editor leads to a file that declares no such name, or back to this one', async () => {
		const { editor, told } = editing(
			"import { total } from '@shop/cart';\nimport { half } from '@shop/half';\n\nconst sum = half(total(█",
		);
		editor.disk.set('packages/shop/index.ts', total('wrong: Item[]').replace('total', 'other'));
		editor.definitionOf.set('total', 'packages/shop/index.ts');
		editor.disk.set(AT, total('wrong: Item[]'));
		editor.definitionOf.set('half', AT);
		assert.deepEqual(await told(), []);
	});

	it('block nothing: where the language server never answers, the model is asked as soon as without', async () => {
		const source = "import { total } from '@shop/cart';\n\nconst sum = total(█";
		const { editor, context, gathering, model, clock, ask, cursor } = editing(source);
		editor.held = new Promise(() => undefined);
		editor.heldOutside = new Promise(() => undefined);
		context.visit(cursor);
		const outcome = ask(cursor);
		await gathering.pass(ANSWERED);
		await clock.pass(ANSWERED);
		assert.equal(brief(await outcome), 'model: one');
		assert.deepEqual(model.fills[0]?.request.files, []);
	});

	it('that come late are in the next prompt, and change nothing of the line that is typed', async () => {
		const source = "import { total } from '@shop/cart';\n\nconst sum = total(█";
		const { editor, context, gathering, model, get, cursor } = editing(source);
		editor.disk.set('packages/shop/cart.ts', total('items: Item[]'));
		editor.definitionOf.set('total', 'packages/shop/cart.ts');
		let answer = () => {};
		editor.held = new Promise((resolve) => {
			answer = resolve;
		});
		context.visit(cursor);
		await gathering.pass(10);
		context.visit(cursorAtPath(source.replace('█', 'i█'), AT));
		answer();
		await gathering.pass(50);
		for (const typed of ['it█', 'ite█', 'item█']) {
			await get(cursorAtPath(source.replace('█', typed), AT));
		}
		assert.deepEqual(
			model.fills.map(({ request }) => request.files.length),
			[0, 0, 0],
		);
		const next = cursorAtPath(source.replace('█', 'items);\n█'), AT);
		context.visit(next);
		await gathering.pass(5_000);
		await get(next);
		assert.deepEqual(
			model.fills.at(-1)?.request.files.map(({ path }) => path),
			['packages/shop/cart.ts'],
		);
	});

	it('recent changes are in the prompt without a setting being changed, as a diff', async () => {
		const { editor, context, told } = editing('const sum = █');
		const lines = Array.from({ length: 12 }, (_, line) => `const value${line} = ${line};`);
		const other = new FakeDocument('src/other.ts', lines.join('\n'));
		editor.open.push(other);
		context.shown(other);
		context.changed(other, [other.replace(5, 6, 'const renamed = 5;')]);
		assert.match((await told()).join('\n'), /-const value5 = 5;\n\+const renamed = 5;/);
	});
});
