/** Correct code is broken as named, the compiler agrees, and the answer is what the product's Fix can apply. */
import * as assert from 'node:assert/strict';
import { BASICS } from '../../../models/recipe/chat/basics';
import { type Break, walk } from '../../../models/recipe/chat/breakTypes';
import { compiled } from '../../../models/recipe/chat/compiler';
import { fromBreaks } from '../../../models/recipe/chat/fromBreaks';
import { pythonCode, scriptCode } from '../../../models/recipe/chat/generateBasics';
import { SELECT_MODEL } from '../../../models/recipe/chat/limits';
import { breaksOf, isAsExpected, noMistake, problemConversation } from '../../../models/recipe/chat/problems';
import { isSelfContained } from '../../../models/recipe/chat/python';
import { snippet } from '../../../models/recipe/chat/snippets';
import { codeBlocksOf } from '../../../src/chat/fences';
import { randomFrom } from '../../../src/finetune/training/random';

const never = new AbortController().signal;

const PROGRAM = [
	'interface Item {',
	'\tname: string;',
	'\tprice: number;',
	'}',
	'',
	'export function total(items: Item[], factor: number): number {',
	'\tlet result = 0;',
	'\tfor (const item of items) {',
	'\t\tresult += item.price * 3;',
	'\t}',
	'\treturn result;',
	'}',
	'',
	"export const first: Item = { name: 'one', price: 5 };",
	'export const all = total([first], 2);',
	'',
].join('\n');

/** All breaks of the program with what the compiler reports; for several seeds, so that each is drawn. */
function broken(text: string): { readonly one: Break; readonly problems: ReturnType<typeof problemsOf> }[] {
	const breaks = compiled(new Map([['a.ts', text]]), (program) =>
		Array.from({ length: 12 }, (_, seed) => breaksOf(program.tree('a.ts'), 99, randomFrom(seed))),
	).flat();
	const files = new Map(breaks.map((one, index) => [`b${index}.ts`, one.text]));
	return compiled(files, (program) =>
		breaks.map((one, index) => ({ one, problems: program.problems(`b${index}.ts`) })),
	);
}
const problemsOf = (text: string) =>
	compiled(new Map([['a.ts', text]]), (program) => program.problems('a.ts'));

describe('recipe/chat/compiler', () => {
	it('reports problems with their places and what they consist of', () => {
		assert.deepEqual(problemsOf('export const a: number = 1;\n'), []);
		const [problem] = problemsOf('export const f: (a: number) => void = (a: string) => {};\n');
		assert.equal(problem?.code, 2322);
		assert.match(problem.message, /^Type .* is not assignable .*\n {2}Types of parameters .*\n {4}Type /);
		assert.deepEqual([problem.start, problem.end], [13, 14]);
	});
});

