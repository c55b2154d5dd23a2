/** What stands in a prompt: nothing secret, nothing excluded, the same while one line is typed at, within its room. */
import * as assert from 'node:assert/strict';
import type { ContextDocument } from '../../../../src/completion/context/chunk';
import { ContextGatherer } from '../../../../src/completion/context/gatherer';
import type { Cursor } from '../../../../src/completion/cursor';
import type { ContextFile } from '../../../../src/inference/model';
import { type ContextSwitches, settings } from '../../../../src/manifest';
import { FakeClock, settle } from '../../../support/fakeClock';
import { cursorAtPath, FAKE_KEY, FakeDocument, FakeEditor, like, roomOf } from '../../../support/fakeContext';
import { silentLog } from '../../../support/silentLog';

const ROOM = roomOf(4_096);
const ALL: ContextSwitches = {
	imports: true,
	recent: true,
	similar: true,
	edits: true,
	problems: true,
	copied: true,
};

/** `typed` stands at the cursor, in the line behind the like one. */
function source(typed: string): string {
	return `export function loadUser(database, key) {\n	const row = database.find(key);\n	${typed}█\n}\n\nother();`;
}

function house(switches: ContextSwitches = settings.completionContext.default) {
	const editor = new FakeEditor();
	const clock = new FakeClock();
	const excluded = new Set<string>();
	const gatherer = new ContextGatherer({
		editor,
		switches,
		excluded: (path) => (excluded.has(path) ? 'A rule says so.' : undefined),
		log: silentLog,
		clock,
		turn: () => Promise.resolve(),
	});
	let changes = 0;
	gatherer.onDidChange(() => {
		changes++;
	});
	const at = (typed: string) => cursorAtPath(source(typed), 'src/user.ts');
	const show = (document: ContextDocument) => {
		editor.open.unshift(document);
		gatherer.shown(document);
	};
	return {
		editor,
		clock,
		excluded,
		gatherer,
		at,
		show,
		changes: () => changes,
		open(path: string, text: string) {
			const document = new FakeDocument(path, text);
			show(document);
			return document;
		},
		async visit(cursor: Cursor) {
			gatherer.visit(cursor);
			await clock.pass(5_000);
		},
		paths: (cursor: Cursor, room = ROOM) => gatherer.chosenFor(cursor, room).files.map(({ path }) => path),
		text: (cursor: Cursor) =>
			gatherer
				.chosenFor(cursor, ROOM)
				.files.map(({ text }) => text)
				.join('\n'),
	};
}

