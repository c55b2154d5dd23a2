/** Which next edit is proposed after which edits: tables of each rule, and of what must stay silent. */
import * as assert from 'node:assert/strict';
import { findNextEdit } from '../../../../src/completion/nextEdit/find';
import { EditLog } from '../../../../src/completion/nextEdit/log';
import { played, readScript, typeInto } from '../../../support/editScript';

function table(languageId: string, cases: readonly (readonly [name: string, marked: string])[]): void {
	for (const [name, marked] of cases) {
		it(name, async () => {
			const script = readScript(marked);
			const { text, log } = await played(script, languageId);
			assert.equal(log.text, script.after, 'the edits were made');
			assert.equal(text, script.accepted);
		});
	}
}

describe('next edit: a name renamed by hand', () => {
	table('typescript', [
		['const, at its first use below', 'const «total→sum» = 1;\nprint(⟪total→sum⟫);\nprint(total);\n'],
		['after two places, the third', 'const «total→sum» = 1;\nprint(«total→sum»);\nprint(⟪total→sum⟫);\n'],
		['a prefix typed in front', 'const «→new»value = 1;\nprint(⟪value→newvalue⟫);\n'],
		['a part of the name', 'const get«User→Customer» = 1;\nprint(⟪getUser→getCustomer⟫);\n'],
		['function, also above it', 'print(⟪load→fetch⟫(1));\nfunction «load→fetch»(a) {}\n'],
		['parameter', 'function f(«a→item», b) {\n\treturn ⟪a→item⟫ + b;\n}\n'],
		['parameter of an arrow', 'const f = («a→item») => ⟪a→item⟫ + 1;\nconst a = 2;\n'],
		['parameter with a type', 'function f(«a→item»: A): B {\n\treturn ⟪a→item⟫.b;\n}\nprint(a);\n'],
		['not beyond the function', 'function f(«a→item»: A): B {\n\treturn b;\n}\nprint(a);\n'],
		['later parameter, optional', 'class C {\n\tf(b: B, «a→item»?: A): C {\n\t\tprint(⟪a→item⟫);\n\t}\n}\n'],
		['rest with a type', 'const f = (b: B, ...«a→items»: A[]): C => ⟪a→items⟫.map(b);\n'],
		['pattern with a type', 'function f({ «a→item», b }: A): B {\n\treturn ⟪a→item⟫ + b;\n}\n'],
		['not a key of an argument', 'const a = 1;\nf({ «a→item»: 2 });\nprint(a);\n'],
		['not a branch', 'const a = 1;\nf(b ? «a→c» : 2);\nprint(a);\n'],
		['lone parameter of an arrow', 'list.map(«a→item» => ⟪a→item⟫.x);\n'],
		['in a template', 'const «name→label» = 1;\nprint(`hello $' + '{⟪name→label⟫}`);\n'],
		['shorthand keeps its key', 'const «name→label» = 1;\nreturn { ⟪name→name: label⟫ };\n'],
		['destructured', 'const { «name→label» } = box;\nprint(⟪name→label⟫);\n'],
		['imported', "import { «read→load» } from 'fs';\n⟪read→load⟫('x');\n"],
		['class', 'class «Box→Crate» {}\nconst b = new ⟪Box→Crate⟫();\n'],
		['of a loop', 'for (const «i→row» of rows) {\n\tprint(⟪i→row⟫);\n}\n'],
		['of a catch', 'try {\n} catch («e→error») {\n\tthrow ⟪e→error⟫;\n}\n'],
		['not in a string', "const «name→label» = 'x';\nprint('name');\n"],
		['not in a comment', 'const «name→label» = 1;\n// name\n/* name */\n'],
		['not a member', 'const «name→label» = 1;\nprint(box.name, box?.name);\n'],
		['not a key', 'const «name→label» = 1;\nprint({ name: 2 });\n'],
		['not beyond its block', 'if (a) {\n\tconst «name→label» = 1;\n}\nprint(name);\n'],
		['not where it is declared again', 'const «name→label» = 1;\nfunction f(name) {\n\treturn name;\n}\n'],
		['not part of another word', 'const «name→label» = 1;\nprint(names, name2);\n'],
		['not to a name that is there', 'const «a→b» = 1;\nprint(a, b);\n'],
		['not when a use takes another variable', 'const one = 1, two = 2;\nprint(«one→two»);\nprint(one);\n'],
		[
			'though a field has the new name',
			'interface B {\n\tid: 1;\n\tname: 2;\n}\nconst «label→name» = 1;\nprint(⟪label→name⟫);\n',
		],
		['nothing left to do', 'const «name→label» = 1;\nprint(«name→label»);\n'],
	]);
	table('python', [
		['function', 'def «load→fetch»(a):\n    pass\n\n⟪load→fetch⟫(1)\n'],
		['parameter', 'def f(«a→item»):\n    return ⟪a→item⟫\n\na = 1\n'],
		['variable', 'def f():\n    «a→item» = 1\n    return ⟪a→item⟫\n\nprint(a)\n'],
		['not the name of an argument', 'def f():\n    «a→item» = 1\n    return g(a=2)\n'],
		['not in a docstring', 'def f():\n    «a→item» = 1\n    """ a """\n'],
	]);
	table('java', [
		['local', 'void f() {\n  int «n→count» = 1;\n  print(⟪n→count⟫);\n}\nint n;\n'],
		['parameter', 'void f(int «n→count») {\n  print(⟪n→count⟫);\n}\n'],
		['not behind return', 'int f() {\n  return «n→count»;\n}\nint g() {\n  return n;\n}\n'],
	]);
	table('go', [
		['short declaration', 'func f() {\n\t«n→count» := 1\n\tprint(⟪n→count⟫)\n}\n'],
		['parameter', 'func (r *R) f(a A, «n→count» int) int {\n\treturn ⟪n→count⟫ + 1\n}\n'],
		['not an argument', 'func f() {\n\tn := 1\n\tprint(«n→m»)\n\tprint(n)\n}\n'],
	]);
	table('rust', [
		['parameter', 'fn f<T>(«items→goods»: &[T]) -> usize {\n\t⟪items→goods⟫.len()\n}\nfn g() { items(); }\n'],
	]);
});

