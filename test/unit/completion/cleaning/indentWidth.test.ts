/** A new block has the document’s step. */
import { indentWidth } from '../../../../src/completion/cleaning/indentWidth';
import { describeRule } from '../../../support/cleaningTable';

const two = 'f() {\n  a();\n  if (b) {\n    c();\n  }\n}\n';
const four = 'f() {\n    a();\n    if (b) {\n        c();\n    }\n}\n';

describeRule(indentWidth, [
	[
		'four in a document of two',
		`${two}g() {█`,
		'\n    a();\n    if (x) {\n        b();\n    }\n}',
		'\n  a();\n  if (x) {\n    b();\n  }\n}',
	],
	['two in a document of four', `${four}g() {█`, '\n  a();\n}', '\n    a();\n}'],
	['inside of a block', `${two}g() {\n  if (x) {█`, '\n      a();\n  }', '\n    a();\n  }'],
	['two in a document of two', `${two}g() {█`, '\n  a();\n}', undefined],
	['aligned arguments', `${two}g(█`, '\n    a,\n    b)', undefined],
	['a document that does not tell', 'g() {█', '\n    a();\n}', undefined],
	['a document with tabs', 'f() {\n\ta();\n}\ng() {█', '\n    a();\n}', undefined],
	[
		'Python',
		'def f():\n    a()\ndef g():█',
		'\n  b()\n  c()',
		'\n    b()\n    c()',
		{ languageId: 'python' },
	],
]);
