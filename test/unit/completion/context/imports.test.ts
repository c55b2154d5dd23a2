/** Signatures of imported modules: found beside the file or by the editor's providers, and never their bodies. */
import * as assert from 'node:assert/strict';
import { importStatements, moduleFiles } from '../../../../src/completion/context/importedNames';
import { Imports } from '../../../../src/completion/context/imports';
import { contextHouse } from '../../../support/fakeContext';

const CART = [
	'const SECRET_OF_BODY = 1;',
	'',
	'export interface Item {',
	'	readonly price: number;',
	'}',
	'',
	'/** Says what it does. */',
	'export function total(',
	'	items: readonly Item[],',
	'	options: { readonly discount: number },',
	'): number {',
	'	return bodyOfTotal(items);',
	'}',
	'',
	'export class Cart {',
	'	private readonly items: Item[] = [];',
	'',
	'	constructor(readonly owner: string) {',
	'		bodyOfConstructor();',
	'	}',
	'',
	'	add(item: Item): void {',
	'		if (item) {',
	'			bodyOfAdd();',
	'		}',
	'	}',
	'',
	'	private secretly(): void {',
	'		bodyOfSecretly();',
	'	}',
	'}',
	'',
	'export const half = (price: number) => {',
	'	return price / 2;',
	'};',
].join('\n');

function house() {
	const all = contextHouse();
	const imports = new Imports(all.library);
	return { ...all, imports };
}

