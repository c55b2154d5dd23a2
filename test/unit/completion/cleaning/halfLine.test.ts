/** Half a line at the end of several goes. */
import { halfLine } from '../../../../src/completion/cleaning/halfLine';
import { describeRule } from '../../../support/cleaningTable';

describeRule(halfLine, [
	['half a last line', 'f() {\n\t█\n}', 'a();\n\tb(', 'a();', { isCut: true }],
	['a last line that ended by itself', 'f() {\n\t█\n}', 'a();\n\tb();', undefined],
	['half a single line stays', 'a = █', 'some.thi', undefined, { isCut: true }],
]);
