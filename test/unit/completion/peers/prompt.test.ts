/** What the model reads: each test names a way in which other tools make it read too little, anew or in another's format. */
import * as assert from 'node:assert/strict';
import { ContextGatherer } from '../../../../src/completion/context/gatherer';
import { settings } from '../../../../src/manifest';
import { brief, house } from '../../../support/completionHouse';
import { FakeClock } from '../../../support/fakeClock';
import { cursorAtPath, FakeDocument, FakeEditor, like } from '../../../support/fakeContext';
import { fakeDescription, fakeFill } from '../../../support/fakeModel';
import { cursorIn } from '../../../support/marked';
import { silentLog } from '../../../support/silentLog';

describe('peers: prompts', () => {
	it('while a line is typed, all before the typed text stays, whatever other files say meanwhile', async () => {
		const editor = new FakeEditor();
		const clock = new FakeClock();
		const context = new ContextGatherer({
			editor,
			switches: settings.completionContext.default,
			excluded: () => undefined,
			log: silentLog,
			clock,
			turn: () => Promise.resolve(),
		});
		const { model, get } = house({ context });
		model.onFill = () => '';
		const open = (name: string) => {
			const document = new FakeDocument(`src/${name.toLowerCase()}.ts`, like(name));
			editor.open.unshift(document);
			context.shown(document);
			return document;
		};
		const order = open('Order');
		const above = 'export function loadUser(database, key) {\n	const row = database.find(key);\n';
		const at = (typed: string) => cursorAtPath(`${above}	${typed}█\n}\n`, 'src/user.ts');
		context.visit(at(''));
		await clock.pass(5_000);
		for (const [number, typed] of ['i', 'if ', 'if (r', 'if (row'].entries()) {
			await get(at(typed));
			context.changed(order, [order.replace(0, 1, `export function load${number}(database) {`)]);
			// A look at another file, and back: all is gathered anew.
			const item = open(`Item${number}`);
			context.visit(cursorAtPath(`${item.text}█`, item.path));
			context.visit(at(typed));
			await clock.pass(250);
		}
		const read = model.fills.map(({ request }) => request);
		assert.deepEqual(
			read.map(({ typed }) => typed),
			['	i', '	if ', '	if (r', '	if (row'],
		);
		const stable = read.map(({ files, prefix, suffix }) => ({ files, prefix, suffix }));
		assert.deepEqual(
			stable[0]?.files.map(({ path }) => path),
			['src/order.ts'],
		);
		assert.deepEqual(stable, Array(4).fill(stable[0]));
		// What other files say is no part of this one.
		assert.equal(stable[0]?.prefix, above);
	});

	it('a huge file is completed as a small one is, by whole blocks', async () => {
		const { model, get } = house();
		model.onFill = () => '\n\ta();\n\tb();\n}\nnever();';
		const lines = 'const something = other(thing);\n'.repeat(20_000);
		const outcome = await get(cursorIn(`${lines}function f() {█\n\n${lines}`));
		assert.equal(brief(outcome), 'model: \n\ta();\n\tb();\n}');
		const { prefix = '', suffix = '' } = model.fills[0]?.request ?? {};
		assert.ok(prefix.length > 1_000 && suffix.length > 200 && prefix.length + suffix.length < 8_192);
	});

	it('the name of a model decides nothing: one that nobody knows is asked the same as one that all know', async () => {
		const { model, get } = house();
		model.onFill = () => 'text';
		const names = [
			['qwen2.5-coder-7b', 'qwen'],
			['CodeLlama-7b-Instruct', 'codellama'],
			['my-own-7', 'unknown'],
		] as const;
		for (const [name, family] of names) {
			const fill = { ...fakeFill, family };
			model.change({ type: 'ready', model: { ...fakeDescription, name, path: `/${name}.gguf`, fill } });
			const outcome = await get(cursorIn('function f() {\n\ta = █\n}\n'));
			assert.equal(brief(outcome), 'model: text', name);
		}
		const requests = model.fills.map(({ request }) => request);
		assert.equal(requests[0]?.typed, '\ta = ');
		assert.deepEqual(requests, Array(names.length).fill(requests[0]));
	});
});