it('next edit: what was renamed is renamed once more', async () => {
	const log = new EditLog('const one = 1;\nprint(one);\n');
	typeInto(log, { offset: 6, removed: 'one', inserted: 'two' });
	log.type([{ offset: 21, length: 3, text: 'two' }], true);
	typeInto(log, { offset: 6, removed: 'two', inserted: 'three' });
	const next = await findNextEdit(
		{ text: log.text, languageId: 'typescript', edits: log.edits },
		new AbortController().signal,
	);
	assert.deepEqual([next?.removed, next?.text], ['two', 'three']);
});

it('next edit: the second call follows after the first', async () => {
	const log = new EditLog('function f(a, b) {}\nf(1, 2);\nf(3, 4);\n');
	typeInto(log, { offset: 11, removed: 'a, b', inserted: 'b, a' });
	for (const expected of ['2, 1', '4, 3']) {
		const next = await findNextEdit(
			{ text: log.text, languageId: 'typescript', edits: log.edits },
			new AbortController().signal,
		);
		assert.ok(next);
		assert.equal(next.text, expected);
		log.type([{ offset: next.start, length: next.removed.length, text: next.text }], true);
	}
	assert.equal(log.text, 'function f(b, a) {}\nf(2, 1);\nf(4, 3);\n');
});

describe('next edit: calls follow their function', () => {
	table('typescript', [
		['parameter removed', 'function f(a«, b→») {}\nf(⟪1, 2→1⟫);\n'],
		['first parameter removed', 'function f(«a, →»b) {}\nf(⟪1, g(2, 3)→g(2, 3)⟫);\n'],
		['parameters exchanged', 'function f(«a, b→b, a») {}\nf(⟪1, 2→2, 1⟫);\n'],
		['argument that the function now needs', 'function f(a, b) {}\nf(1«→, true»);\nf(⟪2→2, true⟫);\n'],
		['a name that is known there too', 'const c = 1;\nfunction f(a, b) {}\nf(1«→, c»);\nf(⟪2→2, c⟫);\n'],
		['not a name that is unknown there', 'function f(a, b) {}\nfunction g(c) {\n\tf(1«→, c»);\n}\nf(2);\n'],
		['not where it is optional', 'function f(a, b = 1) {}\nf(1«→, true»);\nf(2);\n'],
		['not an argument of an unknown function', 'f(1«→, true»);\nf(2);\n'],
		['not with other numbers of arguments', 'function f(a«, b→») {}\nf(1);\nf(...x);\n'],
		['not a new parameter', 'function f(a«→, b») {}\nf(1);\n'],
	]);
});

