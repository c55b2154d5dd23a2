/** Templates are bundled as text: what an import of one gives. */

declare module '*.py' {
	const text: string;
	export = text;
}
declare module '*.sh' {
	const text: string;
	export = text;
}
declare module '*.sbatch' {
	const text: string;
	export = text;
}
declare module '*.yaml' {
	const text: string;
	export = text;
}
declare module '*.txt' {
	const text: string;
	export = text;
}
declare module '*.md' {
	const text: string;
	export = text;
}
