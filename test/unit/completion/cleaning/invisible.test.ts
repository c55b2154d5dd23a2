/** Characters that nobody sees, or that are no text, end a suggestion (CVE-2021-42574). */
import { invisible } from '../../../../src/completion/cleaning/invisible';
import { describeRule } from '../../../support/cleaningTable';

describeRule(invisible, [
	['plain', 'a = █', 'const a = "b";\n\t', undefined],
	['NUL', 'a = █', 'a\0b', 'a'],
	['escape', 'a = █', 'ab\u001b[31m', 'ab'],
	['bell', 'a = █', '\u0007', ''],
	['carriage return in the middle', 'a = █', 'a\rb', 'a'],
	['right-to-left override', 'a = █', 'a\u202Eb', 'a'],
	['isolate', 'a = █', '\u2066a', ''],
	['zero-width space', 'a = █', 'ab\u200Bc', 'ab'],
	['replacement character', 'a = █', 'ab\uFFFD', 'ab'],
	['lone high surrogate', 'a = █', 'a\uD83Db', 'a'],
	['lone low surrogate', 'a = █', 'a\uDE00', 'a'],
	['emoji family', 'a = █', '👨‍👩‍👧‍👦', undefined],
	['flag', 'a = █', '🇩🇪', undefined],
	['combining', 'a = █', 'e\u0301', undefined],
	['Hebrew and Arabic', 'a = █', 'שלום مرحبا', undefined],
	['line separator', 'a = █', 'a\u2028b', 'a'],
	['half a pair at the end of a stream waits', 'a = █', 'a\uD83D', undefined, { isComplete: false }],
	['half a pair at the end of a text does not', 'a = █', 'a\uD83D', 'a'],
	['a carriage return at the end of a stream waits', 'a = █', 'a\r', undefined, { isComplete: false }],
	['a joiner at the end of a stream waits', 'a = █', '👨\u200D', undefined, { isComplete: false }],
]);
