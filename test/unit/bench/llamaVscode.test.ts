/** The peer of the benches: it asks, remembers and shows as llama.vscode does. */
import * as assert from 'node:assert/strict';
import { type Cursor, cursorAt } from '../../../src/completion/cursor';
import type { InfillBody, Infilled } from '../../bench/llamaServer';
import { LlamaVscode } from '../../bench/llamaVscode';

const never = new AbortController().signal;

/** @param text with `█` where the cursor stands. */
function at(text: string): Cursor {
	const [before = '', after = ''] = text.split('█');
	const lines = (before + after).split('\n');
	return cursorAt(
		{
			uri: 'bench:///a.js',
			path: 'a.js',
			fullPath: '/bench/a.js',
			repository: 'bench',
			languageId: 'javascript',
			scheme: 'file',
			isWritable: true,
			eol: '\n',
			version: 1,
		},
		{ lineCount: lines.length, lineAt: (line) => lines[line] ?? '' },
		{ line: before.split('\n').length - 1, character: before.length - before.lastIndexOf('\n') - 1 },
	);
}

/** A server that answers with the texts, one after the other. */
class Scripted {
	readonly bodies: InfillBody[] = [];

	constructor(private readonly texts: readonly string[]) {}

	async infill(body: InfillBody): Promise<Infilled> {
		const text = this.texts[this.bodies.length] ?? '';
		this.bodies.push(body);
		const tokens = { promptTokens: 10, reusedTokens: 0, generatedTokens: 1 };
		return { text, firstToken: 1, total: 2, ...tokens, isEnded: true };
	}
}

function client(texts: readonly string[], asksAhead = false) {
	const server = new Scripted(texts);
	return { server, vscode: new LlamaVscode(server, { predict: 128, asksAhead }) };
}

describe("llama.vscode's way", () => {
	it('sends the line up to the cursor as the prompt', async () => {
		const { server, vscode } = client(['b);']);
		const { text, source } = await vscode.complete(at('one();\n\tadd(a, █\n}\n'), never);
		assert.deepEqual([text, source], ['b);', 'model']);
		const { input_prefix, input_suffix, prompt, n_indent, cache_prompt } = server.bodies[0] ?? {};
		assert.deepEqual(
			{ input_prefix, input_suffix, prompt, n_indent, cache_prompt },
			{
				input_prefix: 'one();\n',
				input_suffix: '\n}\n\n',
				prompt: '\tadd(a, ',
				n_indent: 1,
				cache_prompt: true,
			},
		);
	});

	it('leaves indentation out of the prompt and out of what it shows', async () => {
		const { server, vscode } = client(['\t\tgo();']);
		assert.equal((await vscode.complete(at('f {\n\t\t█\n}'), never)).text, 'go();');
		assert.equal(server.bodies[0]?.['prompt'], '');
	});

	it('knows an answer again while it is typed along', async () => {
		const { server, vscode } = client(['value;']);
		await vscode.complete(at('return █\n'), never);
		const { text, source } = await vscode.complete(at('return val█\n'), never);
		assert.deepEqual([text, source, server.bodies.length], ['ue;', 'cache', 1]);
	});

	it('does not ask with more than eight characters to the right', async () => {
		const { server, vscode } = client(['x']);
		assert.equal((await vscode.complete(at('a█123456789\n'), never)).source, 'refused');
		assert.equal(server.bodies.length, 0);
	});

	it('shows one line beside a rest, without the rest', async () => {
		assert.equal((await client(['b)\nmore']).vscode.complete(at('f(a, █)\n'), never)).text, 'b');
	});

	it('shows nothing that stands below already', async () => {
		assert.equal((await client(['x = 1;']).vscode.complete(at('█\nx = 1;\n'), never)).text, undefined);
	});

	it('asks ahead for what would follow, and knows it then', async () => {
		const { vscode } = client(['one', ' + two'], true);
		await vscode.complete(at('x = █\n'), never);
		await vscode.idle();
		const { text, source } = await vscode.complete(at('x = one█\n'), never);
		assert.deepEqual([text, source], [' + two', 'cache']);
	});
});
