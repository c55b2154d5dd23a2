/** The small parts with a state of their own: cache, pause; and rivals and sentences. */
import * as assert from 'node:assert/strict';
import { CompletionCache, type Known } from '../../../src/completion/cache';
import { findRival } from '../../../src/completion/knownRivals';
import { allReasons, cannotFill, describeReason } from '../../../src/completion/outcome';
import { Pause } from '../../../src/completion/pause';
import { FakeClock, settle } from '../../support/fakeClock';
import { cursorIn } from '../../support/marked';

describe('cache', () => {
	const text = (value: string): Known => ({ cleaned: { type: 'clean', text: value } });
	/** Where a text is stored, what it is, where it is looked for, what is found. */
	const cases: readonly [stored: string, value: string, sought: string, found: string | undefined][] = [
		['a = █', 'call();', 'a = █', 'call();'],
		['a = █', 'call();', 'a = c█', 'all();'],
		['a = █', 'call();', 'a = call();█', undefined],
		['a = █', 'call();', 'a = d█', undefined],
		['a = █', 'call();', 'a =█', undefined],
		['a = █', 'call(b);', 'a = call(█)', 'b);'],
		['a = █', 'call("b");', 'a = call("█")', 'b");'],
		['a = █', 'call(b);', 'a = call(█]', undefined],
		['a = █', 'call(b);', 'a = call█)', undefined],
		['f() {█', '\n\ta();\n}', 'f() {\n\t█', 'a();\n}'],
		['f() {█', '\n\ta();\n}', 'f() {\n\t█}', undefined],
		['a = █\nb', 'c', 'a = █\nd', undefined],
	];
	for (const [stored, value, sought, found] of cases) {
		it(`${JSON.stringify(stored)} → ${JSON.stringify(sought)}`, () => {
			const cache = new CompletionCache();
			cache.store(cursorIn(stored), text(value));
			const result = cache.find(cursorIn(sought))?.cleaned;
			assert.equal(result?.type === 'clean' ? result.text : undefined, found);
		});
	}

	it('the newest text on the way wins', () => {
		const cache = new CompletionCache();
		cache.store(cursorIn('█'), text('abcd'));
		cache.store(cursorIn('ab█'), text('xyz'));
		assert.deepEqual(cache.find(cursorIn('ab█'))?.cleaned, text('xyz').cleaned);
		assert.deepEqual(cache.find(cursorIn('abc█'))?.cleaned, text('d').cleaned);
	});
	it('keeps what was used last', () => {
		const cache = new CompletionCache();
		cache.store(cursorIn('first█'), text('one'));
		for (let entry = 0; entry < 300; entry++) {
			cache.store(cursorIn(`${entry}█`), text('x'));
			assert.ok(cache.find(cursorIn('first█')) !== undefined, String(entry));
		}
		assert.equal(cache.find(cursorIn('0█')), undefined);
	});
	it('is empty when cleared', () => {
		const cache = new CompletionCache();
		cache.store(cursorIn('█'), text('one'));
		cache.clear();
		assert.equal(cache.find(cursorIn('█')), undefined);
	});
});

describe('pause', () => {
	it('ends by itself, and says so', async () => {
		const clock = new FakeClock();
		const pause = new Pause(clock);
		const heard: boolean[] = [];
		pause.onDidChange((isPaused) => heard.push(isPaused));
		pause.pause(1_000);
		await clock.pass(400);
		assert.equal(pause.remaining, 600);
		await clock.pass(600);
		assert.deepEqual(heard, [true, false]);
		assert.equal(pause.isPaused, false);
		assert.equal(pause.remaining, undefined);
	});
	it('a second one replaces the first', async () => {
		const clock = new FakeClock();
		const pause = new Pause(clock);
		pause.pause(1_000);
		pause.pause(5_000);
		await clock.pass(2_000);
		assert.equal(pause.isPaused, true);
		pause.resume();
		assert.equal(pause.isPaused, false);
		await settle();
		assert.equal(clock.sleeping, 0);
	});
	it('without an end', async () => {
		const clock = new FakeClock();
		const pause = new Pause(clock);
		pause.pause(Number.POSITIVE_INFINITY);
		await clock.pass(1e9);
		assert.equal(pause.isPaused, true);
		assert.equal(clock.sleeping, 0);
		pause.dispose();
	});
});

describe('rivals', () => {
	const check = (
		installed: readonly [id: string, isActive: boolean][],
		settings: Readonly<Record<string, unknown>>,
		expected: string | undefined,
	) =>
		assert.equal(
			findRival(
				installed.map(([id, isActive]) => ({ id, isActive })),
				(key) => settings[key],
			)?.name,
			expected,
		);
	it('none', () => check([['vscode.git', true]], {}, undefined));
	it('installed but not active', () => check([['Continue.continue', false]], {}, undefined));
	it('active', () => check([['continue.Continue', true]], {}, 'Continue'));
	it('its own setting is off', () =>
		check([['Continue.continue', true]], { 'continue.enableTabAutocomplete': false }, undefined));
	it('Copilot', () => check([['GitHub.copilot', true]], {}, 'GitHub Copilot'));
	it('Copilot off for all languages', () =>
		check([['GitHub.copilot', true]], { 'github.copilot.enable': { '*': false } }, undefined));
	it('AI features of the editor off', () =>
		check([['GitHub.copilot', true]], { 'chat.disableAIFeatures': true }, undefined));
	it('Copilot Chat, which the editor brings and starts', () =>
		check([['GitHub.copilot-chat', true]], {}, undefined));
	it('ours is no rival', () => check([['familiar.familiar', true]], {}, undefined));
});

describe('reasons', () => {
	it('each has one sentence', () => {
		assert.ok(allReasons.length > 15);
		for (const reason of allReasons) {
			assert.match(describeReason(reason), /^[A-Z].*\.$/, reason);
		}
	});
	it('why a model cannot fill in the middle comes with what can be done', () => {
		const offer = 'Left-to-right completion can be turned on in the settings.';
		assert.equal(cannotFill('No tokens for it.'), `No tokens for it. ${offer}`);
		assert.ok(describeReason('cannot-fill').endsWith(offer));
	});
});
