/** What the editor writes by itself, and single marks, are not worth a look. */
import { tooLittle } from '../../../../src/completion/cleaning/tooLittle';
import { describeRule } from '../../../support/cleaningTable';

describeRule(tooLittle, [
	['a bracket', 'f(a█', ')', ''],
	['brackets', 'f(g(a█', '))', ''],
	['a quote and a bracket', 'f("a█', '")', ''],
	['a bracket on the next line', 'f() {\n\ta();█', '\n}', ''],
	['a semicolon', 'a = b█', ';', ''],
	['a dot', 'a = b█', ' .', ''],
	['a comment sign', 'a();█', ' //', ''],
	['an empty comment', 'a();█', ' /* */', ''],
	['what ends a statement', 'f(a█', ');', undefined],
	['what opens a block', 'if (a)█', ' {', undefined],
	['a colon', 'else█', ':', undefined, { languageId: 'python' }],
	['a letter', 'for (const █', 'a', undefined],
	['a digit', 'a = █', '1', undefined],
	['a short word', 'a = b ?? █', 'c;', undefined],
	['closers of several blocks', 'f() {\n\tif (a) {\n\t\tb();█', '\n\t}\n}', undefined],
]);
