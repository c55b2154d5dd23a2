/** A block of lines comes once in a row. */
import { repeatedBlocks } from '../../../../src/completion/cleaning/repeatedBlocks';
import { describeRule } from '../../../support/cleaningTable';

describeRule(repeatedBlocks, [
	['two lines', '█', 'open(file);\nread(file);\nopen(file);\nread(file);', 'open(file);\nread(file);'],
	[
		'after another line',
		'█',
		'go();\nopen(a);\nread(a);\nopen(a);\nread(a);\nb();',
		'go();\nopen(a);\nread(a);',
	],
	[
		'short lines of a long block',
		'█',
		'a {\nx: 1\ny: 2\nzz: 3\n}\na {\nx: 1\ny: 2\nzz: 3\n}',
		'a {\nx: 1\ny: 2\nzz: 3\n}',
	],
	['the second is not whole yet', '█', 'open(file);\nread(file);\nopen(file);\nrea', undefined],
	['apart', '█', 'open(file);\nread(file);\nnext();\nopen(file);\nread(file);', undefined],
	['closing lines', '█', '}\n)\n}\n)', undefined],
]);
