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

/** The grammar for an identifier of VS Code's; undefined where none is shipped. */
export function grammarOf(languageId: string): Grammar | undefined {
	return GRAMMAR_OF.get(languageId);
}