describe('context: gatherer', () => {
	it('answers at once with nothing, then with what was gathered, and says so', async () => {
		const { open, at, paths, visit, changes, gatherer } = house();
		open('src/order.ts', like('Order'));
		assert.deepEqual(paths(at('')), []);
		await visit(at(''));
		assert.deepEqual(paths(at('')), ['src/order.ts']);
		assert.equal(changes(), 1);
		const { notes } = gatherer.chosenFor(at(''), ROOM);
		assert.deepEqual(
			notes.map(({ source: name, items }) => [name, items]),
			[['similar', 1]],
		);
		assert.ok((notes[0]?.characters ?? 0) > like('Order').length);
	});

	it('never shows a neighbouring file with a secret in it, nor one that is excluded or has a secret name', async () => {
		const { editor, excluded, open, at, visit, gatherer } = house(ALL);
		const key = `const key = '${FAKE_KEY}';`;
		editor.disk.set('src/order.ts', `${like('Order')}\n${'//\n'.repeat(500)}${key}`);
		editor.disk.set('src/.env.ts.env', like('Env'));
		editor.disk.set('src/hidden.ts', like('Hidden'));
		excluded.add('/repository/src/hidden.ts');
		const keys = open('src/keys.ts', `${like('Keys')}\n${key}`);
		const hidden = open('src/hidden.ts', like('Hidden'));
		for (const document of [keys, hidden]) {
			gatherer.looked(document, 2);
			gatherer.copied(document, { start: 0, end: 7 });
			gatherer.changed(document, [document.replace(1, 2, '	const row = database.search(key);')]);
		}
		editor.found = [{ line: 2, severity: 'error', message: `cannot use ${FAKE_KEY}` }];
		editor.disk.set('src/plain.ts', like('Plain'));
		await visit(at(''));
		const { files } = gatherer.chosenFor(at(''), roomOf(100_000));
		assert.deepEqual(
			files.map(({ path }) => path),
			['src/plain.ts'],
		);
		assert.ok(!JSON.stringify(files).includes(FAKE_KEY));
	});

	it('lets go at once of what is excluded meanwhile', async () => {
		const { excluded, open, at, visit, paths } = house();
		open('src/order.ts', like('Order'));
		await visit(at(''));
		assert.deepEqual(paths(at('r')), ['src/order.ts']);
		excluded.add('/repository/src/order.ts');
		assert.deepEqual(paths(at('re')), []);
	});

	it('gives the same answer at each keystroke in one line, whatever happens meanwhile', async () => {
		const { open, at, visit, gatherer, text, clock, changes, show } = house();
		const order = open('src/order.ts', like('Order'));
		const own = new FakeDocument('src/user.ts', source('').replace('█', ''));
		show(own);
		await visit(at(''));
		const first = gatherer.chosenFor(at(''), ROOM);
		for (const typed of ['i', 'if', 'if (', 'if (row', 'if (row === undefined) {']) {
			gatherer.changed(own, [own.replace(2, 3, `	${typed}`)]);
			gatherer.changed(order, [order.replace(0, 1, `export function ${typed}() {`)]);
			open(`src/${typed.length}.ts`, like(`Other${typed.length}`));
			gatherer.visit(at(typed));
			await clock.pass(200);
			assert.deepEqual(gatherer.chosenFor(at(typed), ROOM), first, typed);
		}
		assert.equal(changes(), 0 + 1);
		assert.match(text(at('if (row === undefined) {')), /loadOrder/);
	});

	it('takes over what was gathered when somebody rests after leaving the line', async () => {
		const { open, at, visit, gatherer, paths, clock, changes } = house();
		open('src/order.ts', like('Order'));
		await visit(at(''));
		paths(at(''));
		const document = open('src/item.ts', like('Item'));
		gatherer.changed(document, [document.replace(0, 1, 'export function loadItem(database, key): Item {')]);
		const next = at('if (row === undefined) {\n		');
		gatherer.visit(next);
		await clock.pass(250);
		assert.deepEqual(paths(next), ['src/order.ts']);
		await clock.pass(300);
		assert.equal(changes(), 2);
		const now = paths(next);
		// What stays keeps its place.
		assert.equal(now[0], 'src/order.ts');
		assert.ok(now.includes('src/item.ts'), now.join(' '));
	});

	it('gathers nothing again at another key in the same line', async () => {
		const { open, at, visit, paths, changes } = house();
		open('src/order.ts', like('Order'));
		await visit(at(''));
		assert.deepEqual(paths(at('')), ['src/order.ts']);
		open('src/item.ts', like('Item'));
		await visit(at('i'));
		assert.deepEqual(paths(at('i')), ['src/order.ts']);
		assert.equal(changes(), 1);
		await visit(at('i\n'));
		assert.equal(paths(at('i\n')).length, 2);
		assert.equal(changes(), 2);
	});

	it('changes nothing while somebody types, told key by key; what the engine asks for is no key', async () => {
		const { open, at, visit, gatherer, paths, clock, changes } = house();
		open('src/order.ts', like('Order'));
		await visit(at(''));
		paths(at(''));
		open('src/item.ts', like('Item'));
		gatherer.visit(at('if (a) {\n'));
		await clock.pass(250);
		gatherer.visit(at('if (a) {\nb'));
		await clock.pass(1_900);
		assert.equal(changes(), 1);
		// As for what follows a text: somewhere else than somebody stands.
		paths(at('if (a) {\nb();\n'));
		await clock.pass(200);
		assert.equal(changes(), 2);
	});

	it('shows what it had no time to find again, in the same document only', async () => {
		const { editor, at, visit, paths, clock } = house();
		editor.disk.set('src/order.ts', like('Order'));
		await visit(at(''));
		assert.deepEqual(paths(at('')), ['src/order.ts']);
		await clock.pass(60_000);
		editor.heldOutside = new Promise(() => undefined);
		await visit(at('if (a) {\n'));
		assert.deepEqual(paths(at('if (a) {\n')), ['src/order.ts']);
		const other = cursorAtPath(source(''), 'src/account.ts');
		await visit(other);
		assert.deepEqual(paths(other), []);
	});

	it('of what it had no time to find again, shows sixteen chunks of a source: the first', async () => {
		const { editor, visit, paths, clock } = house();
		const numbers = Array.from({ length: 20 }, (_, index) => index);
		for (const number of numbers) {
			editor.disk.set(`lib/module${number}.ts`, `export function helper${number}(): void {\n}`);
		}
		const head = numbers
			.map((number) => `import { helper${number} } from '../lib/module${number}';`)
			.join('\n');
		const place = (typed: string) => cursorAtPath(`${head}\n${'\n'.repeat(60)}${typed}█`, 'src/user.ts');
		const used = place('helper19(');
		await visit(used);
		assert.equal(paths(used, roomOf(100_000)).length, 20);
		await clock.pass(60_000);
		editor.heldOutside = new Promise(() => undefined);
		const next = place('helper19();\nhelper18(');
		await visit(next);
		const kept = paths(next, roomOf(100_000));
		assert.equal(kept.length, 16);
		assert.ok(kept.includes('lib/module19.ts'), kept.join(' '));
	});

	it('never shows a document as it was beside how it is, whatever else was not found again', async () => {
		const { editor, open, visit, text, clock } = house({ ...ALL, similar: false });
		const cart = open('lib/cart.ts', 'export function total(first): void {\n}');
		editor.disk.set(cart.path, cart.text);
		editor.disk.set('lib/late.ts', 'export function late(): void {\n}');
		const head = "import { total } from '../lib/cart';\nimport { late } from '../lib/late';\n";
		const place = (typed: string) => cursorAtPath(`${head}total(late(${typed}█`, 'src/user.ts');
		await visit(place(''));
		assert.match(text(place('')), /total\(first\)/);
		cart.replace(0, 1, 'export function total(second): void {');
		await clock.pass(60_000);
		editor.heldOutside = new Promise(() => undefined);
		await visit(place('\n'));
		assert.match(text(place('\n')), /late\(\)/);
		assert.match(text(place('\n')), /total\(second\)/);
		assert.doesNotMatch(text(place('\n')), /total\(first\)/);
	});

	it('lets go at once of what lies outside of the workspace, where somebody writes elsewhere', async () => {
		const { at, show, visit, paths } = house();
		show(new FakeDocument('src/loose.ts', like('Loose'), false));
		await visit(at(''));
		assert.deepEqual(paths(at('')), ['src/loose.ts']);
		assert.deepEqual(paths(cursorAtPath(source(''), 'lib/user.ts')), []);
	});

	it('reads a document anew that was closed and opened again, under the same version', async () => {
		const { editor, open, visit, text, gatherer } = house();
		const total = (argument: string) => `export function total(${argument}): void {\n}`;
		editor.disk.set('lib/cart.ts', total('first'));
		const first = [
			open('lib/cart.ts', total('first')),
			open('lib/order.ts', 'nothing(like);\n'.repeat(60)),
			open('lib/item.ts', like('Item')),
			open('lib/bill.ts', like('Bill')),
		];
		const place = (typed: string) =>
			cursorAtPath(`import { total } from '../lib/cart';\n${source(typed)}`, 'src/user.ts');
		await visit(place(''));
		assert.match(text(place('')), /total\(first\): void$/m);
		assert.match(text(place('')), /loadItem/);
		editor.open = [];
		for (const { uri } of first) {
			gatherer.closed(uri);
		}
		open('lib/cart.ts', `// It has moved.\n${total('second')}`);
		open('lib/order.ts', like('Order'));
		open('lib/bill.ts', like('Receipt'));
		open('lib/item.ts', `${like('Item')}\n${'//\n'.repeat(500)}const key = '${FAKE_KEY}';`);
		await visit(place('if (a) {\n'));
		const now = text(place('if (a) {\n'));
		assert.match(now, /total\(second\): void$/m);
		assert.doesNotMatch(now, /It has moved\.\n.*: void$/m);
		assert.match(now, /loadOrder/);
		assert.doesNotMatch(now, /loadItem/);
		assert.match(now, /loadReceipt/);
		assert.doesNotMatch(now, /loadBill/);
	});

	it('keeps within its room, by whole lines', async () => {
		const { open, at, visit, gatherer } = house();
		for (const name of ['Order', 'Item', 'Invoice', 'Receipt', 'Customer']) {
			open(`src/${name}.ts`, like(name));
		}
		await visit(at(''));
		for (const room of [4_096, 600, 300, 50, 0]) {
			const { files } = gatherer.chosenFor(at(''), roomOf(room));
			const size = files.reduce((sum, { path, text }) => sum + path.length + text.length, 0);
			assert.ok(size <= room, `${size} of ${room}`);
			for (const { path, text } of files) {
				const whole = like(path.replace(/^src\/|\.ts$/g, ''));
				assert.ok(`${whole}\n`.includes(`${text}\n`) && text.split('\n').length >= 4, text);
			}
		}
	});

	it('has what it gathered counted: before it is taken, and for the first question right after it', async () => {
		const { open, at, visit, gatherer, clock, changes } = house();
		open('src/order.ts', like('Order'));
		const counted: string[][] = [];
		let tokens = 40;
		const room = {
			tokens: 100,
			tokensOf: () => tokens,
			count: async (files: readonly ContextFile[]) => {
				counted.push(files.map(({ path }) => path));
				tokens = 200;
			},
		};
		const seen = () => gatherer.chosenFor(at(''), room).files.map(({ text }) => text);
		await visit(at(''));
		assert.deepEqual(counted, []);
		assert.deepEqual(seen(), [like('Order')]);
		await clock.pass(1_000);
		// Nobody's prompt changes under what is typed because of it.
		assert.deepEqual([seen(), tokens], [[like('Order')], 200]);
		// What was found, and what stands in the prompt.
		assert.deepEqual(counted, [['src/order.ts', 'src/order.ts']]);
		await clock.pass(5_000);
		assert.equal(changes(), 2);
		assert.notDeepEqual(seen(), [like('Order')]);
		tokens = 40;
		await visit(at('if (a) {\n'));
		assert.equal(counted.length, 2);
	});

	for (const [what, count] of [
		['takes too long', () => new Promise<void>(() => undefined)],
		['fails', () => Promise.reject(new Error('broken'))],
	] as const) {
		it(`goes by what it reckons where counting ${what}`, async () => {
			const { open, at, visit, gatherer } = house();
			const room = { ...ROOM, count };
			gatherer.chosenFor(at(''), room);
			open('src/order.ts', like('Order'));
			await visit(at('if (a) {\n'));
			const { files } = gatherer.chosenFor(at('if (a) {\n'), room);
			assert.deepEqual(
				files.map(({ path }) => path),
				['src/order.ts'],
			);
		});
	}

	it('takes nothing of a place that was left while it was counted', async () => {
		const { open, at, gatherer, clock, changes } = house();
		const counting: AbortSignal[] = [];
		const room = {
			...ROOM,
			count: (_files: readonly ContextFile[], signal: AbortSignal) => {
				counting.push(signal);
				return new Promise<void>(() => undefined);
			},
		};
		gatherer.chosenFor(at(''), room);
		await clock.pass(5_000);
		assert.deepEqual([counting.length, counting[0]?.aborted], [1, true], 'nobody counts for ever');
		open('src/order.ts', like('Order'));
		gatherer.visit(at('if (a) {\n'));
		await clock.pass(100);
		assert.deepEqual([counting.length, counting[1]?.aborted], [2, false]);
		gatherer.visit(cursorAtPath('█', 'src/elsewhere.ts'));
		await settle();
		assert.deepEqual([counting[1]?.aborted, changes()], [true, 0]);
	});

	it('asks only the sources that are on', async () => {
		const { open, at, visit, paths, gatherer } = house({ ...ALL, similar: false });
		const order = open('src/order.ts', like('Order'));
		await visit(at(''));
		assert.deepEqual(paths(at('')), []);
		gatherer.copied(order, { start: 0, end: 4 });
		gatherer.configure(ALL);
		await visit(at('if (a) {\n'));
		assert.ok(paths(at('if (a) {\n')).includes('src/order.ts'));
		gatherer.configure({ ...ALL, similar: false, copied: false });
		assert.deepEqual(paths(at('if (a) {\n')), []);
	});

	it('goes on without a source that fails', async () => {
		const { editor, open, at, visit, paths } = house();
		open('src/order.ts', like('Order'));
		const broken = cursorAtPath(`import { a } from 'b';\n${source('')}`, 'src/user.ts');
		editor.definitions = async () => {
			throw new Error('broken');
		};
		await visit(broken);
		assert.deepEqual(paths(broken), ['src/order.ts']);
		assert.deepEqual(paths(at('')), ['src/order.ts']);
	});

	it('shows what was edited elsewhere, and forgets all of it when told', async () => {
		const { open, at, visit, text, gatherer } = house({ ...ALL, similar: false, recent: false });
		const order = open('src/order.ts', like('Order'));
		gatherer.changed(order, [order.replace(1, 2, '	const row = database.search(key);')]);
		await visit(at(''));
		assert.match(
			text(at('')),
			/-\tconst row = database.find\(key\);\n\+\tconst row = database.search\(key\);/,
		);
		gatherer.forget();
		assert.equal(text(at('')), '');
		await visit(at(''));
		assert.equal(text(at('')), '');
	});

	it('shows the errors near the cursor and what was copied, where they are wanted', async () => {
		const { editor, open, at, visit, text, gatherer } = house({ ...ALL, similar: false });
		editor.found = [
			{ line: 1, severity: 'warning', message: "'row' is never read.\nMore of it." },
			{ line: 90, severity: 'error', message: 'far away' },
		];
		const order = open('src/order.ts', like('Order'));
		gatherer.copied(order, { start: 1, end: 5 });
		await visit(at(''));
		assert.match(
			text(at('')),
			/throw new MissingRow[\s\S]*\nsrc\/user\.ts:2: warning: 'row' is never read\.$/,
		);
		order.replace(0, 7, 'gone();');
		await visit(at('if (a) {\n'));
		assert.doesNotMatch(text(at('if (a) {\n')), /MissingRow/);
	});

	it('shows what was copied of a document that was closed as long as it says that on the disk', async () => {
		const { editor, open, at, visit, text, gatherer, clock } = house({ ...ALL, similar: false });
		const order = open('src/order.ts', like('Order'));
		gatherer.copied(order, { start: 1, end: 5 });
		editor.open = [];
		editor.disk.set('src/order.ts', like('Order'));
		gatherer.closed(order.uri);
		await visit(at(''));
		assert.match(text(at('')), /MissingRow/);
		editor.disk.set('src/order.ts', 'gone();');
		await clock.pass(60_000);
		await visit(at('if (a) {\n'));
		assert.doesNotMatch(text(at('if (a) {\n')), /MissingRow/);
	});
});
