/** The chart of a training run: every point within its frame, in the order of its values, and ticks at round numbers. */
import * as assert from 'node:assert/strict';
import { chartSvg } from '../../../models/recipe/plot/chart';

const AXES = { title: 'Loss', x: 'tokens', y: 'nats' } as const;

/** Coordinates of the dots, in the order of the lines. */
function dots(svg: string): readonly (readonly [x: number, y: number])[] {
	return [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

/** What stands at the axes: below the chart, and to the left of it. */
function ticks(svg: string, anchor: 'middle' | 'end'): readonly string[] {
	const texts = [...svg.matchAll(/text-anchor="(\w+)" font-size="12"[^>]*>([^<]*)</g)];
	return texts
		.filter(([, at, text]) => at === anchor && /^[\d.e-]+$/.test(text ?? ''))
		.map(([, , text]) => text ?? '');
}

describe('recipe/plot/chart', () => {
	it('has what is larger further to the right and further up, all of it inside', () => {
		const points = [
			[0, 4],
			[50, 3],
			[100, 2],
		] as const;
		const svg = chartSvg({ ...AXES, lines: [{ name: 'one', points, isDots: true }] });
		const [first, second, third] = dots(svg);
		assert.ok(first && second && third);
		// Half of the values is half of the way.
		assert.ok(Math.abs(second[0] - (first[0] + third[0]) / 2) <= 0.1, svg);
		assert.ok(Math.abs(second[1] - (first[1] + third[1]) / 2) <= 0.1, svg);
		assert.ok(first[0] < third[0] && first[1] < third[1], svg);
		for (const [x, y] of [first, third]) {
			assert.ok(x > 56 && x < 704 && y > 40 && y < 352, svg);
		}
	});

	it('counts in round numbers', () => {
		const points = [
			[0, 1],
			[1e6, 1.9],
		] as const;
		const svg = chartSvg({ ...AXES, lines: [{ name: 'one', points }] });
		assert.deepEqual(ticks(svg, 'middle'), ['0', '2e5', '4e5', '6e5', '8e5', '1e6']);
		assert.deepEqual(ticks(svg, 'end'), ['1', '1.2', '1.4', '1.6', '1.8']);
	});

	it('has a power of ten as far from the last as from the next where it is logarithmic', () => {
		const points = [
			[1e3, 1],
			[1e4, 2],
			[1e5, 3],
		] as const;
		const svg = chartSvg({ ...AXES, isLogarithmic: true, lines: [{ name: 'one', points, isDots: true }] });
		const [first, second, third] = dots(svg);
		assert.ok(first && second && third);
		assert.ok(Math.abs(second[0] - (first[0] + third[0]) / 2) <= 0.1, svg);
		assert.deepEqual(ticks(svg, 'middle'), ['1000', '2000', '5000', '10000', '20000', '50000', '1e5']);
	});

	it('draws each line in a colour of its own, one that has no spread too', () => {
		const points = [[1, 1]] as const;
		const svg = chartSvg({
			...AXES,
			lines: [
				{ name: 'one', points },
				{ name: 'other', points },
			],
		});
		const colours = [...svg.matchAll(/<polyline[^>]*stroke="(#\w+)"[^>]*points="([\d.]+),([\d.]+)"/g)];
		assert.equal(new Set(colours.map(([, colour]) => colour)).size, 2);
		assert.doesNotMatch(svg, /NaN|Infinity/);
	});

	it('has names as they are, whatever signs stand in them', () => {
		const svg = chartSvg({ ...AXES, title: 'a < b & c', lines: [{ name: '<one>', points: [[1, 1]] }] });
		assert.ok(svg.includes('<title>a &lt; b &amp; c</title>') && svg.includes('>&lt;one></text>'), svg);
	});

	it('says where there is nothing to draw', () => {
		assert.throws(
			() => chartSvg({ ...AXES, lines: [{ name: 'one', points: [] }] }),
			/^Error: Loss: there is nothing/,
		);
	});
});