describe('next edit: the path of a module', () => {
	table('typescript', [
		[
			'type import of the same module',
			"import { a } from './«old→new»/x';\nimport type { B } from './⟪old/x→new/x⟫';\n".replace(
				'./⟪old/x→new/x⟫',
				'⟪./old/x→./new/x⟫',
			),
		],
		['mock of the same module', "import a from '«../a→../b»';\njest.mock('⟪../a→../b⟫');\n"],
		['not another string', "import a from '«fs→node:fs»';\nprint('fs');\n"],
		[
			'a folder, after two',
			"import a from '../«lib→core»/a';\nimport b from '../«lib→core»/b';\nimport c from '../⟪lib→core⟫/c';\n",
		],
	]);
});

describe('next edit: what was done twice', () => {
	table('typescript', [
		['argument added', 'open(a«→, mode»);\nx = open(b«→, mode»);\nreturn open(⟪c→c, mode⟫);\n'],
		['argument removed', 'open(a«, mode→»);\nx = open(b«, mode→»);\nopen(c⟪, mode→⟫);\n'],
		['arguments exchanged', 'open(«a, b→b, a»);\nopen(«c, d→d, c»);\nopen(⟪e, f→f, e⟫);\n'],
		[
			'call wrapped',
			'a = «read(x)→safe(read(x))»;\nb = «read(y)→safe(read(y))»;\nc = ⟪read(z)→safe(read(z))⟫;\n',
		],
		['await in front', 'a = «→await »load(x);\nb = «→await »load(y);\nc = ⟪→await ⟫load(z);\n'],
		['member renamed', 'box.«width→size»;\ncrate.«width→size»;\nbag.⟪width→size⟫;\n'],
		['string in the same place', "set('«red→blue»', 1);\nset('«red→blue»', 2);\nset('⟪red→blue⟫', 3);\n"],
		['number behind the same key', 'a = { port: «1→2» };\nb = { port: «1→2» };\nc = { port: ⟪1→2⟫ };\n'],
		['operator', 'if (a.kind «==→===» 1) {}\nif (b.kind «==→===» 2) {}\nif (c.kind ⟪==→===⟫ 3) {}\n'],
		[
			'type',
			'let a: Array«<string>→<Name>»;\nlet b: Array«<string>→<Name>»;\nlet c: Array<⟪string→Name⟫>;\n',
		],
		['comma in a list', 'a: 1«→,»\nb: 2«→,»\nc: 3⟪→,⟫\nd: 4\n'],
		['values of a list', "A = «1→'one'»,\nB = «1→'one'»,\nC = ⟪1→'one'⟫,\n"],
		['lines removed', "log('a');\n«debug(a);\n→»log('b');\n«debug(b);\n→»log('c');\n⟪debug(c);\n→⟫end();\n"],
		['a line added', 'open(a);\n«→flush();\n»\nopen(b);\n«→flush();\n»\nopen(c);\n⟪→flush();\n⟫\n'],
		[
			'a word in comments',
			'// the «colour→color» of a\n// the «colour→color» of b\nconst colour = 1;\n// the ⟪colour→color⟫ of c\n',
		],
		['not what is done already', 'open(a«→, mode»);\nopen(b«→, mode»);\nopen(c, mode);\n'],
		[
			'not what is wrapped already',
			'a = «read(x)→safe(read(x))»;\nb = «read(y)→safe(read(y))»;\nc = safe(read(z));\n',
		],
		['not the same number elsewhere', 'a = «1→2»;\nf(«1→2»);\ng(1);\n'],
		['not what differs', 'open(a«→, one»);\nopen(b«→, two»);\nopen(c);\n'],
		['not in a string', 'box.«width→size»;\ncrate.«width→size»;\nprint("bag.width");\n'],
		['not after one', 'box.«width→size»;\ncrate.width;\n'],
	]);
	table('python', [
		['a hash opens a comment', 'a.«width→size»\nd.«width→size»\n# e.width\ne.⟪width→size⟫\n'],
	]);
	it('keeps CRLF', async () => {
		const lines = 'open(a);\n«→flush();\n»\nopen(b);\n«→flush();\n»\nopen(c);\n⟪→flush();\n⟫\n';
		const script = readScript(lines.replaceAll('\n', '\r\n'));
		assert.equal((await played(script, 'typescript')).text, script.accepted);
	});
});
