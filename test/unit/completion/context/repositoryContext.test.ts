/** What other files bring to a place in a repository: what is imported, what is alike, and nothing of the file itself. */
import * as assert from 'node:assert/strict';
import { RepositoryContext } from '../../../../src/completion/context/repositoryContext';

const never = new AbortController().signal;
const files = new Map([
	['src/cart.ts', 'export function total(items: Item[]): number {\n\treturn sum(items);\n}\n'],
	[
		'src/order.ts',
		'export function payOrder(order: Order, customer: Customer) {\n\tconst price = total(order.items);\n\tcustomer.charge(price);\n}\n',
	],
	['src/pay.ts', 'THE FILE ITSELF\n'],
	['lib/far.ts', 'const price = total(order.items);\n'],
	['src/notes.py', 'price = total(order.items)\n'],
]);
const read: string[] = [];
const repository = {
	paths: files.keys(),
	read: async (file: string) => {
		read.push(file);
		return files.get(file);
	},
};
const place = {
	path: 'src/pay.ts',
	before:
		"import { total } from './cart';\n\nexport function payAll(order: Order, customer: Customer) {\n\tconst price = ",
	after: '\n}\n',
	firstLine: 0,
};

describe('context: repository', () => {
	it('brings what is imported and what is alike, within its share of the room', async () => {
		const context = new RepositoryContext(repository, { prefillTokensPerSecond: 2_000 });
		const { files: chosen, tokens } = await context.chosenFor(place, 500, never);
		assert.deepEqual(
			chosen.map(({ path }) => path),
			['src/cart.ts', 'src/order.ts'],
		);
		assert.ok(chosen[0]?.text.includes('function total(items: Item[]): number'));
		assert.equal(tokens, 200);
		assert.ok(!read.includes('src/pay.ts') && !read.includes('src/notes.py'));
		assert.deepEqual(await context.chosenFor(place, 500, never), { files: chosen, tokens });
	});

	it('brings nothing where this machine would not read it in time, or the room is small', async () => {
		const nothing = { files: [], tokens: 0 };
		const slow = new RepositoryContext(repository, { prefillTokensPerSecond: 50 });
		assert.deepEqual(await slow.chosenFor(place, 500, never), nothing);
		const fast = new RepositoryContext(repository, { prefillTokensPerSecond: 2_000 });
		assert.deepEqual(await fast.chosenFor(place, 100, never), nothing);
	});
});
