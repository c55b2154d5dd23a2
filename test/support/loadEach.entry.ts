/**
 * What the model host does with a file, for many files in one process: check, load, generate, unload. Arguments are
 * a folder of models; writes one line of JSON for each to file descriptor 3. If it dies, the file after the last line did it.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { LlamaEngine } from '../../src/inference/engine/llama';
import { checkModelFile } from '../../src/inference/gguf/ggufCheck';
import { HostedModels } from '../../src/inference/host/hostedModels';
import type { FillRequest } from '../../src/inference/model';

const request: FillRequest = {
	repository: undefined,
	path: 'a.ts',
	files: [],
	prefix: 'function add(a, b) {\n',
	typed: '\treturn ',
	suffix: ';\n}\n',
	maxTokens: 2,
	maxPromptTokens: 64,
	leftToRight: true,
	priority: 'interactive',
};

/** Why it was refused, or `loaded`. */
async function loadOne(file: string): Promise<string> {
	const models = new HostedModels({
		createEngine: () => new LlamaEngine(() => undefined),
		check: checkModelFile,
		log: () => undefined,
	});
	const events = { onLoading: () => undefined, onResidence: () => undefined };
	const session = models.enter({ isFocused: false }, events);
	const never = new AbortController().signal;
	const options = {
		path: file,
		backend: 'cpu',
		contextSize: 128,
		gpuLayers: 0,
		cacheFolder: os.tmpdir(),
	} as const;
	const answer = await session.load(options, never);
	await session.ask(async (engine) => {
		for await (const _event of engine.fill(request, never)) {
			// Only that it ends matters.
		}
	}, never);
	await models.dispose();
	return answer.type === 'loaded' ? 'loaded' : answer.problem.message;
}

const folder = process.argv[2] ?? '.';
for (const name of fs.readdirSync(folder).sort()) {
	const answer = await loadOne(path.join(folder, name));
	// Not to standard output, where native code writes, and at once: a stream would lose it if the next file kills us.
	fs.writeSync(3, `${JSON.stringify({ name, answer, pid: process.pid })}\n`);
}
process.exit(0);
