/** Which grammar reads which language. */

/** The grammars that are shipped, as `tree-sitter-NAME.wasm`. */
export const GRAMMARS = [
	'typescript',
	'tsx',
	'javascript',
	'python',
	'java',
	'go',
	'rust',
	'cpp',
	'c-sharp',
	'php',
	'ruby',
] as const;

export type Grammar = (typeof GRAMMARS)[number];

/** C is read with the grammar of C++: what differs (`new` as a name) is rare, and a grammar is 5 MB. */
const GRAMMAR_OF: ReadonlyMap<string, Grammar> = new Map([
	['typescript', 'typescript'],
	['typescriptreact', 'tsx'],
	['javascript', 'javascript'],
	['javascriptreact', 'javascript'],
	['python', 'python'],
	['java', 'java'],
	['go', 'go'],
	['rust', 'rust'],
	['c', 'cpp'],
	['cpp', 'cpp'],
	['cuda-cpp', 'cpp'],
	['csharp', 'c-sharp'],
	['php', 'php'],
	['ruby', 'ruby'],
]);

/** By the end of a file's name, in lower case. Headers may be of C, C++ or Objective-C: the first two are told alike. */
const GRAMMAR_OF_EXTENSION: ReadonlyMap<string, Grammar> = new Map([
	['ts', 'typescript'],
	['mts', 'typescript'],
	['cts', 'typescript'],
	['tsx', 'tsx'],
	['js', 'javascript'],
	['mjs', 'javascript'],
	['cjs', 'javascript'],
	['jsx', 'javascript'],
	['py', 'python'],
	['pyi', 'python'],
	['java', 'java'],
	['go', 'go'],
	['rs', 'rust'],
	['c', 'cpp'],
	['h', 'cpp'],
	['cc', 'cpp'],
	['cpp', 'cpp'],
	['cxx', 'cpp'],
	['hpp', 'cpp'],
	['hh', 'cpp'],
	['cu', 'cpp'],
	['cuh', 'cpp'],
	['cs', 'c-sharp'],
	['php', 'php'],
	['rb', 'ruby'],
]);

/** The grammar for an identifier of VS Code's; undefined where none is shipped. */
export function grammarOf(languageId: string): Grammar | undefined {
	return GRAMMAR_OF.get(languageId);
}

/** The grammar for a file by its name, with or without folders; undefined where none is shipped. */
export function grammarOfFile(name: string): Grammar | undefined {
	return GRAMMAR_OF_EXTENSION.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '');
}
