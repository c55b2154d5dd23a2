/** What stands after the cursor is not written again, exactly or nearly (continue#4721, cody#264). */
import { following } from '../../../../src/completion/cleaning/following';
import { describeRule } from '../../../support/cleaningTable';

const more = { isComplete: false };

describeRule(following, [
	['rest of the line', 'a = █, other);', 'b, other);', 'b', more],
	['rest of the line, after blanks', 'a = █   , other);', 'b, other);', 'b', more],
	['rest of the line with other blanks', 'a = █ + other;', 'b+other;', 'b'],
	['rest of the line without its semicolon', 'a = █ + other;', 'b + other', 'b'],
	['rest of the line with a comma instead', 'a = █ + other', 'b + other,', 'b'],
	['rest of the line with other quotes', "f(█, 'utf8')", 'name, "utf8")', 'name'],
	['nearly the rest, while it may go on', 'a = █ + other;', 'b + other', undefined, more],
	['nearly the rest, in the middle', 'a = █ + other;', 'b + other(c)', undefined],
	['closers are no proof', 'f(█);', 'g(1);', undefined, more],
	['next line', '\t█\n\treturn sum;', 'a();\n\treturn sum;\n', 'a();', more],
	['next line over a blank one', '\t█\n\n\treturn sum;', 'a();\n\treturn sum;\n', 'a();', more],
	['next line with another indentation', '\t█\n\treturn sum;', 'a();\n  return sum;\n', 'a();', more],
	['next line without its comma', '[\n\t█\n\tsecond,\n]', 'first,\n\tsecond\n]', 'first,'],
	['next line with other quotes', "\t█\n\tlog('done');", 'a();\n\tlog("done")', 'a();'],
	['the first line itself', '\t█\n\treturn sum;', 'return sum;\n', '', more],
	['half a line is not judged', '\t█\n\treturn sum;', 'a();\n\treturn sum;', undefined, more],
	['the last line when no more comes', '\t█\n\treturn sum;', 'a();\n\treturn sum;', 'a();'],
	['a closing line is no proof', '\t█\n}', 'a();\n}\n', undefined, more],
	['two short lines', '[\n\ta: 1,\n\t█\n\tb: 2,\n]', 'c: 3,\n\tb: 2\n]', undefined],
	['two lines that tell little', '{\n\t█\n\t"z": 3,\n}', '"y": 2,\n\t"z": 3\n}', '"y": 2,'],
	['a closing line, then a telling one', '\t\t█\n\t}\n\treturn sum;', 'a();\n\t}\n\treturn sum;\n', 'a();'],
	[
		'two lines of which one nearly agrees',
		'█\nconst total = sum(values, start);\nreturn total;',
		'a();\nconst total = sum(value, start);\nreturn total;',
		'a();',
	],
	[
		'one line that nearly agrees is another line',
		'█\nconst total = sum(values, start);\nreturn total;',
		'const total = sum(value, start);\nlog(total);',
		undefined,
	],
	['lines that count are other lines', '█\ncase two2:\n\tgo(2);', 'case two1:\n\tgo(1);', undefined],
	['a line inside a block of its own', '\t█\n\treturn;', 'if (a) {\n\t\treturn;\n\t}\n\tb();', undefined],
	[
		'under a colon of its own',
		'    █\n    return',
		'if a:\n        return',
		undefined,
		{ languageId: 'python' },
	],
	['the tail of a line is no line', 'return █\nvalue();', 'value();', undefined],
]);
