/** A served model in the words of the port: what its server says, and nothing that nobody knows. */

import { PROMPT_FORMAT_VERSION } from '../fillFormat';
import type { ModelDescription } from '../model';
import type { Translate } from '../statusText';
import type { ServerAddress } from './address';
import type { ModelFacts } from './facts';
import { templateFor } from './fillTemplate';
import type { ServerKind } from './server';

/** Tokens, where a server does not say: what Ollama takes by default. */
const ASSUMED_CONTEXT = 4_096;

/** For budgets of prompts: a machine that serves a team reads all that they would ever hold. */
const ASSUMED_PREFILL = 5_000;

const PROGRAMS: Readonly<Record<ServerKind, string>> = {
	'llama-server': 'llama-server',
	ollama: 'Ollama',
	vllm: 'vLLM',
	sglang: 'SGLang',
	other: 'OpenAI',
};

/** @param adapter what is on top of it, as the settings say; empty for nothing. */
export function describe(
	facts: ModelFacts,
	address: ServerAddress,
	adapter: string,
	translate: Translate,
): ModelDescription {
	const { kind, name, fill, contextSize, version, chats, callsTools } = facts;
	return {
		// Other texts come from another server, model or adapter.
		path: `${address.base}#${name}${adapter === '' ? '' : `+${adapter}`}`,
		name: nameOf(name),
		architecture: facts.architecture === '' ? kind : facts.architecture,
		parameters: facts.parameters ?? 0,
		quantisation: facts.quantisation,
		fileBytes: 0,
		trainedContext: facts.trainedContext ?? 0,
		contextSize: contextSize ?? ASSUMED_CONTEXT,
		fill:
			fill.type === 'unsupported'
				? fill
				: {
						type: 'fill',
						family: fill.type === 'template' ? fill.template.family : kind,
						source: 'metadata',
						repositoryLevel: fill.type !== 'suffix',
						layout: layoutOf(facts),
					},
		chat:
			chats === false
				? {
						type: 'unsupported',
						reason: translate(
							'{0} on {1} does not chat. Choose another model for the chat.',
							name,
							address.host,
						),
					}
				: // Where a server does not say, a question with tools tells.
					{ type: 'chat', wrapper: PROGRAMS[kind], callsTools: callsTools ?? true },
		backend: 'cpu',
		devices: [],
		gpuLayers: 0,
		totalLayers: 0,
		fallbackReason:
			contextSize === undefined
				? translate(
						'{0} does not say how much its model can read: {1} tokens are assumed.',
						address.host,
						ASSUMED_CONTEXT,
					)
				: undefined,
		memory: { host: 0, gpu: 0 },
		threads: { prefill: 0, decode: 0 },
		prefillTokensPerSecond: ASSUMED_PREFILL,
		decodeTokensPerSecond: 0,
		prefillChunk: 0,
		loadMilliseconds: 0,
		engineVersion: [PROGRAMS[kind], version].join(' ').trim(),
		adapters: [],
		promptFormat: PROMPT_FORMAT_VERSION,
		server: { host: address.host, program: [PROGRAMS[kind], version].join(' ').trim() },
	};
}

/** A llama-server without an alias lists the path of the file, which is the server's own business. */
function nameOf(name: string): string {
	return (name.split(/[\\/]/).at(-1) ?? name).replace(/\.gguf$/i, '');
}

/** Only for whoever reads a prompt: `/infill` and a suffix are the server's to write. */
function layoutOf({ name, fill }: ModelFacts) {
	const template = fill.type === 'template' ? fill.template : templateFor(name);
	return (
		template?.layout ?? {
			order: 'prefix-first' as const,
			begin: undefined,
			prefix: '<prefix>',
			suffix: '<suffix>',
			middle: '<middle>',
			repository: undefined,
			repositoryEnd: '' as const,
			file: undefined,
			prefixLead: '' as const,
			fileHeader: 'comment' as const,
		}
	);
}
