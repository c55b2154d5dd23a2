/** Edits that one line after another needs, each with a part of its own: what a model may write and no rule can. */

export interface SiblingEdit {
	readonly name: string;
	readonly languageId: string;
	readonly before: string;
	/** The edit by hand, in `before`. */
	readonly edit: { readonly offset: number; readonly removed: string; readonly inserted: string };
	/** Lines that need the same, as they are and as they should be. */
	readonly wanted: ReadonlyMap<string, string>;
	/** The same lines after a change that is another one, or that takes another line's names. */
	readonly others: ReadonlyMap<string, readonly string[]>;
	/** The text once all is done. */
	readonly after: string;
}

/** A line, or a few, as it is, as it should be, and after other edits. */
export type EditedLine = readonly [was: string, is: string, ...others: string[]];

interface Kind {
	readonly languageId: string;
	/** Around the lines. */
	readonly head: string;
	readonly tail: string;
	readonly was: (name: string, index: number) => string;
	readonly is: (name: string, index: number) => string;
	/** As plausible, and not the same edit. */
	readonly other: (name: string, index: number) => string;
}

const NAMES = [
	['width', 'height', 'depth', 'weight'],
	['host', 'port', 'query', 'hash'],
	['title', 'author', 'pages', 'price'],
	['x', 'y', 'z', 'w'],
	['first_name', 'last_name', 'birth_date', 'email'],
] as const;

function capital(name: string): string {
	return name.slice(0, 1).toUpperCase() + name.slice(1);
}

const script = { languageId: 'typescript', head: 'export function make(source, options) {\n', tail: '}\n' };

const KINDS: Readonly<Record<string, Kind>> = {
	'default value': {
		...script,
		was: (n) => `\t${n}: read(source.${n}),`,
		is: (n) => `\t${n}: read(source.${n}) ?? '${n}',`,
		other: (n) => `\t${n}: read(source.${n}) || '${n}',`,
	},
	'argument with its name': {
		...script,
		was: (n) => `\t${n}: read(source.${n}),`,
		is: (n) => `\t${n}: read(source.${n}, '${n}'),`,
		other: (n) => `\t${n}: read('${n}', source.${n}),`,
	},
	'wrapped with its name': {
		...script,
		was: (n) => `\tconst ${n} = load('${n}');`,
		is: (n) => `\tconst ${n} = check('${n}', load('${n}'));`,
		other: (n) => `\tconst ${n} = check(load('${n}'));`,
	},
	'message of an assertion': {
		...script,
		was: (n) => `\texpect(result.${n}).toBe(1);`,
		is: (n) => `\texpect(result.${n}, '${n}').toBe(1);`,
		other: (n) => `\texpect(result.${n}).toBe(2);`,
	},
	'default of its own': {
		...script,
		was: (n) => `\tthis.${n} = options.${n};`,
		is: (n) => `\tthis.${n} = options.${n} ?? defaults.${n};`,
		other: (n) => `\tthis.${n} = options.${n} ?? source.${n};`,
	},
	'label before a value': {
		...script,
		was: (n) => `\tlog(${n});`,
		is: (n) => `\tlog('${n}', ${n});`,
		other: (n) => `\tlog(${n}, 1);`,
	},
	'name in a message': {
		...script,
		was: (n) => `\tif (${n} < 0) throw new RangeError('negative');`,
		is: (n) => `\tif (${n} < 0) throw new RangeError('negative ${n}');`,
		other: (n) => `\tif (${n} <= 0) throw new RangeError('negative');`,
	},
	'argument of a factory': {
		...script,
		was: (n) => `\texport const ${capital(n)} = create();`,
		is: (n) => `\texport const ${capital(n)} = create('${n}');`,
		other: (n) => `\texport const ${capital(n)} = create({});`,
	},
	'guard of a route': {
		...script,
		was: (n) => `\tapp.get('/${n}', show${capital(n)});`,
		is: (n) => `\tapp.get('/${n}', guard('${n}'), show${capital(n)});`,
		other: (n) => `\tapp.post('/${n}', show${capital(n)});`,
	},
	'type of a field': {
		...script,
		was: (n) => `\t${n}: number;`,
		is: (n) => `\t${n}: Value<'${n}'>;`,
		other: (n) => `\t${n}?: number;`,
	},
	'body of a getter': {
		...script,
		was: (n) => `\tget ${n}() { return 1; }`,
		is: (n) => `\tget ${n}() { return this.values.${n}; }`,
		other: (n) => `\tget ${n}() { return 2; }`,
	},
	'case of a switch': {
		...script,
		was: (n) => `\t\tcase '${n}': return undefined;`,
		is: (n) => `\t\tcase '${n}': return show${capital(n)}(event);`,
		other: (n) => `\t\tcase '${n}': return null;`,
	},
	'description in a schema': {
		...script,
		was: (n) => `\t${n}: z.string(),`,
		is: (n) => `\t${n}: z.string().describe('${n}'),`,
		other: (n) => `\t${n}: z.string().optional(),`,
	},
	'closure around a call': {
		...script,
		was: (n) => `\tawait save${capital(n)}(data);`,
		is: (n) => `\tawait retry(() => save${capital(n)}(data));`,
		other: (n) => `\tvoid save${capital(n)}(data);`,
	},
	'number in a row': {
		...script,
		was: (n) => `\tregister(${n});`,
		is: (n, index) => `\tregister(${n}, ${index});`,
		other: (n) => `\tregister(${n}.id);`,
	},
	'message where it is missing': {
		...script,
		was: (n) => `\tassert(${n});`,
		is: (n) => `\tassert(${n}, '${n} is missing');`,
		other: (n) => `\tassert(!${n}, '${n} is there');`,
	},
	'member of a union': {
		...script,
		was: (n) => `\t| { kind: '${n}' }`,
		is: (n) => `\t| { kind: '${n}'; ${n}: string }`,
		other: (n) => `\t| { type: '${n}' }`,
	},
	'statement of its own': {
		...script,
		was: (n) => `\t\tcase '${n}':\n\t\t\tbreak;`,
		is: (n) => `\t\tcase '${n}':\n\t\t\tshow${capital(n)}();\n\t\t\tbreak;`,
		other: (n) => `\t\tcase '${n}':\n\t\t\tcontinue;`,
	},
	'label of a field': {
		languageId: 'javascriptreact',
		head: 'const form = (\n',
		tail: ');\n',
		was: (n) => `\t<Field name="${n}" />`,
		is: (n) => `\t<Field name="${n}" label="${capital(n)}" />`,
		other: (n) => `\t<Input name="${n}" />`,
	},
	'key of a row': {
		languageId: 'python',
		head: 'def parse(row):\n',
		tail: '    return 1\n',
		was: (n) => `    ${n} = row["${n}"]`,
		is: (n) => `    ${n} = row.get("${n}")`,
		other: (n) => `    ${n} = row["${n}"].strip()`,
	},
	'argument of a command line': {
		languageId: 'python',
		head: 'def arguments(parser):\n',
		tail: '    return parser\n',
		was: (n) => `    parser.add("--${n}")`,
		is: (n) => `    parser.add("--${n}", dest="${n}")`,
		other: (n) => `    parser.add("--${n}", "-o")`,
	},
	'printed with its name': {
		languageId: 'go',
		head: 'func show() {\n',
		tail: '}\n',
		was: (n) => `\tfmt.Println(${n})`,
		is: (n) => `\tfmt.Println("${n}", ${n})`,
		other: (n) => `\tfmt.Print(${n})`,
	},
	'value of a field': {
		languageId: 'java',
		head: 'class Box {\n',
		tail: '}\n',
		was: (n) => `    private int ${n};`,
		is: (n) => `    private int ${n} = defaults.get${capital(n)}();`,
		other: (n) => `    private int ${n} = 0;`,
	},
	'variable of a sheet': {
		languageId: 'css',
		head: ':root {\n',
		tail: '}\n',
		was: (n) => `\t--${n}: 1px;`,
		is: (n) => `\t--${n}: var(--base-${n}, 1px);`,
		other: (n) => `\t--${n}: 2px;`,
	},
	'reason of an expectation': {
		languageId: 'rust',
		head: 'fn read(map: &Map) {\n',
		tail: '}\n',
		was: (n) => `    let ${n} = map.get("${n}");`,
		is: (n) => `    let ${n} = map.get("${n}").expect("${n}");`,
		other: (n) => `    let ${n} = map.get("${n}").unwrap();`,
	},
};

