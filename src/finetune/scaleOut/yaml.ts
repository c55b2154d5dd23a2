/** Plain data as JSON and as YAML, where what is no list or object stands as JSON has it. */

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

export function json(value: unknown): string {
	return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** @param comment Lines above it, without `#`. */
export function yamlOf(value: Readonly<Record<string, Plain>>, comment: readonly string[] = []): string {
	return [...comment.map((line) => `# ${line}`), ...linesOf(value)].join('\n').concat('\n');
}

function linesOf(value: Readonly<Record<string, Plain>>): readonly string[] {
	return Object.entries(value).flatMap(([key, entry]) => {
		const nested = nestedLines(entry);
		return nested === undefined ? [`${key}: ${scalar(entry)}`] : [`${key}:`, ...nested.map(indented)];
	});
}

/** Undefined for what stands on the line of its key: a scalar, and whatever is empty or a list of scalars. */
function nestedLines(entry: Plain): readonly string[] | undefined {
	if (Array.isArray(entry)) {
		const items: readonly Plain[] = entry;
		return items.some(isObject)
			? items.flatMap((item) => {
					const lines = isObject(item) ? linesOf(item) : [scalar(item)];
					return lines.map((line, index) => (index === 0 ? `- ${line}` : indented(line)));
				})
			: undefined;
	}
	return isObject(entry) && Object.keys(entry).length > 0 ? linesOf(entry) : undefined;
}

/** To PyYAML, which reads YAML 1.1, 1e-8 is a text: a number has a point there. */
function scalar(value: Plain): string {
	return Array.isArray(value)
		? `[${value.map(scalar).join(', ')}]`
		: JSON.stringify(value).replace(/^(-?\d)(e[-+]\d+)$/, '$1.0$2');
}

function isObject(value: Plain): value is { readonly [key: string]: Plain } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indented(line: string): string {
	return `  ${line}`;
}
