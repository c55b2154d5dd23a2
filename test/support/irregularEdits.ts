/** Repeated edits at lines that are not all of one form; written after the rules for the model's answers, and once. */

import { type EditedLine, type SiblingEdit, siblingEdit } from './siblingEdits';

interface Lines {
	readonly languageId: string;
	readonly head: string;
	readonly tail: string;
	/** As they are, as they should be, and after another edit. */
	readonly lines: readonly EditedLine[];
}

const CASES: Readonly<Record<string, Lines>> = {
	'calls in a cache': {
		languageId: 'typescript',
		head: 'async function load(db, id) {\n',
		tail: '\treturn { user, orders, tags };\n}\n',
		lines: [
			[
				'\tconst user = await db.users.find(id);',
				"\tconst user = await cached('user', () => db.users.find(id));",
				'\tconst user = await db.users.find(id, true);',
			],
			[
				'\tconst orders = await db.orders.find(id, { limit: 5 });',
				"\tconst orders = await cached('orders', () => db.orders.find(id, { limit: 5 }));",
				'\tconst orders = await db.orders.find(id, { limit: 6 });',
			],
			[
				'\tconst tags = await db.tags.find(id);',
				"\tconst tags = await cached('tags', () => db.tags.find(id));",
				"\tconst tags = await cached('tags', db.tags.find(id));",
			],
		],
	},
	'texts to translate': {
		languageId: 'typescript',
		head: 'const texts = {\n',
		tail: '};\n',
		lines: [
			["\ttitle: 'Open a file',", "\ttitle: t('Open a file'),", "\ttitle: 'Open the file',"],
			["\thint: 'Press Enter to go on',", "\thint: t('Press Enter to go on'),", '\thint: t(),'],
			["\tdone: 'Done',", "\tdone: t('Done'),", "\tdone: t('Open a file'),"],
		],
	},
	'reasons to return': {
		languageId: 'javascript',
		head: 'function check(user, order, price) {\n',
		tail: '\treturn true;\n}\n',
		lines: [
			['\tif (!user) return null;', "\tif (!user) return fail('user');", '\tif (!user) return undefined;'],
			[
				'\tif (!order.id) return null;',
				"\tif (!order.id) return fail('order');",
				'\tif (!order) return null;',
			],
			['\tif (!price) return null;', "\tif (!price) return fail('price');", '\tif (!price) throw fail();'],
		],
	},
	'lengths that scale': {
		languageId: 'css',
		head: '.box {\n',
		tail: '}\n',
		lines: [
			['\tmargin: 4px;', '\tmargin: calc(4px * var(--scale));', '\tmargin: 4rem;'],
			['\tpadding: 8px;', '\tpadding: calc(8px * var(--scale));', '\tpadding: calc(4px * var(--scale));'],
			['\tgap: 2px;', '\tgap: calc(2px * var(--scale));', '\tgap: calc(2px + var(--scale));'],
		],
	},
	'first values of properties': {
		languageId: 'csharp',
		head: 'class Person {\n',
		tail: '}\n',
		lines: [
			[
				'    public string Name { get; set; }',
				'    public string Name { get; set; } = "none";',
				'    public string Name { get; init; }',
			],
			[
				'    public string City { get; set; }',
				'    public string City { get; set; } = "nowhere";',
				'    public string City { get; set; };',
			],
			[
				'    public int Age { get; set; }',
				'    public int Age { get; set; } = 0;',
				'    public int Age { get; }',
			],
		],
	},
	'atomic counters': {
		languageId: 'cpp',
		head: 'struct Counters {\n',
		tail: '};\n',
		lines: [
			['\tint count = 0;', '\tstd::atomic<int> count{0};', '\tlong count = 0;'],
			['\tlong total = 1;', '\tstd::atomic<long> total{1};', '\tstd::atomic<int> total{1};'],
			['\tint errors = 2;', '\tstd::atomic<int> errors{2};', '\tstd::atomic<int> errors{0};'],
		],
	},
	'values with their names': {
		languageId: 'python',
		head: 'def show(total, rate):\n',
		tail: '    return\n',
		lines: [
			['    print(total)', '    print(f"total={total}")', '    print(str(total))'],
			['    print(rate)', '    print(f"rate={rate}")', '    print(f"total={rate}")'],
			['    print(total * rate)', '    print(f"total * rate={total * rate}")', '    print(total + rate)'],
		],
	},
	'columns with their names': {
		languageId: 'typescript',
		head: 'class User {\n',
		tail: '}\n',
		lines: [
			[
				'\t@Column() firstName: string;',
				"\t@Column({ name: 'first_name' }) firstName: string;",
				'\t@Column() firstName?: string;',
			],
			[
				'\t@Column() lastName: string;',
				"\t@Column({ name: 'last_name' }) lastName: string;",
				"\t@Column({ name: 'first_name' }) lastName: string;",
			],
			['\t@Column() age: number;', "\t@Column({ name: 'age' }) age: number;", '\t@Index() age: number;'],
		],
	},
	'images of a registry': {
		languageId: 'yaml',
		head: 'jobs:\n',
		tail: 'on: push\n',
		lines: [
			['  image: build', '  image: registry/build:latest', '  image: build2'],
			['  image: test', '  image: registry/test:latest', '  image: registry/build:latest'],
			['  image: deploy', '  image: registry/deploy:latest', '  name: deploy'],
		],
	},
	'types beside values': {
		languageId: 'typescript',
		head: '// What others need.\n',
		tail: '',
		lines: [
			[
				"export { Box } from './box';",
				"export { Box, type BoxProps } from './box';",
				"export { Crate } from './box';",
			],
			[
				"export { Card } from './card';",
				"export { Card, type CardProps } from './card';",
				"export { Card, type BoxProps } from './card';",
			],
			[
				"export { List } from './list';",
				"export { List, type ListProps } from './list';",
				"export * from './list';",
			],
		],
	},
	'colours by their names': {
		languageId: 'typescript',
		head: 'const basket = [Colour.green, Colour.yellow, Colour.red];\n',
		tail: 'paint();\n',
		lines: [
			['add(apple);', 'add(apple, Colour.red);', 'add(apple, red);'],
			['add(lemon);', 'add(lemon, Colour.yellow);', 'add(lemon, Shape.round);'],
			['add(lime);', 'add(lime, Colour.green);', 'add(Colour.green);'],
		],
	},
	'rows with one more': {
		languageId: 'javascript',
		head: 'const table = [\n',
		tail: '];\n',
		lines: [
			["\t[10, 'ten'],", "\t[10, 'ten', '1010'],", "\t[10, 'Ten'],"],
			["\t[11, 'eleven'],", "\t[11, 'eleven', '1011'],", "\t[11, 'twelve'],"],
			["\t[12, 'twelve'],", "\t[12, 'twelve', '1100'],", "\t['twelve', 12],"],
		],
	},
	'results that are checked': {
		languageId: 'go',
		head: 'func load() {\n',
		tail: '}\n',
		lines: [
			['\ta := open("a.txt")', '\ta := must(open("a.txt"), "a")', '\ta := open("a.md")'],
			['\tb := read(a, 10)', '\tb := must(read(a, 10), "b")', '\tb := must(read(a, 10), "a")'],
			['\tc := parse(b)', '\tc := must(parse(b), "c")', '\tc, _ := parse(b)'],
		],
	},
	'optional parameters': {
		languageId: 'typescript',
		head: 'interface Options {\n',
		tail: '}\n',
		lines: [
			['\tname: string;', '\treadonly name?: string;', '\treadonly name: string;'],
			['\tage: number;', '\treadonly age?: number;', '\tage?: number;'],
			['\ttags: readonly string[];', '\treadonly tags?: readonly string[];', '\treadonly tags: string[];'],
		],
	},
	'handlers that are bound': {
		languageId: 'javascript',
		head: 'setUp() {\n',
		tail: '}\n',
		lines: [
			[
				"\tbutton.on('click', this.open);",
				"\tbutton.on('click', () => this.open());",
				"\tbutton.off('click');",
			],
			[
				"\tfield.on('change', this.save);",
				"\tfield.on('change', () => this.save());",
				"\tfield.on('change', () => this.open());",
			],
			[
				"\tlist.on('select', this.show);",
				"\tlist.on('select', () => this.show());",
				"\tlist.on('select', this.show());",
			],
		],
	},
	'attributes of a model': {
		languageId: 'python',
		head: 'class Person:\n',
		tail: '\n',
		lines: [
			['    name: str', '    name: str = field(default="")', '    name: str = ""'],
			['    city: str', '    city: str = field(default="Oslo")', '    city: Optional[str]'],
			['    age: int', '    age: int = field(default=0)', '    age: int = field(0, default)'],
		],
	},
	'constants in a table': {
		languageId: 'c',
		head: 'static const struct entry table[] = {\n',
		tail: '};\n',
		lines: [
			['\t{ "open", OPEN },', '\t{ "open", OPEN, do_open },', '\t{ "open", CLOSE },'],
			['\t{ "read", READ },', '\t{ "read", READ, do_read },', '\t{ "read", READ, do_open },'],
			['\t{ "write", WRITE },', '\t{ "write", WRITE, do_write },', '\t{ "write", do_write },'],
		],
	},
	'promises that are raced': {
		languageId: 'typescript',
		head: 'async function all(signal) {\n',
		tail: '}\n',
		lines: [
			[
				'\tconst one = await first();',
				'\tconst one = await limited(first(), signal);',
				'\tconst one = first();',
			],
			[
				'\tconst two = await second(one);',
				'\tconst two = await limited(second(one), signal);',
				'\tconst two = await limited(first(), signal);',
			],
			[
				'\tawait third(one, two);',
				'\tawait limited(third(one, two), signal);',
				'\tawait limited(third(one, two, signal));',
			],
		],
	},
	'paths below a folder': {
		languageId: 'javascript',
		head: 'const paths = {\n',
		tail: '};\n',
		lines: [
			["\tsource: 'src',", "\tsource: path.join(root, 'src'),", "\tsource: 'source',"],
			["\tbuilt: 'dist/main',", "\tbuilt: path.join(root, 'dist/main'),", "\tbuilt: path.join(root, 'src'),"],
			["\ttests: 'test',", "\ttests: path.join(root, 'test'),", "\ttests: path.resolve(root, 'test'),"],
		],
	},
	'columns that are counted': {
		languageId: 'sql',
		head: 'SELECT\n',
		tail: 'FROM orders\n',
		lines: [
			['  price,', '  SUM(price) AS sum_price,', '  AVG(price),'],
			['  weight,', '  SUM(weight) AS sum_weight,', '  SUM(weight) AS sum_price,'],
			['  pieces,', '  SUM(pieces) AS sum_pieces,', '  pieces AS sum_pieces,'],
		],
	},
};

export const irregularEdits: readonly SiblingEdit[] = Object.entries(CASES).flatMap(
	([name, { languageId, head, tail, lines }]) =>
		[0, 1].map((edited) => siblingEdit(`${name}: ${edited}`, { languageId, head, tail }, lines, edited)),
);
