/** Generated code is found in the workspace and its dependencies, with the package and its licence. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOrigins } from '../../../../src/chat/origin/search';
import { temporaryFolder } from '../../../support/engines';

const CODE = `export function total(items) {
	const rate = items.length > 3 ? 'low' : 'high';
	let sum = 0;
	for (const item of items) {
		sum += item.price * item.count;
	}
	return sum * RATES[rate];
}
`;
const MIT = 'Permission is hereby granted, free of charge, to any person obtaining a copy of this software';

describe('chat/origin/search', () => {
	function workspace(files: Readonly<Record<string, string>>) {
		const folder = temporaryFolder();
		for (const [name, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			fs.writeFileSync(path.join(folder, name), text);
		}
		return folder;
	}

	async function find(folder: string, code = CODE, language = 'ts', given: readonly string[] = []) {
		const scope = { folders: [{ name: 'w', folder }], globs: ['**/private/**'], gitPath: undefined };
		const order = { scope, given, milliseconds: 60_000, blocks: [{ index: 0, language, code }] };
		const origins = await findOrigins(order, new AbortController().signal);
		return origins.map(({ label, otherFirst, otherLast, package: name, licence }) =>
			[`${label}:${otherFirst}-${otherLast}`, name, licence].filter(Boolean).join(', '),
		);
	}

	it('names the file, the package and its licence', async () => {
		const folder = workspace({
			'package.json': '{"dependencies":{"shop":"1"},"license":"UNLICENSED"}',
			'src/app.ts': 'total([]);',
			'node_modules/shop/package.json': '{"name":"shop","version":"1.2.3","license":"Apache-2.0"}',
			'node_modules/shop/lib/package.json': '{"type":"module"}',
			'node_modules/shop/lib/total.js': `// Totals.\n${CODE}`,
		});
		assert.deepEqual(await find(folder), ['node_modules/shop/lib/total.js:2-8, shop 1.2.3, Apache-2.0']);
	});

	it('prefers the workspace, but not a file that the model was shown, nor an excluded one', async () => {
		const folder = workspace({
			'src/total.ts': CODE,
			'src/private/total.ts': CODE,
			'node_modules/shop/package.json': '{"name":"shop","version":"1.2.3"}',
			'node_modules/shop/LICENSE': `Copyright\n\n${MIT}`,
			'node_modules/shop/total.ts': CODE,
		});
		assert.deepEqual(await find(folder), ['src/total.ts:1-7']);
		assert.deepEqual(await find(folder, CODE, '', ['src/total.ts']), [
			'node_modules/shop/total.ts:1-7, shop 1.2.3, MIT',
		]);
	});

	it('looks at languages that copy from each other', async () => {
		const folder = workspace({ 'src/total.ts': CODE });
		assert.deepEqual(await find(folder, CODE, 'python'), []);
		assert.deepEqual(await find(folder, CODE, 'javascript'), ['src/total.ts:1-7']);
	});

	it('knows the packages of Python and their licences', async () => {
		const code = Array.from({ length: 8 }, (_, line) => `value_${line} = compute(${line}, previous)`).join(
			'\n',
		);
		const packages = '.venv/lib/python3.11/site-packages';
		const folder = workspace({
			[`${packages}/shop/__init__.py`]: code,
			[`${packages}/shop-1.2.3.dist-info/METADATA`]: 'Name: shop\nLicense: BSD\n',
		});
		assert.deepEqual(await find(folder, code, 'python'), [
			`${packages}/shop/__init__.py:1-8, shop 1.2.3, BSD`,
		]);
	});

	it('knows them where Windows keeps them', async () => {
		const code = Array.from({ length: 8 }, (_, line) => `value_${line} = compute(${line}, previous)`).join(
			'\n',
		);
		const packages = '.venv/Lib/site-packages';
		const folder = workspace({
			[`${packages}/shop/__init__.py`]: code,
			[`${packages}/shop-1.2.3.dist-info/METADATA`]: 'Name: shop\nLicense: BSD\n',
		});
		assert.deepEqual(await find(folder, code, 'python'), [
			`${packages}/shop/__init__.py:1-8, shop 1.2.3, BSD`,
		]);
	});

	it('never gives a dependency the licence or the name of the workspace', async () => {
		const code = Array.from({ length: 8 }, (_, line) => `value_${line} = compute(${line}, previous)`).join(
			'\n',
		);
		const packages = '.venv/lib/python3.11/site-packages';
		const mine = { LICENSE: MIT, 'package.json': '{"name":"mine","version":"1.0.0","license":"MIT"}' };
		const wheel = workspace({
			...mine,
			[`${packages}/yaml/__init__.py`]: code,
			[`${packages}/PyYAML-6.0.dist-info/METADATA`]: 'License: BSD\n',
		});
		assert.deepEqual(await find(wheel, code, 'python'), [`${packages}/yaml/__init__.py:1-8, yaml`]);
		const vendored = workspace({ ...mine, 'vendor/shop/total.ts': CODE });
		assert.deepEqual(await find(vendored), ['vendor/shop/total.ts:1-7, shop']);
	});

	it('takes what is linked from the workspace for its own, and reads nothing beyond it', async () => {
		const folder = workspace({
			'package.json': '{"dependencies":{"a":"1","../..":"1",".":"1"}}',
			'packages/a/package.json': '{"name":"a","version":"1.0.0"}',
			'packages/a/src/total.ts': CODE,
			'packages/a/private/total.ts': CODE,
			'node_modules/b/package.json': '{}',
		});
		fs.symlinkSync('../packages/a', path.join(folder, 'node_modules/a'));
		assert.deepEqual(await find(folder, CODE, 'ts', ['packages/a/src/total.ts']), []);
		assert.deepEqual(await find(folder), ['packages/a/src/total.ts:1-7']);
	});

	it('says what it found when its time is over', async () => {
		const folder = workspace({ 'a.ts': CODE, 'b.ts': `${CODE}total([1, 2, 3], 'more', 'and more');\n` });
		const scope = { folders: [{ name: 'w', folder }], globs: [], gitPath: undefined };
		const blocks = [{ index: 3, language: 'ts', code: `${CODE}total([1, 2, 3], 'more', 'and more');` }];
		const order = { scope, given: [], milliseconds: -1, blocks };
		const origins = await findOrigins(order, new AbortController().signal);
		assert.deepEqual(
			origins.map(({ block, label, count }) => [block, label, count]),
			[[3, 'a.ts', 6]],
		);
	});

	it('finds nothing for short code, and in nothing', async () => {
		assert.deepEqual(await find(workspace({ 'a.ts': CODE }), 'const a = 1;'), []);
		assert.deepEqual(await find(workspace({})), []);
	});
});
