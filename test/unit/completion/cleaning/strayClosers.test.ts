/** A bracket closes only what is open. */
import { strayClosers } from '../../../../src/completion/cleaning/strayClosers';
import { describeRule } from '../../../support/cleaningTable';

describeRule(strayClosers, [
	['closes what its line opened', 'f() {█', '\n\ta();\n}', undefined],
	['and nothing else', 'f() {█', '}; }', '};'],
	['a bracket that is not open', 'f() {\n\t█\n}', 'const { a } = {}) {', 'const { a } = {}'],
	['a bracket that is open', 'f(\n\t█', 'a, b);', undefined],
	['a bracket open on the line', 'call({ a: █', '1 });', undefined],
	['a bracket where none is open', 'const { a } = █', 'options};', 'options'],
	['a bracket where nobody can tell', `${'f(a);\n'.repeat(900)}b = █`, 'c);', undefined],
	['mixed up brackets', 'f() {\n\t█\n}', 'const list = [1, 2});', ''],
	['mixed up brackets on the second line', 'f() {\n\t█\n}', 'a();\n\tconst list = [1, 2});', 'a();'],
	['brackets in an expression', 'f() {\n\t█\n}', 'const closers = /[)}]/.test(a);', undefined],
	['a bracket in a string', 'f() {\n\t█', "a(')');", undefined],
]);
