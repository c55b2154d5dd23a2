/** What models call their tokens for filling in the middle: looked for in a vocabulary, or written into a prompt by name. */

export interface FillFamily {
	readonly name: string;
	readonly prefix: readonly string[];
	readonly suffix: readonly string[];
	/** Empty where the family has none. */
	readonly middle: readonly string[];
	readonly repository?: string;
	readonly file?: string;
	/** A token that the vocabulary must have, or an architecture's beginning, to tell namesakes apart. */
	readonly only?: { readonly token?: string; readonly architecture?: string };
	readonly order?: 'suffix-first';
	readonly repositoryEnd?: '\n';
	readonly prefixLead?: ' ';
	readonly fileHeader?: 'plus';
	/** How a middle ends, where that is not the model's end of a text: an instructed model's ends a turn. */
	readonly end?: readonly string[];
	readonly stops?: readonly string[];
}

const PIPED = { prefix: ['<|fim_prefix|>'], suffix: ['<|fim_suffix|>'], middle: ['<|fim_middle|>'] } as const;
const ANGLED = { prefix: ['<fim_prefix>'], suffix: ['<fim_suffix>'], middle: ['<fim_middle>'] } as const;

/**
 * From the model cards: the first whose tokens are there. Qwen2.5-Coder technical report section 3.2 (repository
 * level), StarCoder2 paper section 5.1 and bigcode's formats, DeepSeek-Coder README, Code Llama paper section 2.3
 * (infilling prefixes encode with a leading space), CodeGemma prompt structure, mistral-common (Codestral),
 * Granite code cookbook, Seed-Coder (trained suffix first).
 */
export const FILL_FAMILIES: readonly FillFamily[] = [
	{
		name: 'codegemma',
		...PIPED,
		file: '<|file_separator|>',
		only: { token: '<|file_separator|>' },
		end: ['<|file_separator|>'],
	},
	{
		name: 'granite',
		...PIPED,
		repository: '<|reponame|>',
		file: '<|filename|>',
		only: { token: '<|filename|>' },
	},
	{
		name: 'qwen',
		...PIPED,
		repository: '<|repo_name|>',
		file: '<|file_sep|>',
		repositoryEnd: '\n',
		end: ['<|endoftext|>'],
		stops: ['<|fim_pad|>', '<|cursor|>'],
	},
	{
		name: 'starcoder2',
		...ANGLED,
		repository: '<repo_name>',
		file: '<file_sep>',
		only: { token: '<file_sep>' },
		stops: ['<fim_pad>'],
	},
	{
		name: 'granite',
		...ANGLED,
		repository: '<reponame>',
		file: '<filename>',
		only: { architecture: 'granite' },
		stops: ['<fim_pad>'],
	},
	{
		name: 'starcoder',
		...ANGLED,
		repository: '<reponame>',
		file: '<filename>',
		stops: ['<fim_pad>', '<gh_stars>'],
	},
	{ name: 'santacoder', prefix: ['<fim-prefix>'], suffix: ['<fim-suffix>'], middle: ['<fim-middle>'] },
	{
		name: 'deepseek',
		prefix: ['<｜fim▁begin｜>'],
		suffix: ['<｜fim▁hole｜>'],
		middle: ['<｜fim▁end｜>'],
		stops: ['<|EOT|>'],
	},
	{
		name: 'codellama',
		prefix: ['▁<PRE>', '<PRE>'],
		suffix: ['▁<SUF>', '<SUF>'],
		middle: ['▁<MID>', '<MID>'],
		prefixLead: ' ',
		end: ['▁<EOT>', '<EOT>'],
	},
	{
		name: 'seed-coder',
		prefix: ['<[fim-prefix]>'],
		suffix: ['<[fim-suffix]>'],
		middle: ['<[fim-middle]>'],
		order: 'suffix-first',
	},
	{
		name: 'codestral',
		prefix: ['[PREFIX]'],
		suffix: ['[SUFFIX]'],
		middle: [],
		order: 'suffix-first',
		fileHeader: 'plus',
		stops: ['[MIDDLE]'],
	},
	{
		name: 'glm',
		prefix: ['<|code_prefix|>'],
		suffix: ['<|code_suffix|>'],
		middle: ['<|code_middle|>'],
	},
];
