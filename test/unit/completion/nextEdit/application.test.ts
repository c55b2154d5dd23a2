/** Which text of the model is the edit again: an example, a line like it, and what the model makes of that. */
import * as assert from 'node:assert/strict';
import { askedFor, editor, restOf, said } from '../../../support/editingModel';

interface Case {
	readonly languageId?: string;
	/** The edited line as it was and as it is, and the line below. */
	readonly edit: readonly [was: string, is: string];
	readonly line: string;
	/** What is shown when the model writes it. */
	readonly right: string;
	/** What is not. */
	readonly wrong: string;
}

const CASES: Readonly<Record<string, Case>> = {
	'keeps a comment behind it': {
		languageId: 'python',
		edit: ['a = read(x.a)', 'a = read(x.a) or "a"'],
		line: 'b = read(x.b)  # Bee.',
		right: 'b = read(x.b) or "b"  # Bee.',
		wrong: 'b = read(x.b) or "b"',
	},
	'closes what it opens where it was opened': {
		edit: ['const z = m(a, b);', 'const z = m([a], [b]);'],
		line: 'const y = m(c(), d);',
		right: 'const y = m([c()], [d]);',
		wrong: 'const y = m([c(]), [d]);',
	},
	'keeps what the line is about': {
		edit: ['let a = total + 1;', 'let a = sum + total;'],
		line: 'let b = count + 1;',
		right: 'let b = sum + count;',
		wrong: 'let b = sum + total;',
	},
	'gives the line no new name': {
		edit: ['const total = read(1);', 'const sum = read(1, 2);'],
		line: 'const count = read(1);',
		right: 'const count = read(1);',
		wrong: 'const sum = read(1, 2);',
	},
	'is no other name alone': {
		edit: ['find(total, width);', 'find(sum, width);'],
		line: 'find(total, height);',
		right: 'find(sum, height);',
		wrong: 'find(sum, width);',
	},
	'is no longer than the edit': {
		edit: ['log(a);', "log(a, 'first of all');"],
		line: 'log(b);',
		right: "log(b, 'next of all');",
		wrong: `log(b, 'next of ${'all'.repeat(20)}');`,
	},
	'is made at the same place': {
		edit: ['log(read(a), show(b));', 'log(read(a, 1), show(b));'],
		line: 'log(read(c), show(d));',
		right: 'log(read(c, 1), show(d));',
		wrong: 'log(read(c), show(d, 1));',
	},
	'is not made once more at another': {
		edit: ['log(read(a), show(b));', 'log(read(a, 1), show(b));'],
		line: 'log(read(c), show(d));',
		right: 'log(read(c, 2), show(d));',
		wrong: 'log(read(c, 2), show(d, 2));',
	},
	'takes away what the edit took away': {
		edit: ['old(a, void 0, 1);', 'fresh(a, 0, 2);'],
		line: 'old(b, void 0, 1);',
		right: 'fresh(b, 0, 2);',
		wrong: 'fresh(b, void 0, 2);',
	},
	'says in a string what the edit said': {
		edit: ["warn('negative', x.a);", "warn('negative value', x.a);"],
		line: "warn('negative', x.b);",
		right: "warn('negative value', x.b);",
		wrong: "warn('negative thing', x.b);",
	},
	'takes no name of the example': {
		edit: ['a: read(box.size.first),', "a: read(box.size.first) ?? 'first',"],
		line: 'b: read(box.last),',
		right: "b: read(box.last) ?? 'last',",
		wrong: "b: read(box.last) ?? 'first',",
	},
	'has the names that the line has instead': {
		edit: ['setWidth(box);', 'setWidth(box, minimalWidth);'],
		line: 'setHeight(box);',
		right: 'setHeight(box, minimalHeight);',
		wrong: 'setHeight(box, minimalDepth);',
	},
	'has fields of its own that the file knows': {
		edit: ['add(apple);', 'add(apple, Colour.red);'],
		line: 'add(lemon); // Not Colour.yellow!',
		right: 'add(lemon, Colour.red); // Not Colour.yellow!',
		wrong: 'add(lemon, Colour.green); // Not Colour.yellow!',
	},
	'leaves what follows as it stands': {
		edit: ['a: [x.a, 1],', "a: [x.a ?? 'a', 1],"],
		line: 'b: [x.b, 1],',
		right: "b: [x.b ?? 'b', 1],",
		wrong: "b: [x.b ?? 'b',  1],",
	},
	'may be at a line of numbers and strings': {
		edit: ["[10, 'ten'],", "[10, 'ten', '1010'],"],
		line: "[11, 'eleven'],",
		right: "[11, 'eleven', '1011'],",
		wrong: "[11, 'eleven', 1011],",
	},
	'has parts of names that the line has instead': {
		edit: ['read(cartons, width);', 'read(cartons, width, cartonsWidth);'],
		line: 'read(cartons, depth);',
		right: 'read(cartons, depth, cartonsDepth);',
		wrong: 'read(cartons, depth, cartonsWidth);',
	},
	'has no part of a name of which nobody knows which it is': {
		edit: ['copy(one, one);', 'copy(one, one, oneSize);'],
		line: 'copy(two, six);',
		right: 'copy(two, six);',
		wrong: 'copy(two, six, twoSize);',
	},
	'has the first name of what stands there instead': {
		edit: ['if (!user) return null;', "if (!user) return fail('user');"],
		line: 'if (!order.id) return null;',
		right: "if (!order.id) return fail('order');",
		wrong: "if (!order.id) return fail('price');",
	},
	'is indented as it was': {
		edit: ['a(1);', 'await a(1);'],
		line: '\tb(1);',
		right: '\tawait b(1);',
		wrong: '\t\tawait b(1);',
	},
};

