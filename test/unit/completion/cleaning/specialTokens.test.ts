/** Special tokens that the model spells as text end a suggestion (continue#4542, twinny#142). */
import { specialTokens } from '../../../../src/completion/cleaning/specialTokens';
import { describeRule } from '../../../support/cleaningTable';

describeRule(specialTokens, [
	['Qwen', 'a = █', '1<|fim_middle|>2', '1'],
	['StarCoder', 'a = █', '1<fim_suffix>2', '1'],
	['StarCoder 2, the next file', 'a = █', '1;\n<file_sep>b', '1;\n'],
	['DeepSeek', 'a = █', '1<｜fim▁begin｜>', '1'],
	['Seed-Coder', 'a = █', '1<[fim-middle]>', '1'],
	['end of text', 'a = █', '1<|endoftext|>2', '1'],
	['end of a turn', 'a = █', '1;<|im_end|>', '1;'],
	['in a comment', 'a = █', '1; // <|fim_prefix|>', '1; // '],
	['half of one at the end', 'a = █', '1;<|fim_mid', '1;'],
	['half of one, DeepSeek', 'a = █', '1;<｜end▁of', '1;'],
	['half of one may still grow', 'a = █', '1;<|fim_mid', undefined, { isComplete: false }],
	['a file name’s place', 'a = █', '"usage: cat <filename>";', undefined],
	['a repository’s place', 'a = █', '"clone <repo_name>";', undefined],
	['an element named like a token', 'return █', '<PRE>text</PRE>;', undefined],
	['a comparison', 'a = █', 'b <c || d> e', undefined],
	['a pipe', 'let a = █', 'f <|x', undefined, { languageId: 'fsharp' }],
	['code about tokens', "const end = '<|endoftext|>';\nconst ends = [█]", "'<|endoftext|>'", undefined],
	['prose about tokens', 'The token █', '`<|endoftext|>` ends it', undefined, { languageId: 'markdown' }],
]);
