/** A line that goes round in circles is dropped. */
import { repeatedTail } from '../../../../src/completion/cleaning/repeatedTail';
import { describeRule } from '../../../support/cleaningTable';

const counted = (last: number, step = 1) =>
	Array.from({ length: last }, (_, index) => (index + 1) * step).join(', ');

describeRule(repeatedTail, [
	['letters', 'a = █', 'abcabcabcabcabcabc', ''],
	['a statement', 'a = █', 'x = 0;x = 0;x = 0;x = 0;x = 0;x = 0;', ''],
	['calls', '█', 'some.thing(else);some.thing(else);some.thing(else);some.thing(else);', ''],
	['one letter', 'a = █', 'aaaaaaaaaaaaaaaa', ''],
	['the lines before it stay', '█', `a();\nb(${'c, '.repeat(9)}`, 'a();'],
	['a ruler far too long', '█', `a();\n// ${'-'.repeat(120)}`, 'a();'],
	['a ruler', '█', '// ----------------------------------------', undefined],
	['zeroes', 'a = █', '[0, 0, 0, 0]', undefined],
	['brackets', 'a = █', '((((', undefined],
	['laughter', 'a = █', 'haha', undefined],
	['plain', 'a = █', 'const a = 1;', undefined],
	['counts on and on', 'a = █', `[${counted(30)}`, ''],
	['counts on and on by tens', 'f();\n█', `a();\nb = [${counted(30, 10)}`, 'a();'],
	['counts to ten', 'a = █', `[${counted(10)}]`, undefined],
	['many numbers', 'a = █', '[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]', undefined],
]);
