/** Blocks as grammars have them: whole nodes of fitting size with something before them, in every language that ships. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { blocksBySyntax } from '../../../../src/finetune/dataset/blocksBySyntax';
import { Trees } from '../../../../src/inference/syntax/trees';
import { root } from '../../../support/root';

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
const blocksOf = blocksBySyntax(trees);

describe('syntax blocks', () => {
	it('are nodes of 50 to 1,000 bytes with 200 before them, each once', async () => {
		const file = path.join(root, 'src/inference/fillPieces.ts');
		const text = fs.readFileSync(file, 'utf8');
		const blocks = (await blocksOf(file, text)) ?? assert.fail('no syntax');
		assert.ok(blocks.length > 30);
		assert.equal(new Set(blocks.map(({ start, end }) => `${start} ${end}`)).size, blocks.length);
		for (const { start, end } of blocks) {
			const block = text.slice(start, end);
			assert.ok(Buffer.byteLength(block) >= 50 && Buffer.byteLength(block) <= 1_000);
			assert.ok(start >= 200 && block === block.trim());
			assert.ok(!block.startsWith('/*') && !block.startsWith('//'), 'a comment');
			const [opened, closed] = [/[({[]/g, /[)}\]]/g].map((sign) => (block.match(sign) ?? []).length);
			assert.ok(/['"`/]/.test(block) || opened === closed, `torn: ${block}`);
		}
		const texts = blocks.map(({ start, end }) => text.slice(start, end));
		assert.ok(
			texts.some((block) => block.startsWith('{') && block.endsWith('}')),
			'a body',
		);
		assert.ok(
			texts.some((block) => block.startsWith('(') && block.endsWith(')')),
			'a list',
		);
		assert.ok(
			texts.some((block) => block.startsWith('return ')),
			'a statement',
		);
	});

	it('count characters as the text does, beyond ASCII too', async () => {
		const text = `# ${'ä😀'.repeat(60)}\ndef first(value):\n    total = value * 3\n    return total + first(total, "😀")\n`;
		const blocks = (await blocksOf('a.py', text)) ?? assert.fail('no syntax');
		assert.ok(
			blocks.some(({ start, end }) => /^total = [\s\S]*"😀"\)$/.test(text.slice(start, end))),
			JSON.stringify(blocks.map(({ start, end }) => text.slice(start, end))),
		);
	});

	it('are left to indentation where no grammar reads the file, or it cannot be read', async () => {
		assert.equal(await blocksOf('a.lua', 'local a = 1\n'), undefined);
		assert.equal(await blocksBySyntax(new Trees('/nowhere'))('a.ts', 'const a = 1;\n'), undefined);
	});
});
