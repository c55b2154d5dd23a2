/** A line comes once, or twice apart. */
import { repeatedLines } from '../../../../src/completion/cleaning/repeatedLines';
import { describeRule } from '../../../support/cleaningTable';

const more = { isComplete: false };

describeRule(repeatedLines, [
	['follows its like', '█', '\tconst a = 1;\n\tconst a = 1;\n', '\tconst a = 1;', more],
	['may still become another', '█', '\tconst a = 1;\n\tconst a = 1;', undefined, more],
	['is whole at the end', '█', '\tconst a = 1;\n\tconst a = 1;', '\tconst a = 1;'],
	['follows its like over a blank line', '█', 'const a = 1;\n\nconst a = 1;', 'const a = 1;\n'],
	[
		'for the third time',
		'█',
		'const a = b();\nc();\nconst a = b();\nd();\nconst a = b();\n',
		'const a = b();\nc();\nconst a = b();\nd();',
	],
	['short lines may come back', '█', '}\n}\n}\n}\nbreak;\nbreak;\nbreak;', undefined],
]);