describe('context: imports', () => {
	it('shows the signatures of the names that are imported, in their order', async () => {
		const { at, editor, imports, box } = house();
		editor.disk.set('lib/cart.ts', CART);
		const place = at("import { half, Cart, type Item, total as sum } from '../lib/cart';\n\nsum(█");
		const chunks = await imports.gather(place, box());
		assert.deepEqual(
			chunks.map(({ path, text }) => [path, text.split('\n')]),
			[
				[
					'lib/cart.ts',
					[
						'export interface Item {',
						'	readonly price: number;',
						'}',
						'export function total(',
						'	items: readonly Item[],',
						'	options: { readonly discount: number },',
						'): number',
						'export class Cart',
						'	constructor(readonly owner: string)',
						'	add(item: Item): void',
						'export const half = (price: number)',
					],
				],
			],
		);
	});

	it('keeps its text while other names are in use, and its score follows them', async () => {
		const { at, editor, imports, box } = house();
		editor.disk.set('src/cart.ts', CART);
		const head = "import { half, total } from './cart';\n";
		const far = '\n'.repeat(60);
		const [used] = await imports.gather(at(`${head}${far}half(█`), box());
		const [unused] = await imports.gather(at(`${head}${far}other(█`), box());
		assert.equal(used?.text, unused?.text);
		assert.ok((used?.score ?? 0) > (unused?.score ?? 1));
	});

	it('takes the used names first where not all have room', async () => {
		const { at, editor, imports, box } = house();
		const many = Array.from(
			{ length: 40 },
			(_, index) => `export function helper${index}(argument: number): void {\n}`,
		);
		editor.disk.set('src/many.ts', many.join('\n'));
		const names = many.map((_, index) => `helper${index}`).join(', ');
		const place = at(`import { ${names} } from './many';\n${'\n'.repeat(60)}helper39(█`, 'src/a.ts', 1_000);
		const [chunk] = await imports.gather(place, box());
		assert.match(chunk?.text ?? '', /helper39/);
		assert.ok((chunk?.text.length ?? 0) <= 400, `${chunk?.text.length}`);
	});

	it('asks the editor where a path does not say it, once for each statement', async () => {
		const { at, editor, imports, box } = house();
		editor.disk.set('packages/shop/cart.ts', CART);
		editor.definitionOf.set('Cart', 'packages/shop/cart.ts');
		const place = at("import { Cart } from '@shop/cart';\nnew Cart(█");
		const [chunk] = await imports.gather(place, box());
		assert.match(chunk?.text ?? '', /^export class Cart\n/);
		await imports.gather(place, box());
		await imports.gather(place, box());
		// Where it lies was said; what it says is read as it is now, once for a while.
		assert.deepEqual(editor.asked, ['Cart', 'packages/shop/cart.ts', 'packages/shop/cart.ts']);
	});

	it('shows a module as it is now, on the disk and where it is open', async () => {
		const { at, clock, editor, open, imports, box } = house();
		const total = (argument: string) => `export function total(${argument}): number {\n	return 0;\n}`;
		const place = at("import { total } from './cart';\ntotal(█");
		const text = async () => (await imports.gather(place, box())).map((chunk) => chunk.text);
		editor.disk.set('src/cart.ts', total('first'));
		assert.deepEqual(await text(), ['export function total(first): number']);
		editor.disk.set('src/cart.ts', total('second'));
		await clock.pass(60_000);
		assert.deepEqual(await text(), ['export function total(second): number']);
		const cart = open('src/cart.ts', total('second'));
		cart.replace(0, 3, total('third'));
		assert.deepEqual(await text(), ['export function total(third): number']);
	});

	it('looks elsewhere for a module that is gone', async () => {
		const { at, clock, editor, imports, box } = house();
		const place = at("import { total } from './cart';\ntotal(█");
		editor.disk.set('src/cart.ts', 'export function total(): number {\n	return 0;\n}');
		assert.equal((await imports.gather(place, box()))[0]?.path, 'src/cart.ts');
		editor.disk.clear();
		editor.disk.set('src/cart/index.ts', 'export function total(): string {\n	return "";\n}');
		await clock.pass(60_000);
		assert.equal((await imports.gather(place, box()))[0]?.path, 'src/cart/index.ts');
	});

	it('reads a module anew that was closed and opened again, under the same version', async () => {
		const { at, editor, open, imports, box } = house();
		const place = at("import { half, total } from './cart';\ntotal(█");
		const [own] = editor.open;
		const opened = (text: string) => {
			editor.open = own === undefined ? [] : [own];
			editor.disk.set('src/cart.ts', text);
			return open('src/cart.ts', text);
		};
		const { uri } = opened(CART);
		assert.match((await imports.gather(place, box()))[0]?.text ?? '', /half/);
		imports.closed(uri);
		opened('export function total(): number {\n	return 0;\n}');
		assert.deepEqual(
			(await imports.gather(place, box())).map(({ text }) => text),
			['export function total(): number'],
		);
	});

	it('asks the editor what a file declares in languages whose lines say nothing to us', async () => {
		const { at, editor, imports, box } = house();
		editor.disk.set('src/cart.zig', 'pub fn total(items: []Item) u32 {\n    return 1;\n}');
		editor.definitionOf.set('total', 'src/cart.zig');
		editor.symbols.set('src/cart.zig', [{ name: 'total', kind: 'function', start: 0, end: 3, members: [] }]);
		editor.disk.set('src/b.ts', CART);
		const place = at("import { total } from 'cart';\ntotal(█");
		assert.deepEqual(
			(await imports.gather(place, box())).map(({ text }) => text),
			['pub fn total(items: []Item) u32'],
		);
	});

	it('waits for a slow language server once, and goes on without it', async () => {
		const { at, editor, imports, box, clock } = house();
		editor.held = new Promise(() => undefined);
		editor.disk.set('src/cart.ts', CART);
		const place = at(
			"import { a } from 'one';\nimport { b } from 'two';\nimport { half } from './cart';\na(b(█",
		);
		const gathering = imports.gather(place, box());
		await clock.pass(80);
		assert.deepEqual(
			(await gathering).map(({ path }) => path),
			['src/cart.ts'],
		);
	});

	it('asks again for a file, or for what it declares, that nobody brought in time', async () => {
		const { at, editor, imports, box, clock } = house();
		editor.disk.set('src/cart.ts', CART);
		editor.disk.set('src/total.zig', 'pub fn total() u32 {\n    return 0;\n}\n');
		editor.definitionOf.set('total', 'src/total.zig');
		editor.symbols.set('src/total.zig', [{ name: 'total', kind: 'function', start: 0, end: 3, members: [] }]);
		const place = at("import { half } from './cart';\nimport { total } from 'total';\nhalf(total(█");
		editor.heldOutside = new Promise(() => undefined);
		const late = imports.gather(place, box());
		await clock.pass(2_000);
		assert.deepEqual(await late, []);
		editor.heldOutside = undefined;
		assert.deepEqual((await imports.gather(place, box())).map(({ path }) => path).sort(), [
			'src/cart.ts',
			'src/total.zig',
		]);
	});

	it('follows Python', async () => {
		const { at, editor, imports, box } = house();
		editor.disk.set(
			'shop/cart.py',
			'class Cart(Base):\n    def __init__(self, owner: str) -> None:\n        self.owner = owner\n\n    def _hidden(self):\n        pass\n\n    def add(self, item: Item) -> None:\n        pass\n\ndef total(\n    items: list[Item],\n) -> int:\n    return 0\n',
		);
		const place = at('from .cart import Cart, total\n\ntotal(█', 'shop/main.py');
		assert.deepEqual(
			(await imports.gather(place, box())).map(({ text }) => text.split('\n')),
			[
				[
					'class Cart(Base):',
					'    def __init__(self, owner: str) -> None:',
					'    def add(self, item: Item) -> None:',
					'def total(',
					'    items: list[Item],',
					') -> int:',
				],
			],
		);
	});

	it('never reads an excluded module', async () => {
		const all = contextHouse({ excluded: (path) => (path.endsWith('cart.ts') ? 'Excluded.' : undefined) });
		all.editor.disk.set('src/cart.ts', CART);
		const place = all.at("import { total } from './cart';\ntotal(█");
		assert.deepEqual(await new Imports(all.library).gather(place, all.box()), []);
	});
});

