/** Which files may help to write which: those of the same languages, told by their endings. */

/** Languages that share names and ways. What is not listed helps only its own ending. */
const FAMILIES: readonly (readonly string[])[] = [
	['ts', 'tsx', 'js', 'jsx', 'mts', 'cts', 'mjs', 'cjs', 'vue', 'svelte'],
	['py', 'pyi', 'ipynb'],
	['c', 'h', 'cc', 'cpp', 'cxx', 'hh', 'hpp', 'hxx', 'inl', 'ipp', 'm', 'mm', 'cu', 'cuh'],
	['java', 'kt', 'kts', 'scala', 'groovy'],
	['cs', 'fs', 'vb'],
	['css', 'scss', 'sass', 'less'],
	['html', 'htm', 'vue', 'svelte'],
	['sh', 'bash', 'zsh'],
	['rb', 'erb', 'rake'],
	['ex', 'exs', 'heex'],
	['erl', 'hrl'],
	['yml', 'yaml'],
];

/** Lower case, without the dot; the whole name where there is none. */
export function endingOf(path: string): string {
	const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
	return name.slice(name.lastIndexOf('.') + 1);
}

export function isRelated(one: string, other: string): boolean {
	const [first, second] = [endingOf(one), endingOf(other)];
	return first === second || FAMILIES.some((family) => family.includes(first) && family.includes(second));
}
