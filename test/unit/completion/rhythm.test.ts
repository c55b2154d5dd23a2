/** The typing rhythm: what counts as a keystroke, and what says nothing of how fast somebody types. */
import * as assert from 'node:assert/strict';
import type { DocumentFacts } from '../../../src/completion/cursor';
import { Rhythm } from '../../../src/completion/rhythm';
import { cursorIn } from '../../support/marked';

type Request = readonly [time: number, source: string, facts?: Partial<DocumentFacts>];

/** Milliseconds between keys after these requests, and whether the last one took something back. */
function after(requests: readonly Request[]): readonly [interval: number, isTakingBack: boolean] {
	const rhythm = new Rhythm();
	for (const [time, source, facts] of requests) {
		rhythm.observe(cursorIn(source, facts), time);
	}
	return [rhythm.interval, rhythm.isTakingBack];
}

describe('rhythm', () => {
	const start: Request = [0, '█'];
	const cases: readonly [what: string, requests: readonly Request[], expected: ReturnType<typeof after>][] = [
		['nothing yet', [], [200, false]],
		['one request', [start], [200, false]],
		['one key', [start, [150, 'a█']], [150, false]],
		['a key taken back', [start, [150, 'a█'], [300, '█']], [150, true]],
		[
			'typed on after that',
			[
				[0, 'ab█'],
				[150, 'a█'],
				[300, 'ac█'],
			],
			[150, false],
		],
		['three keys, of which the editor asked after one', [start, [360, 'abc█']], [120, false]],
		['a bracket that the editor closes', [start, [150, '(█)']], [150, false]],
		[
			'a line break with its indentation is one key',
			[
				[0, '\t\ta█'],
				[300, '\t\ta\n\t\t█'],
			],
			[300, false],
		],
		[
			'asked twice at one place',
			[
				[0, 'a█'],
				[150, 'a█'],
			],
			[200, false],
		],
		['another document', [start, [150, 'a█', { uri: 'file:///other.ts' }]], [200, false]],
		['pasted', [start, [150, 'a long text█']], [200, false]],
		['a pause to think', [start, [1_001, 'a█']], [200, false]],
		['faster than is believed', [start, [60, 'a█']], [100, false]],
		['slower than is believed', [start, [900, 'a█']], [400, false]],
	];
	for (const [what, requests, expected] of cases) {
		it(what, () => assert.deepEqual(after(requests), expected));
	}

	it('follows somebody who slows down, soon but not at once', () => {
		const rhythm = new Rhythm();
		let time = 0;
		let text = '';
		const type = (keys: number, interval: number) => {
			for (let key = 0; key < keys; key++) {
				rhythm.observe(cursorIn(`${text}█`), time);
				text += 'a';
				time += interval;
			}
			return Math.round(rhythm.interval);
		};
		assert.equal(type(20, 150), 150);
		const soon = type(8, 300);
		assert.ok(soon > 200 && soon < 250, String(soon));
		assert.equal(type(80, 300), 300);
	});
});
