/** Places in files are read from the errors of many programs, and from nothing else. */
import * as assert from 'node:assert/strict';
import { MAX_PLACES, placesIn } from '../../../../src/chat/context/places';

describe('chat/context/places', () => {
	const named = (text: string) => placesIn(text).map(({ path, line }) => `${path}:${line}`);

	for (const [what, text, expected] of [
		[
			'Node.js',
			'    at total (/w/src/cart.ts:12:9)\n    at async main (file:///w/src/app.ts:3:1)',
			['/w/src/cart.ts:12', '/w/src/app.ts:3'],
		],
		['a browser', 'total@http://localhost:5173/src/cart.ts?t=17:12:9', ['/src/cart.ts:12']],
		['a bundler', 'at total (webpack://app/./src/cart.ts:12:9)', ['/./src/cart.ts:12']],
		['Windows', '    at total (C:\\w\\src\\cart.ts:12:9)', ['C:/w/src/cart.ts:12']],
		['Node.js on Windows', 'at total (file:///C:/w/src/cart.ts:12:9)', ['C:/w/src/cart.ts:12']],
		[
			'addresses',
			'at total (file:///w/a%20dir/cart%23.ts:12:9)\n  at main (http://localhost/b%20c/app.ts:3:1)',
			['/w/a dir/cart#.ts:12', '/b c/app.ts:3'],
		],
		['an address with signs of its own', 'at x (file:///w/100%/cart.ts:12:9)', ['/w/100%/cart.ts:12']],
		['a path with %20 in it', 'at /w/a%20b/cart.ts:12:9', ['/w/a%20b/cart.ts:12']],
		['Python', '  File "/w/a dir/cart.py", line 12, in total\n    return sum', ['/w/a dir/cart.py:12']],
		['Java', '\tat com.shop.cart.Cart.total(Cart.java:12)', ['com/shop/cart/Cart.java:12']],
		['.NET', '   at Shop.Cart.Total() in /w/Shop/Cart.cs:line 12', ['/w/Shop/Cart.cs:12']],
		['Go', 'main.total(0x1)\n\t/w/cart/cart.go:12 +0x1d', ['/w/cart/cart.go:12']],
		['Rust', 'error[E0308]: mismatched types\n  --> src/cart.rs:12:9', ['src/cart.rs:12']],
		['Ruby', "cart.rb:12:in `total'", ['cart.rb:12']],
		['tsc', "src/cart.ts(12,9): error TS2322: Type 'A' is not assignable", ['src/cart.ts:12']],
		['gcc', 'src/cart.c:12:9: error: expected expression', ['src/cart.c:12']],
		['a person', 'Why does src/cart.ts:12 fail?', ['src/cart.ts:12']],
	] as const) {
		it(`reads those of ${what}`, () => assert.deepEqual(named(text), expected));
	}

	for (const [what, text] of [
		['a time', 'It took 12:30 and began at 9:15.'],
		['an address', 'See http://localhost:8080 and https://example.org:443/path'],
		['a version', 'node:20.1 and 1.2.3:4'],
		['code', 'const a: number = b ? c.d : 12; x.y(1, 2);'],
		['line 0', 'src/cart.ts:0:0'],
	] as const) {
		it(`takes ${what} for none`, () => assert.deepEqual(named(text), []));
	}

	it('names each once, and not more than anybody reads', () => {
		assert.deepEqual(named('a.ts:1\na.ts:1:5\na.ts:2'), ['a.ts:1', 'a.ts:2']);
		const many = Array.from({ length: 100 }, (_, index) => `at f (a.ts:${index + 1}:1)`).join('\n');
		assert.equal(named(many).length, MAX_PLACES);
	});

	it('reads a place again from what was written', () => {
		for (const text of [
			'  File "a.py", line 3',
			'at x.y.Z.f(Z.java:3)',
			'a.ts(3,4): error',
			'see a.ts:3:4',
			'at f (file:///C:/a%20b/c.ts:3:4)',
		]) {
			const [place] = placesIn(text);
			assert.deepEqual(placesIn(place?.text ?? ''), [place]);
		}
	});

	it('is not held up by a text made for it', () => {
		const took = (times: number) => {
			const { user } = process.cpuUsage();
			for (const part of ['a.', '/', 'a:', `at ${'a.'.repeat(400)}(`, ' in a:', '("', 'https://']) {
				placesIn(part.repeat((times * 1_000) / part.length));
			}
			return process.cpuUsage().user - user;
		};
		took(4);
		// Four times the text takes about four times as long; sixteen times would be a square.
		assert.ok(took(60) < 10 * Math.max(took(15), 1_000));
	});
});
