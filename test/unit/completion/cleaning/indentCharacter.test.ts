/** Tabs where the document has tabs, spaces where it has spaces (cody#5581). */
import { indentCharacter } from '../../../../src/completion/cleaning/indentCharacter';
import { describeRule } from '../../../support/cleaningTable';

describeRule(indentCharacter, [
	['tabs', 'f() {\n\ta();\n\t█\n}', 'if (x) {\n\n        b();\n    }', 'if (x) {\n\n\t\tb();\n\t}'],
	['tabs, from the start of a line', 'f() {\n\ta();\n█\n}', '    b();', '\tb();'],
	['spaces', 'f() {\n  a();\n  █\n}', 'if (x) {\n\t\tb();\n\t}', 'if (x) {\n    b();\n  }'],
	['spaces stay', 'f() {\n  a();\n  █\n}', 'if (x) {\n    b();\n  }', undefined],
	['the piece behind the cursor', 'f() {\n  a();\n  b =█', '\t1;', undefined],
	['a document with both', 'f() {\n\ta();\n  b();\n\t█\n}', 'if (x) {\n    b();\n  }', undefined],
]);
