/** A process that loads a model as the host does, told how by its argument; says on which libraries, and completes a line. */
import * as fs from 'node:fs';
import { LlamaEngine } from '../../src/inference/engine/llama';
import { type FillRequest, type LoadOptions, ModelUnavailable } from '../../src/inference/model';

const options: LoadOptions = JSON.parse(process.argv[2] ?? '');
const signal = new AbortController().signal;
const request: FillRequest = {
	repository: undefined,
	path: 'add.js',
	files: [],
	prefix: 'function add(a, b) {\n\treturn ',
	typed: '',
	suffix: '\n}\n',
	maxTokens: 8,
	maxPromptTokens: 256,
	leftToRight: false,
	priority: 'interactive',
};
const engine = new LlamaEngine((line) => process.stderr.write(`${line}\n`));

/** Absolute paths of ggml's and llama.cpp's libraries in this process; Linux alone tells. */
function libraries(): readonly string[] {
	const maps = fs.readFileSync('/proc/self/maps', 'utf8').split('\n');
	const files = maps
		.map((line) => line.slice(73))
		.filter((file) => /(ggml|llama)[^/]*\.(so|node)$/.test(file));
	return [...new Set(files)].sort();
}

let answer: object;
try {
	const { backend, devices, gpuLayers, fallbackReason, notFaster } = await engine.load(
		options,
		() => undefined,
		signal,
	);
	let text = '';
	for await (const event of engine.fill(request, signal)) {
		text += event.type === 'text' ? event.text : '';
	}
	answer = { backend, devices, gpuLayers, fallbackReason, notFaster, text, libraries: libraries() };
} catch (error) {
	answer = ModelUnavailable.is(error) ? { problem: error.problem } : { crash: String(error) };
}
// Beside what native libraries print.
fs.writeSync(3, JSON.stringify(answer));
process.exit(0);
