/** A loop whose lines differ only in counters ends at its first repeat. */
import { countingLines } from '../../../../src/completion/cleaning/countingLines';
import { describeRule } from '../../../support/cleaningTable';

describeRule(countingLines, [
	['numbers', '█', 'f(1);\nf(2);\nf(3);\nf(4);', 'f(1);'],
	['numbers by tens', '█', 'y = 10;\ny = 20;\ny = 30;\ny = 40;', 'y = 10;'],
	['names with numbers', '█', 'go();\na1 = b1;\na2 = b2;\na3 = b3;\na4 = b4;\n', 'go();\na1 = b1;'],
	['letters', '█', "f('a');\nf('b');\nf('c');\nf('d');", "f('a');"],
	['names with letters', '█', 'optionA,\noptionB,\noptionC,\noptionD,', 'optionA,'],
	['a short list', '█', 'f(1);\nf(2);\nf(3);', undefined],
	['rows of a table', '█', '[0, 0],\n[0, 1],\n[1, 0],\n[1, 1],', undefined],
	['blocks', '█', 'if (a1) {\nb(1);\n}\nif (a2) {\nb(2);\n}\nif (a3) {\nb(3);\n}', 'if (a1) {\nb(1);\n}'],
	['two blocks', '█', 'if (a1) {\nb(1);\n}\nif (a2) {\nb(2);\n}', undefined],
	[
		'lines that hardly differ',
		'█',
		['red', 'rod', 'rad', 'rid', 'rud'].map((name) => `const ${name} = colours.find(known);`).join('\n'),
		'const red = colours.find(known);',
	],
	[
		'lines of one kind',
		'█',
		['clean', 'shape', 'brackets', 'fit', 'stops']
			.map((name) => `import { ${name} } from './${name}';`)
			.join('\n'),
		undefined,
	],
	['the same numbers', '█', 'f(1);\nf(1);\nf(1);\nf(1);', undefined],
]);
