/** What stands above the cursor is not written again (tabby#3263). */
import { preceding } from '../../../../src/completion/cleaning/preceding';
import { describeRule } from '../../../support/cleaningTable';

describeRule(preceding, [
	['the line above', 'const a = b();\n█', 'const a = b();', ''],
	['the line above, then more', 'const a = b();\n█', 'const a = b();\nc();', ''],
	['the line above with other blanks', 'const a = b();\n█', 'const a=b()', ''],
	['a short line above', 'a();\n█', 'a();', undefined],
	['the block above', 'open(a);\nread(a);\n█', 'open(a);\nread(a);', ''],
	['the line above, at the end of a line', 'const a = b();\nconst█', ' a = b();', ''],
	['the line below, at the end of a line', 'const█\nconst a = b();', ' a = b();', ''],
	['a line that was typed again', 'const a = b();\nconst a = b█', '();', undefined],
	['another line', 'const a = b();\nconst█', ' c = b();', undefined],
	['a line further up', 'const a = b();\nc(d);\n█', 'const a = b();', undefined],
]);