/** In every case one of four lines is edited by hand, the first or the second. */
export const siblingEdits: readonly SiblingEdit[] = Object.entries(KINDS).flatMap(([name, kind]) =>
	NAMES.map((names, number) => {
		const edited = number % 2;
		const lines = names.map((one, index): EditedLine => {
			const is = kind.is(one, index);
			const [line, whole] = own(kind.was(one, index), is);
			const others = [kind.other(one, index), taken(line, whole, one, names[edited] ?? '')];
			return [kind.was(one, index), is, ...others];
		});
		return siblingEdit(`${name}: ${names[0]}`, kind, lines, edited);
	}),
);

/** @param edited index of the line that is edited by hand. */
export function siblingEdit(
	name: string,
	{ languageId, head, tail }: Pick<Kind, 'languageId' | 'head' | 'tail'>,
	lines: readonly EditedLine[],
	edited: number,
): SiblingEdit {
	const text = (side: 0 | 1) => `${head}${lines.map((line) => `${line[side]}\n`).join('')}${tail}`;
	const before = text(0);
	const [was, is] = lines[edited] ?? ['', ''];
	const rest = lines.filter((_line, index) => index !== edited);
	return {
		name,
		languageId,
		before,
		edit: smallest(before.indexOf(was), was, is),
		wanted: new Map(rest.map((line) => own(line[0], line[1]))),
		others: new Map(rest.map(([one, other, ...wrong]) => [own(one, other)[0], wrong])),
		after: text(1),
	};
}

/** The lines without those at their end that stay. */
function own(was: string, is: string): readonly [string, string] {
	const last = was.slice(was.lastIndexOf('\n'));
	return was.includes('\n') && is.endsWith(last)
		? [was.slice(0, -last.length), is.slice(0, -last.length)]
		: [was, is];
}

/** The right line with another line's name in what is new. */
function taken(was: string, is: string, own: string, other: string): string {
	let same = 0;
	while (same < was.length && was[same] === is[same]) {
		same++;
	}
	const end = is.slice(same);
	return (
		is.slice(0, same) +
		end.replace(new RegExp(`\\b${own}\\b`), other).replace(new RegExp(`${capital(own)}\\b`), capital(other))
	);
}

/** What somebody types who changes no more than is needed. */
function smallest(offset: number, was: string, is: string): SiblingEdit['edit'] {
	let start = 0;
	while (start < Math.min(was.length, is.length) && was[start] === is[start]) {
		start++;
	}
	let same = 0;
	while (same < Math.min(was.length, is.length) - start && was.at(-1 - same) === is.at(-1 - same)) {
		same++;
	}
	return {
		offset: offset + start,
		removed: was.slice(start, was.length - same),
		inserted: is.slice(start, is.length - same),
	};
}
