/** Blanks at the ends go. */
import { blanks } from '../../../../src/completion/cleaning/blanks';
import { describeRule } from '../../../support/cleaningTable';

describeRule(blanks, [
	['at the end', 'a = █', '1;  ', '1;'],
	['at the ends of lines', '█', 'a();  \n  b(); \n\n', 'a();\n  b();'],
	['nothing else', 'a = █', '  \n\n', ''],
	['leading blanks stay', 'return█', ' a;', undefined],
]);