describe('context: import statements', () => {
	for (const [path, head, expected] of [
		['a.ts', "import Default, { one, two as other } from './m';", 'default Default, one one, two other'],
		['a.ts', "import * as all from './m';", ''],
		['a.ts', "import type {\n\tOne,\n\tTwo,\n} from './m';", 'One One, Two Two'],
		['a.js', "const { one, two } = require('./m');", 'one one, two two'],
		['a.py', 'from a.b import (\n    one,\n    two as other,\n)', 'one one, two other'],
		['a.py', 'import a.b', ''],
		['A.java', 'import com.shop.Cart;', 'Cart Cart'],
		['a.rs', 'use crate::shop::{Cart, Item};', 'Cart Cart, Item Item'],
		['a.cpp', '#include "cart.h"', ''],
	] as const) {
		it(`${path}: ${JSON.stringify(head)}`, () => {
			const statements = importStatements(`// head\n${head}\n`, path);
			assert.equal(statements.length, 1);
			const [statement] = statements;
			assert.equal(statement?.names.map(({ name, local }) => `${name} ${local}`).join(', '), expected);
			for (const { local, position } of statement?.names ?? []) {
				const line = `// head\n${head}\n`.split('\n')[position.line] ?? '';
				assert.ok(line.slice(position.character).startsWith(local), `${local} in ${line}`);
			}
		});
	}

	it('knows where a module may lie', () => {
		assert.deepEqual(moduleFiles('./cart.js', 'a.ts'), ['./cart.ts', './cart.tsx', './cart.js']);
		assert.equal(moduleFiles('./cart', 'a.ts')[0], './cart.ts');
		assert.deepEqual(moduleFiles('lodash', 'a.ts'), []);
		assert.deepEqual(moduleFiles('..a.b', 'a.py'), ['../a/b.py', '../a/b/__init__.py']);
		assert.deepEqual(moduleFiles('.', 'a.py'), ['__init__.py']);
		assert.equal(moduleFiles('cart.h', 'a.cpp')[0], 'cart.h');
		assert.deepEqual(moduleFiles('com.shop.', 'A.java'), []);
	});
});