describe('recipe/chat/problems', function () {
	this.timeout(60_000);
	it('breaks a program in many ways that the compiler reports as expected', () => {
		const found = broken(PROGRAM).filter(({ one, problems }) => isAsExpected(one, problems));
		const names = new Set(found.map(({ one }) => one.name));
		for (const name of [
			'mistyped name',
			'mistyped property',
			'assigned constant',
			'missing return',
			'missing }',
			'value of a wrong type',
			'argument of a wrong type',
			'missing property',
			'too many arguments',
			'too few arguments',
			'missing module',
			'unknown property',
			'used before its declaration',
		]) {
			assert.ok(names.has(name), name);
		}
	});

	it('takes no break that gives another problem', () => {
		const [{ one, problems } = assert.fail()] = broken(PROGRAM).filter(
			({ one }) => one.name === 'assigned constant',
		);
		assert.ok(isAsExpected(one, problems));
		assert.ok(!isAsExpected({ ...one, codes: [2304] }, problems));
		assert.ok(!isAsExpected({ ...one, message: 'Something else' }, problems));
		assert.ok(!isAsExpected(one, []));
		assert.ok(!isAsExpected(one, [...problems, { code: 2304, message: '', start: 0, end: 0 }]));
	});

	it('gives the whole excerpt corrected, so that the file compiles again', () => {
		let fixes = 0;
		const program = { path: 'src/a.ts', offset: 10, text: PROGRAM };
		for (const [seed, { one, problems }] of broken(PROGRAM).entries()) {
			const made = isAsExpected(one, problems)
				? problemConversation(program, one, problems, randomFrom(seed))
				: undefined;
			const [asked = '', answer = ''] = made?.messages.slice(1).map(({ content }) => content) ?? [];
			if (made?.kind !== 'fix') {
				continue;
			}
			const shown = codeBlocksOf(asked)[0]?.code ?? '';
			const fixed = codeBlocksOf(answer).at(-1)?.code;
			if (fixed === undefined) {
				assert.equal(one.fixed, undefined);
				continue;
			}
			fixes++;
			assert.ok(one.text.includes(shown));
			assert.equal(
				one.text.replace(shown, () => fixed),
				one.fixed,
			);
			if (asked.includes('Reported problems:')) {
				const [, line] = /\nline (\d+): /.exec(asked) ?? [];
				const [, first, last] = /lines (\d+) to (\d+)\)/.exec(asked) ?? [];
				assert.ok(Number(first) > 10 && Number(line) >= Number(first) && Number(line) <= Number(last), asked);
			}
		}
		assert.ok(fixes > 20);
	});

	it('explains nothing by a name that the excerpt does not show', () => {
		const far = 'const settings = 1;\n\nexport function one() {\n\treturn settings;\n}\n';
		for (const [seed, { one, problems }] of broken(far).entries()) {
			if (one.name === 'mistyped name') {
				const hinted = problems.map((problem) => ({ ...problem, message: 'Cannot find name.' }));
				assert.equal(
					problemConversation({ path: 'a.ts', offset: 0, text: far }, one, hinted, randomFrom(seed)),
					undefined,
				);
			}
		}
	});

	it('says where there is no mistake that it sees who may see more', () => {
		const made = noMistake({ path: 'a.ts', offset: 3, text: 'const a = 1;\n' }, randomFrom(2));
		assert.match(made?.messages[1]?.content ?? '', /^Find the mistake .*lines 4 to 4/s);
		assert.match(made?.messages[2]?.content ?? '', /larger model/);
		assert.deepEqual(codeBlocksOf(made?.messages[2]?.content ?? ''), []);
	});
});

describe('recipe/chat/fromBreaks', function () {
	this.timeout(60_000);
	it('draws programs that compile', () => {
		const files = new Map(
			Array.from({ length: 150 }, (_, seed) => [`s${seed}.ts`, snippet(randomFrom(seed))]),
		);
		compiled(files, (program) => {
			for (const [name, text] of files) {
				assert.deepEqual(program.problems(name), [], text);
			}
		});
	});

	it('makes as many as asked, of all ways alike, the same again by the same seed', () => {
		const made = fromBreaks([], 60, randomFrom(7), never);
		assert.equal(made.length, 60);
		assert.deepEqual(fromBreaks([], 60, randomFrom(7), never), made);
		assert.deepEqual(new Set(made.map(({ kind }) => kind)), new Set(['fix', 'problem']));
		assert.ok(SELECT_MODEL.startsWith('Familiar: Select Model'));
	});

	it('stops when it is asked to', () => {
		assert.throws(() => fromBreaks([], 60, randomFrom(7), AbortSignal.abort()), { name: 'AbortError' });
	});

	it('visits every node once', () => {
		const kinds = compiled(new Map([['a.ts', 'f(1);']]), (program) => {
			const seen: string[] = [];
			walk(program.tree('a.ts'), (node) => seen.push(node.getText()));
			return seen;
		});
		assert.deepEqual(kinds.slice(0, 5), ['f(1);', 'f(1);', 'f(1)', 'f', '1']);
	});
});

describe('recipe/chat/basics', () => {
	it('compile, and Python has what they need', () => {
		const files = new Map(BASICS.map((basic) => [`${basic.name}.ts`, scriptCode(basic, 'typescript', '  ')]));
		compiled(files, (program) => {
			for (const [name, text] of files) {
				assert.deepEqual(program.problems(name), [], text);
			}
		});
		for (const basic of BASICS.filter(({ name }) => name !== 'randomInteger')) {
			assert.ok(isSelfContained(pythonCode(basic)), pythonCode(basic));
		}
		const [add = assert.fail()] = BASICS;
		assert.equal(scriptCode(add, 'javascript', '\t'), 'export function add(a, b) {\n\treturn a + b;\n}');
	});
});
