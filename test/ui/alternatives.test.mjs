/** More than one text: asked for by hand, gone round with the editor's own keys, taken word by word and line by line. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { root, useWorkbench } from './session.mjs';

/** Milliseconds for one text to be shown. */
const LIMIT = 10_000;
/** Milliseconds for the editor to do what a key says. */
const PATIENCE = 1_000;

/** What the scripted model writes in an empty function; see alternativesHost.entry.ts. */
const TEXTS = [
	'const first = a + b; const twice = first * 2; return twice;',
	'let second = a - b; return second;',
	'return Math.max(a, b);',
];

/** The editor draws indentation as it likes. */
const words = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** The editor has no key of its own for some of what it can do. */
const KEYS = [
	{ key: 'alt+\\', command: 'editor.action.inlineSuggest.trigger' },
	{ key: 'alt+l', command: 'editor.action.inlineSuggest.acceptNextLine' },
];

/**
 * A workbench whose model is scripted.
 *
 * @param {Record<string, unknown>} settings
 */
function useScripted(settings) {
	let asked = '';
	const session = useWorkbench((sample) => {
		// familiar.host.nodePath names the program that runs the host; this one runs a host with a scripted model.
		const program = path.join(sample.folder, 'alternatives-node');
		const host = path.join(root, 'out/test/support/alternativesHost.entry.mjs');
		asked = path.join(sample.folder, 'asked.jsonl');
		fs.writeFileSync(asked, '');
		fs.writeFileSync(
			program,
			`#!/bin/sh\nshift\nFAMILIAR_TEST_ASKED="${asked}" exec "${process.execPath}" "${host}" "$@"\n`,
			{ mode: 0o755 },
		);
		fs.mkdirSync(path.join(sample.userData, 'User'), { recursive: true });
		fs.writeFileSync(path.join(sample.userData, 'User/keybindings.json'), JSON.stringify(KEYS));
		return { 'familiar.host.nodePath': program, ...settings };
	});

	/** What the model was asked, in order. */
	const questions = () =>
		fs
			.readFileSync(asked, 'utf8')
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line));

	const press = (key) => session.workbench.page.keyboard.press(key);

	/** The ghost text, its lines as they stand on the screen: those below the first are drawn apart. */
	async function shown() {
		const pieces = await session.workbench.ghost().evaluateAll((elements) =>
			elements
				.map((element) => ({ text: element.textContent, place: element.getBoundingClientRect() }))
				.sort(({ place: one }, { place: other }) => one.top - other.top || one.left - other.left)
				.map(({ text }) => text),
		);
		return pieces.join('').replaceAll('\u00a0', ' ');
	}

	/** Waits until the ghost text is this one, blanks apart. */
	const shows = (expected) => showsAs(words, expected);

	/** Waits until this is in the ghost text what is expected. */
	async function showsAs(read, expected, limit = LIMIT) {
		for (const deadline = Date.now() + limit; Date.now() < deadline; ) {
			if (read(await shown()) === expected) {
				return;
			}
			await session.workbench.page.evaluate(() => new Promise(requestAnimationFrame));
		}
		assert.equal(read(await shown()), expected);
	}

	/** An empty function of this name above `main`, with the cursor in it. */
	async function begin(name) {
		const { workbench, familiar } = session;
		await workbench.openFile('app.ts');
		const line = familiar.read('src/app.ts').split('\n').indexOf('export function main(): string {') + 1;
		await workbench.goto(line, 1);
		await press('Enter');
		await press('ArrowUp');
		await workbench.page.keyboard.type(`function ${name}(a: number, b: number): number {`, { delay: 25 });
		await press('Escape');
		await press('Enter');
	}

	return { session, questions, press, shown, shows, showsAs, begin };
}

describe('alternatives', () => {
	const { session, questions, press, shown, shows, showsAs, begin } = useScripted({});

	/** Goes round once, and tells what was shown. */
	async function goRound() {
		const seen = [];
		for (let time = 0; time < TEXTS.length; time++) {
			const before = words(await shown());
			seen.push(before);
			await press('Alt+]');
			await shows(TEXTS[(TEXTS.indexOf(before) + 1) % TEXTS.length]);
		}
		return seen;
	}

	it('are three on request, and the keys of the editor go round them', async () => {
		const { workbench } = session;
		await begin('one');
		await shows(TEXTS[0]);
		await press('Alt+\\');
		assert.deepEqual(await goRound(), TEXTS);
		await workbench.shot('alternatives');
		const before = questions().length;
		assert.deepEqual(await goRound(), TEXTS);
		assert.equal(questions().length, before, 'going round asks the model for nothing');
		await press('Escape');
		await workbench.runCommand('View: Revert and Close Editor');
	});

	it('keep their rest word by word and line by line, and the model is asked for nothing', async () => {
		const { workbench, familiar } = session;
		await begin('two');
		await shows(TEXTS[0]);
		await press('Alt+\\');
		await press('Alt+]');
		await shows(TEXTS[1]);
		const waitedFor = () => questions().filter(({ priority }) => priority === 'interactive');
		await until(() =>
			waitedFor().some(({ prefix, alternative }) => alternative === 2 && prefix.includes(' two(')),
		);
		const before = waitedFor().length;
		// To the editor, a blank is a word, too.
		for (const beginning of [' secon', 'second', ' = a -']) {
			await press('Control+ArrowRight');
			await showsAs((text) => text.slice(0, beginning.length), beginning);
		}
		await shows('= a - b; return second;');
		await workbench.shot('alternative by words');
		await press('Alt+l');
		await shows('return second;');
		assert.match(words(await workbench.text()), /\{ let second = a - b; return second; \}/);
		assert.equal(waitedFor().length, before, JSON.stringify(questions(), undefined, '\t'));
		// At the start of a line, the editor's Tab is for the indentation first; the rest stays for the next.
		await press('Tab');
		await showsAs((text) => text, 'return second;');
		await press('Tab');
		await shows('');
		const saved = await familiar.save('src/app.ts');
		assert.match(
			words(saved),
			/function two\(a: number, b: number\): number \{ let second = a - b; return second; \}/,
		);
	});
});

describe('alternatives, where nothing is shown unasked', () => {
	const { press, shows, showsAs, begin } = useScripted({ 'familiar.completion.trigger': 'manual' });

	it('do not hold up the first, are there as soon as they are written, and keep their rest', async () => {
		await begin('three');
		await press('Alt+\\');
		await shows(TEXTS[0]);
		// The editor asks again once it has reason to; until then its key changes nothing.
		await until(async () => {
			await press('Alt+]');
			return showsAs(words, TEXTS[1], PATIENCE).then(
				() => true,
				() => false,
			);
		});
		for (const text of [TEXTS[2], TEXTS[0], TEXTS[1]]) {
			await press('Alt+]');
			await shows(text);
		}
		await press('Control+ArrowRight');
		await shows('second = a - b; return second;');
		await press('Alt+l');
		await shows('return second;');
	});
});

/** Waits for something that no event tells. */
async function until(condition) {
	for (const deadline = Date.now() + LIMIT; Date.now() < deadline; ) {
		if (await condition()) {
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	assert.fail('It never came.');
}
