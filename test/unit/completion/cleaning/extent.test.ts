/** A text ends with its line, or its block; the table for blocks is in stops.test.ts. */
import { extent } from '../../../../src/completion/cleaning/extent';
import { describeRule } from '../../../support/cleaningTable';

describeRule(extent, [
	['one line', 'const a = █', '1;\nconst b = 2;', '1;'],
	['ends at once', 'const a = 1█', '\nconst b', ''],
	['a whole line', 'const a = █', '1;', undefined],
	['a block', 'function f() {█', '\n\treturn 1;\n}\n\nf();', '\n\treturn 1;\n}'],
	['a block that may still go on', 'function f() {█', '\n\treturn 1;', undefined, { isComplete: false }],
]);
