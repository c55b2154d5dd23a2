/** A text inside of a comment stays inside. */
import { commentEnd } from '../../../../src/completion/cleaning/commentEnd';
import type { AskedShape } from '../../../../src/completion/shape';
import { describeRule } from '../../../support/cleaningTable';

const shape: AskedShape = { type: 'line', within: 'comment' };

describeRule(commentEnd, [
	['prose stays', '/* Adds █ */\nf();', 'two numbers', undefined, { shape }],
	['an end that is there', '/* Adds █ */\nf();', 'two numbers. */ g();', 'two numbers.', { shape }],
	['an end that is missing, and nothing behind it', '/* Adds █', 'two. */ g();', 'two. */', { shape }],
	['an end of the next comment', '/* Adds █\nf(); /* b */', 'two. */', undefined, { shape }],
	['a line comment', '// Adds █\nf();', 'two numbers', undefined, { shape }],
	['code is none of its business', 'a(█)', '"*/"', undefined],
]);