async function shownAt({ languageId, edit, line }: Case, answer: string): Promise<string> {
	const [was, is] = edit;
	const { log, type, write } = editor(`${was}\n${line}\n`, languageId ?? 'typescript', (request) => {
		assert.equal(askedFor(request), line);
		return said(`${restOf(answer, request)}\n`);
	});
	type({ offset: 0, removed: was, inserted: is });
	const next = await write();
	const { text } = log;
	const whole = next === undefined ? text : text.slice(0, next.start) + next.text + text.slice(next.end);
	return whole.slice(is.length + 1, -1);
}

describe('next edit: an application of the edit', () => {
	for (const [name, one] of Object.entries(CASES)) {
		it(name, async () => {
			assert.equal(await shownAt(one, one.right), one.right);
			assert.equal(await shownAt(one, one.wrong), one.line);
		});
	}
});

describe('next edit: lines that are like the edited one', () => {
	/** The lines that are asked about after `await` came before the first one. */
	async function asked(text: string): Promise<readonly string[]> {
		const { model, type, write } = editor(text, 'typescript', () => said(''));
		type({ offset: 0, removed: '', inserted: 'await ' });
		await write();
		return model.fills.map(({ request }) => askedFor(request));
	}

	it('stand in one run with it, or have a name in common', async () => {
		assert.deepEqual(await asked('open(a);\nshut(b);\n'), ['shut(b);']);
		assert.deepEqual(await asked('open(a);\nconst one = 1;\nshut(b);\n'), []);
		assert.deepEqual(await asked('open(a);\nconst one = 1;\nopen(b);\n'), ['open(b);']);
	});

	it('are those above, too, and the nearer ones first', async () => {
		const text = 'open(a);\nopen(b);\nopen(c);\nopen(d);\nopen(e);\n';
		const { model, type, write } = editor(text, 'typescript', () => said(''));
		type({ offset: text.indexOf('open(c)'), removed: '', inserted: 'await ' });
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request)),
			['open(d);', 'open(b);', 'open(e);'],
		);
	});

	it('are as many as were edited, each but once', async () => {
		const text = 'open(a);\none = 1;\nlift(b);\ntwo = 2;\nhold(c);\nsix = 6;\nfree(d);\nfull = 7;\n';
		const { model, log, write } = editor(text, 'typescript', () => said(''));
		const edited = text.indexOf('\nlift');
		log.type([{ offset: 0, length: edited, text: 'await open(a);\none += 1;' }]);
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request)),
			['lift(b);\ntwo = 2;', 'hold(c);\nsix = 6;', 'free(d);\nfull = 7;'],
		);
	});

	it('do not share a line', async () => {
		const text = 'open(a);\nshut(a);\nlift(b);\ndrop(b);\nhold(c);\nfree(c);\n';
		const { model, log, write } = editor(text, 'typescript', () => said(''));
		log.type([{ offset: 0, length: text.indexOf('\nlift'), text: 'await open(a);\nawait shut(a);' }]);
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request)),
			['lift(b);\ndrop(b);', 'hold(c);\nfree(c);'],
		);
	});

	it('are none below which the lines stand already that came', async () => {
		const text = "\tcase 'a':\n\t\tbreak;\n\tcase 'b':\n\t\tshowB();\n\t\tbreak;\n\tcase 'c':\n\t\tbreak;\n";
		const { model, type, write } = editor(text, 'typescript', () => said(''));
		type({ offset: text.indexOf('break'), removed: '', inserted: 'showA();\n\t\t' });
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request)),
			["\tcase 'c':"],
		);
	});

	it('are none where something was edited before', async () => {
		const text = 'open(a);\nopen(b);\nopen(c);\n';
		const { model, type, write } = editor(text, 'typescript', () => said(''));
		type({ offset: text.indexOf('b);'), removed: 'b', inserted: 'bee' });
		type({ offset: 0, removed: '', inserted: 'await ' });
		await write();
		assert.deepEqual(
			model.fills.map(({ request }) => askedFor(request)),
			['open(c);'],
		);
	});
});
