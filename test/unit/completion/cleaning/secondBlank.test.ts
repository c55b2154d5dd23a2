/** A blank that stands there already is not written twice. */
import { secondBlank } from '../../../../src/completion/cleaning/secondBlank';
import { describeRule } from '../../../support/cleaningTable';

describeRule(secondBlank, [
	['behind a word and a blank', '\treturn █', ' fields.length;', 'fields.length;'],
	['behind a tab', 'a =\t█', '\tb;', 'b;'],
	['behind a word', '\treturn█', ' fields.length;', undefined],
	['in the indentation', '\t█', '\treturn 1;', undefined],
	['on an empty line', '█', '  a', undefined],
	['of later lines', 'if (a) █', ' {\n\tb();\n}', '{\n\tb();\n}'],
	['nothing else', 'const a = █', '  ', ''],
]);
