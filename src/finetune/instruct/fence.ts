/** Code between fences, as chat shows it and models write it. */

/** A fence that nothing in the code ends. */
export function fenced(language: string, code: string): string {
	const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}${language}\n${code.replace(/^\n+|\s+$/g, '')}\n${fence}`;
}

/** The language that a fence names, and the code in it, of each block. */
export function fencesIn(text: string): readonly { readonly language: string; readonly code: string }[] {
	return [...text.matchAll(/^(`{3,})([\w+#.-]*)[^\n]*\n([\s\S]*?)^\1\s*$/gm)].map(
		([, , language = '', code = '']) => ({ language: language.toLowerCase(), code }),
	);
}

/** Without the blanks that all its lines begin with. */
export function dedented(code: string): string {
	const lines = code.split('\n');
	const indentations = lines
		.filter((line) => line.trim() !== '')
		.map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
	const [first = ''] = indentations;
	let common = first;
	for (const indentation of indentations) {
		while (!indentation.startsWith(common)) {
			common = common.slice(0, -1);
		}
	}
	return lines.map((line) => (line.startsWith(common) ? line.slice(common.length) : line.trim())).join('\n');
}

/** How fences name the language of a file, by its name. */
export function fenceLanguage(file: string): string {
	const extension = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
	return NAMES[extension] ?? extension;
}

/** The name of a file that a fence's language may be of; the language itself is the ending where it is no other. */
export function fenceFile(language: string): string {
	const [ending] = Object.entries(NAMES).find(([, name]) => name === language) ?? [language];
	return `block.${ending}`;
}

const NAMES: Readonly<Record<string, string>> = {
	ts: 'typescript',
	mts: 'typescript',
	cts: 'typescript',
	tsx: 'tsx',
	js: 'javascript',
	mjs: 'javascript',
	cjs: 'javascript',
	jsx: 'jsx',
	py: 'python',
	pyi: 'python',
	rs: 'rust',
	rb: 'ruby',
	cs: 'csharp',
	cc: 'cpp',
	cxx: 'cpp',
	hpp: 'cpp',
	hh: 'cpp',
	h: 'cpp',
	kt: 'kotlin',
	sh: 'bash',
	md: 'markdown',
	yml: 'yaml',
};
