/** Old texts come back only where everything is as it was: each test names a way in which other tools show stale ones. */
import * as assert from 'node:assert/strict';
import { brief, house, LONG } from '../../../support/completionHouse';
import { deferred, fakeDescription } from '../../../support/fakeModel';
import { cursorIn } from '../../../support/marked';

/** As much as a prompt holds on either side of the cursor, and no key of a cache. */
const ABOVE = 'other();\n'.repeat(140);
const BELOW = 'other();\n'.repeat(40);

describe('peers: cached texts', () => {
	/** What stood there, and what stands there when the place is asked about again. */
	const cases: readonly [name: string, before: string, after: string][] = [
		['the text below has changed', 'const a = █\nuse(a);', 'const a = █\nuse(b);'],
		['text further below has changed', `const a = █\n${BELOW}use(a);`, `const a = █\n${BELOW}use(b);`],
		[
			'text further above has changed',
			`type A = 1;\n${ABOVE}const a = █`,
			`type A = 2;\n${ABOVE}const a = █`,
		],
		['the text below has changed since it was typed along', 'const a = █\nuse(a);', 'const a = ca█\nuse(b);'],
	];
	for (const [name, before, after] of cases) {
		it(`are not shown once ${name}`, async () => {
			const { model, get } = house();
			model.onFill = ({ typed }) => (typed.endsWith('ca') ? 'tch();' : 'call();');
			assert.equal(brief(await get(cursorIn(before))), 'model: call();');
			assert.match(brief(await get(cursorIn(after))), /^model: /);
			const [one, other] = model.fills.map(({ request }) => request);
			assert.notDeepEqual([one?.prefix, one?.suffix], [other?.prefix, other?.suffix]);
		});
	}

	it('are still shown where only what no prompt holds has changed', async () => {
		const { model, get, ask } = house();
		model.onFill = () => 'call();';
		const at = (head: string) => cursorIn(`${head}${ABOVE.repeat(10)}const a = █`);
		await get(at('one();\n'));
		assert.equal(brief(await ask(at('two();\n'))), 'cache: call();');
	});

	it('that were computed ahead are not shown once the document has changed', async () => {
		const { model, clock, get } = house();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? '.two' : 'one');
		await get(cursorIn('const a = █\nuse(a);'));
		await clock.pass(LONG);
		const ahead = model.fills.length;
		assert.equal(model.fills.at(-1)?.request.typed, 'const a = one');
		assert.equal(brief(await get(cursorIn('const a = one█\nuse(b);'))), 'model: .two');
		assert.equal(model.fills.length, ahead + 1);
	});

	it('a generation under way is not joined once the text below has changed', async () => {
		const { model, clock, ask, get } = house();
		let asked = 0;
		model.onFill = () => (++asked === 1 ? { steps: ['ca', deferred().promise] } : 'talogue();');
		const first = new AbortController();
		void ask(cursorIn('const a = █\nuse(a);'), first.signal);
		await clock.pass(80);
		first.abort();
		assert.equal(brief(await get(cursorIn('const a = ca█\nuse(b);'))), 'model: talogue();');
		assert.equal(model.fills[0]?.wasAborted, true);
	});

	it('are not shown with an adapter at another strength than wrote them', async () => {
		const { model, get } = house();
		const strength = (scale: number) =>
			model.change({ type: 'ready', model: { ...fakeDescription, adapters: [{ path: '/a.gguf', scale }] } });
		strength(1);
		model.onFill = () => 'strong();';
		await get(cursorIn('const a = █'));
		strength(0.5);
		model.onFill = () => 'weak();';
		assert.equal(brief(await get(cursorIn('const a = █'))), 'model: weak();');
	});
});
