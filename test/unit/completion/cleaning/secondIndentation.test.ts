/** Nothing is indented twice. */
import { secondIndentation } from '../../../../src/completion/cleaning/secondIndentation';
import { describeRule } from '../../../support/cleaningTable';

describeRule(secondIndentation, [
	['goes', 'f() {\n\t█\n}', '\tif (a) {\n\t\t\tb();\n\t\t}', 'if (a) {\n\t\tb();\n\t}'],
	['is missing', 'f() {\n█\n}', '\ta();', undefined],
	['of a line less indented than the one above', 'f() {\n\t\ta();\n\t█\n}', '\tb();', undefined],
	['of a new block', 'f() {█', '\n\ta();', undefined],
	['a blank before a word', 'return█', ' a;', undefined],
]);
