/** Small correct programs in TypeScript, with names drawn from everyday domains: what the breaks are made in. */

import type { Random } from '../../../src/finetune/training/random';
import { pick, shuffled, whole } from './draw';

const THINGS =
	'user order product invoice task message account customer ticket report event booking lesson device project comment payment vehicle article recipe sensor player team job alert'.split(
		' ',
	);
const TEXT_FIELDS = 'name title label city email color owner category country comment language'.split(' ');
const NUMBER_FIELDS = 'price amount total weight score count width height age level duration'.split(' ');
const FLAGS = 'active visible done enabled archived paid locked public'.split(' ');
const STATES = 'open closed pending draft active failed ready paused queued loading success'.split(' ');

/** Words that a snippet is filled with. */
interface Words {
	/** `order`, `Order`, `orders`. */
	readonly thing: string;
	readonly Thing: string;
	readonly things: string;
	readonly text: string;
	readonly text2: string;
	readonly number: string;
	readonly number2: string;
	readonly flag: string;
	readonly state: readonly string[];
	readonly n: number;
	readonly m: number;
}

type Template = (words: Words) => string;

const shape = ({ Thing, text, number, flag }: Words) =>
	`interface ${Thing} {\n\tid: number;\n\t${text}: string;\n\t${number}: number;\n\t${flag}: boolean;\n}\n`;

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const TEMPLATES: readonly Template[] = [
	(w) =>
		`${shape(w)}\nexport function ${w.number}Of(${w.things}: ${w.Thing}[]): number {\n\tlet result = 0;\n\tfor (const ${w.thing} of ${w.things}) {\n\t\tresult += ${w.thing}.${w.number} * ${w.n};\n\t}\n\treturn result;\n}\n`,
	(w) =>
		`${shape(w)}\nexport function ${w.text}Of(${w.things}: ${w.Thing}[], id: number): string {\n\tconst found = ${w.things}.find((${w.thing}) => ${w.thing}.id === id);\n\treturn found?.${w.text} ?? '';\n}\n`,
	(w) =>
		`${shape(w)}\nexport const first${w.Thing}: ${w.Thing} = {\n\tid: ${w.n},\n\t${w.text}: 'main',\n\t${w.number}: ${w.m},\n\t${w.flag}: true,\n};\n`,
	(w) =>
		`${shape(w)}\nasync function load${w.Thing}(id: number): Promise<${w.Thing}> {\n\tconst response = await fetch(\`/${w.things}/\${id}\`);\n\treturn response.json();\n}\n\nexport async function show${w.Thing}(id: number) {\n\tconst ${w.thing} = await load${w.Thing}(id);\n\treturn ${w.thing}.${w.text}.toUpperCase();\n}\n`,
	(w) =>
		`type ${w.Thing}State = ${w.state.map((state) => `'${state}'`).join(' | ')};\n\nexport function is${capitalised(w.state[0] ?? '')}(state: ${w.Thing}State): boolean {\n\treturn state === '${w.state[0]}';\n}\n\nexport const first: ${w.Thing}State = '${w.state[1]}';\n`,
	(w) =>
		`export class ${w.Thing}List {\n\tprivate ${w.things}: string[] = [];\n\tprivate ${w.number}: number = ${w.n};\n\n\tadd(${w.thing}: string): void {\n\t\tthis.${w.things}.push(${w.thing});\n\t\tthis.${w.number} += 1;\n\t}\n\n\tisFull(): boolean {\n\t\treturn this.${w.things}.length >= this.${w.number};\n\t}\n}\n\nexport const list = new ${w.Thing}List();\n`,
	(w) =>
		`function limit(${w.number}: number, least: number, most: number): number {\n\treturn Math.min(most, Math.max(least, ${w.number}));\n}\n\nconst ${w.number2} = ${w.m};\nexport const limited = limit(${w.number2}, 0, ${w.n});\n`,
	(w) =>
		`export function count${capitalised(w.things)}(${w.things}: string[]): Map<string, number> {\n\tconst counts = new Map<string, number>();\n\tfor (const ${w.thing} of ${w.things}) {\n\t\tcounts.set(${w.thing}, (counts.get(${w.thing}) ?? 0) + 1);\n\t}\n\treturn counts;\n}\n`,
	(w) =>
		`function describe(${w.text}: string, ${w.number}: number): string {\n\treturn \`\${${w.text}}: \${${w.number}}\`;\n}\n\nexport function show(${w.text}?: string): string {\n\tconst ${w.number2} = ${w.n};\n\treturn describe(${w.text} ?? '', ${w.number2});\n}\n`,
	(w) =>
		`${shape(w)}\nexport function ${w.flag}${capitalised(w.things)}(${w.things}: ${w.Thing}[]): string[] {\n\tconst selected = ${w.things}.filter((${w.thing}) => ${w.thing}.${w.flag});\n\treturn selected.map((${w.thing}) => ${w.thing}.${w.text}.trim());\n}\n`,
	(w) =>
		`interface ${w.Thing} {\n\t${w.text}: string;\n\t${w.text2}?: string;\n}\n\nexport function ${w.text2}Length(${w.thing}: ${w.Thing}): number {\n\tconst length = ${w.thing}.${w.text2}?.length ?? 0;\n\treturn length;\n}\n`,
	(w) =>
		`interface ${w.Thing} {\n\t${w.text}: string;\n\t${w.number}: number;\n}\n\nexport function rename(${w.thing}: ${w.Thing}, ${w.text}: string): void {\n\t${w.thing}.${w.text} = ${w.text};\n}\n`,
	(w) =>
		`export function largest(values: number[]): number {\n\tlet best = -Infinity;\n\tfor (let index = 0; index < values.length; index++) {\n\t\tconst value = values[index] ?? 0;\n\t\tif (value > best) {\n\t\t\tbest = value;\n\t\t}\n\t}\n\treturn best;\n}\n\nexport const ${w.number} = largest([${w.n}, ${w.m}, 3]);\n`,
	(w) =>
		`export class ${w.Thing} {\n\tconstructor(\n\t\treadonly ${w.text}: string,\n\t\tprivate ${w.number}: number,\n\t) {}\n\n\traise(by: number): number {\n\t\tthis.${w.number} += by;\n\t\treturn this.${w.number};\n\t}\n}\n\nconst ${w.thing} = new ${w.Thing}('${w.text2}', ${w.n});\nexport const raised = ${w.thing}.raise(${w.m});\n`,
	(w) =>
		`const ${w.number} = ${w.n};\nconst ${w.number2} = ${w.m};\nconst part = ${w.number} / ${w.number2};\nconst percent = Math.round(part * 100);\n\nexport const label = \`\${percent} %\`;\n`,
	(w) =>
		`export function parse${w.Thing}(text: string): string[] {\n\tconst parts = text.split(',');\n\tconst ${w.things}: string[] = [];\n\tfor (const part of parts) {\n\t\tif (part.trim().length > 0) {\n\t\t\t${w.things}.push(part.trim());\n\t\t}\n\t}\n\treturn ${w.things};\n}\n`,
	(w) =>
		`const settings = {\n\t${w.text}: '${w.text2}',\n\t${w.number}: ${w.n},\n\t${w.flag}: false,\n};\n\nexport function ${w.thing}Text(): string {\n\tconst { ${w.text}, ${w.number} } = settings;\n\treturn ${w.text}.padEnd(${w.number});\n}\n`,
	(w) =>
		`async function wait(milliseconds: number): Promise<void> {\n\tawait new Promise((resolve) => setTimeout(resolve, milliseconds));\n}\n\nexport async function retry(${w.thing}: () => Promise<boolean>) {\n\tlet tries = 0;\n\twhile (tries < ${w.n}) {\n\t\tif (await ${w.thing}()) {\n\t\t\treturn true;\n\t\t}\n\t\ttries++;\n\t\tawait wait(${w.m});\n\t}\n\treturn false;\n}\n`,
	(w) =>
		`export function find${w.Thing}(${w.things}: Map<number, string>, id: number): string {\n\tconst found = ${w.things}.get(id);\n\tif (found === undefined) {\n\t\tthrow new Error(\`There is no ${w.thing} \${id}.\`);\n\t}\n\treturn found;\n}\n\nexport const ${w.things} = new Map<number, string>([[${w.n}, '${w.text}']]);\n`,
	(w) =>
		`type Mode = 'fast' | 'careful' | '${w.state[0]}';\n\nexport function run(mode: Mode, ${w.number}: number): string {\n\tif (mode === 'fast') {\n\t\treturn \`\${${w.number}}\`;\n\t}\n\treturn mode;\n}\n\nexport const result = run('careful', ${w.n});\n`,
];

/** One of the templates with drawn words; spaces instead of tabs at times. */
export function snippet(random: Random): string {
	const thing = pick(random, THINGS);
	const [text = '', text2 = ''] = shuffled(random, TEXT_FIELDS);
	const [number = '', number2 = ''] = shuffled(random, NUMBER_FIELDS);
	const code = pick(
		random,
		TEMPLATES,
	)({
		thing,
		Thing: capitalised(thing),
		things: thing.endsWith('y') ? `${thing.slice(0, -1)}ies` : `${thing}s`,
		text,
		text2,
		number,
		number2,
		flag: pick(random, FLAGS),
		state: shuffled(random, STATES).slice(0, whole(random, 2, 4)),
		n: whole(random, 2, 60),
		m: whole(random, 2, 900),
	});
	const unit = pick(random, ['\t', '  ', '    ']);
	return code.replaceAll('\t', unit);
}

/** Where such a program could lie. */
export function snippetPath(random: Random): string {
	const folder = pick(random, ['src', 'lib', 'app', 'src/models', 'src/core', 'packages/api/src', 'server']);
	return `${folder}/${pick(random, THINGS)}${pick(random, ['', 's', 'List', 'Store', '.service', 'Utils'])}.ts`;
}
