/** Code models that people use, and where they are: no sizes and no hashes, which the hub says when one is downloaded. */

import type { Role } from './library';

interface Licence {
	readonly name: string;
	/** Forbids use for money: research, tests and play only. */
	readonly isNonCommercial: boolean;
}

export interface CatalogueEntry {
	readonly name: string;
	/** On the hub. */
	readonly repository: string;
	/** Offered first. */
	readonly quantisation: string;
	readonly parameters: number;
	/** Tokens of context that it was trained with. */
	readonly context: number;
	readonly layers: number;
	/** Numbers that a layer keeps for the keys of a token, as many as for its values: what the KV cache takes. */
	readonly cacheWidth: number;
	/** Parameters that a token reads: fewer than all where experts are chosen. */
	readonly readParameters: number;
	/** `general.architecture` of its files. */
	readonly architecture: string;
	/** How it fills in the middle: a family of `engine/fillFamilies.ts`; undefined where it is not used for that. */
	readonly fill: string | undefined;
	readonly licence: Licence;
	readonly roles: readonly Role[];
	/** Whether Familiar can fine-tune it. */
	readonly isTrainable: boolean;
	/** Of those, one that fits the machine is recommended. */
	readonly isStandard: boolean;
	/** Whether somebody of this project has downloaded and run it. Nobody has any, so far. */
	readonly isVerified: boolean;
}

const LICENCES: Readonly<Record<string, Licence>> = {
	apache: { name: 'Apache-2.0', isNonCommercial: false },
	openrail: { name: 'BigCode OpenRAIL-M', isNonCommercial: false },
	deepseek: { name: 'DeepSeek', isNonCommercial: false },
	gemma: { name: 'Gemma', isNonCommercial: false },
	qwen: { name: 'Qwen Research', isNonCommercial: true },
	mistral: { name: 'Mistral Non-Production (MNPL-0.1)', isNonCommercial: true },
};

const ROLES: Readonly<Record<string, readonly Role[]>> = {
	both: ['completion', 'chat'],
	completion: ['completion'],
	chat: ['chat'],
	embedding: ['embedding'],
};

/**
 * One a line, within a role from small to large: role, name, repository, quantisation, parameters in billions, context,
 * layers x numbers that a layer keeps for the keys of a token (/ billions of parameters that a token reads, where not all),
 * architecture, how it fills in the middle, licence; then `trainable` and `standard`, where they hold.
 */
const TABLE = `
	both       | Qwen2.5-Coder 0.5B Instruct     | Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF          | Q8_0   | 0.49 | 32768  | 24x128     | qwen2      | qwen       | apache   | trainable standard
	both       | Qwen2.5-Coder 1.5B Instruct     | Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF          | Q4_K_M | 1.54 | 32768  | 28x256     | qwen2      | qwen       | apache   | trainable standard
	both       | Qwen2.5-Coder 3B Instruct       | Qwen/Qwen2.5-Coder-3B-Instruct-GGUF            | Q4_K_M | 3.09 | 32768  | 36x256     | qwen2      | qwen       | qwen     | trainable
	both       | Qwen2.5-Coder 7B Instruct       | Qwen/Qwen2.5-Coder-7B-Instruct-GGUF            | Q4_K_M | 7.61 | 32768  | 28x512     | qwen2      | qwen       | apache   | trainable standard
	both       | Qwen2.5-Coder 14B Instruct      | Qwen/Qwen2.5-Coder-14B-Instruct-GGUF           | Q4_K_M | 14.7 | 32768  | 48x1024    | qwen2      | qwen       | apache   | trainable
	both       | DeepSeek-Coder-V2 Lite Instruct | bartowski/DeepSeek-Coder-V2-Lite-Instruct-GGUF | Q4_K_M | 15.7 | 163840 | 27x288/2.4 | deepseek2  | deepseek   | deepseek |
	both       | Codestral 22B v0.1              | bartowski/Codestral-22B-v0.1-GGUF              | Q4_K_M | 22.2 | 32768  | 56x1024    | llama      | codestral  | mistral  | trainable
	both       | Qwen3-Coder 30B-A3B Instruct    | unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF      | Q4_K_M | 30.5 | 262144 | 48x512/3.3 | qwen3moe   | qwen       | apache   | standard
	both       | Qwen2.5-Coder 32B Instruct      | Qwen/Qwen2.5-Coder-32B-Instruct-GGUF           | Q4_K_M | 32.5 | 32768  | 64x1024    | qwen2      | qwen       | apache   | trainable
	both       | Qwen3-Coder-Next 80B-A3B        | unsloth/Qwen3-Coder-Next-GGUF                  | Q4_K_M | 80   | 262144 | 48x128/3   | qwen3next  | qwen       | apache   |
	both       | Qwen3-Coder 480B-A35B Instruct  | unsloth/Qwen3-Coder-480B-A35B-Instruct-GGUF    | Q4_K_M | 480  | 262144 | 62x1024/35 | qwen3moe   | qwen       | apache   |
	completion | Qwen2.5-Coder 0.5B              | ggml-org/Qwen2.5-Coder-0.5B-Q8_0-GGUF          | Q8_0   | 0.49 | 32768  | 24x128     | qwen2      | qwen       | apache   | trainable standard
	completion | DeepSeek-Coder 1.3B             | TheBloke/deepseek-coder-1.3b-base-GGUF         | Q8_0   | 1.35 | 16384  | 24x2048    | llama      | deepseek   | deepseek | trainable
	completion | Qwen2.5-Coder 1.5B              | ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF          | Q8_0   | 1.54 | 32768  | 28x256     | qwen2      | qwen       | apache   | trainable standard
	completion | CodeGemma 2B                    | bartowski/codegemma-2b-GGUF                    | Q4_K_M | 2.51 | 8192   | 18x256     | gemma      | codegemma  | gemma    | trainable
	completion | StarCoder2 3B                   | second-state/StarCoder2-3B-GGUF                | Q4_K_M | 3.03 | 16384  | 30x256     | starcoder2 | starcoder2 | openrail | trainable
	completion | Qwen2.5-Coder 3B                | ggml-org/Qwen2.5-Coder-3B-Q8_0-GGUF            | Q8_0   | 3.09 | 32768  | 36x256     | qwen2      | qwen       | qwen     | trainable
	completion | Granite Code 3B                 | ibm-granite/granite-3b-code-base-2k-GGUF       | Q4_K_M | 3.48 | 2048   | 32x2560    | llama      | starcoder  | apache   | trainable
	completion | DeepSeek-Coder 6.7B             | TheBloke/deepseek-coder-6.7B-base-GGUF         | Q4_K_M | 6.74 | 16384  | 32x4096    | llama      | deepseek   | deepseek | trainable
	completion | StarCoder2 7B                   | second-state/StarCoder2-7B-GGUF                | Q4_K_M | 7.17 | 16384  | 32x512     | starcoder2 | starcoder2 | openrail | trainable
	completion | Qwen2.5-Coder 7B                | ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF            | Q8_0   | 7.61 | 32768  | 28x512     | qwen2      | qwen       | apache   | trainable standard
	completion | Granite Code 8B                 | ibm-granite/granite-8b-code-base-4k-GGUF       | Q4_K_M | 8.05 | 4096   | 36x1024    | llama      | starcoder  | apache   | trainable
	completion | CodeGemma 7B                    | bartowski/codegemma-7b-GGUF                    | Q4_K_M | 8.54 | 8192   | 28x4096    | gemma      | codegemma  | gemma    | trainable
	completion | Qwen2.5-Coder 14B               | mradermacher/Qwen2.5-Coder-14B-GGUF            | Q4_K_M | 14.7 | 32768  | 48x1024    | qwen2      | qwen       | apache   | trainable
	completion | StarCoder2 15B                  | second-state/StarCoder2-15B-GGUF               | Q4_K_M | 16   | 16384  | 40x512     | starcoder2 | starcoder2 | openrail | trainable
	completion | Granite Code 20B                | ibm-granite/granite-20b-code-base-8k-GGUF      | Q4_K_M | 20.1 | 8192   | 52x128     | starcoder  | starcoder  | apache   |
	completion | Qwen2.5-Coder 32B               | mradermacher/Qwen2.5-Coder-32B-GGUF            | Q4_K_M | 32.5 | 32768  | 64x1024    | qwen2      | qwen       | apache   | trainable
	completion | DeepSeek-Coder 33B              | TheBloke/deepseek-coder-33B-base-GGUF          | Q4_K_M | 33.3 | 16384  | 62x1024    | llama      | deepseek   | deepseek | trainable
	chat       | DeepSeek-Coder 6.7B Instruct    | TheBloke/deepseek-coder-6.7B-instruct-GGUF     | Q4_K_M | 6.74 | 16384  | 32x4096    | llama      | -          | deepseek | trainable
	chat       | Granite Code 8B Instruct        | ibm-granite/granite-8b-code-instruct-4k-GGUF   | Q4_K_M | 8.05 | 4096   | 36x1024    | llama      | -          | apache   | trainable
	chat       | CodeGemma 1.1 7B Instruct       | bartowski/codegemma-1.1-7b-it-GGUF             | Q4_K_M | 8.54 | 8192   | 28x4096    | gemma      | -          | gemma    | trainable
	embedding  | Qwen3 Embedding 0.6B            | Qwen/Qwen3-Embedding-0.6B-GGUF                 | Q8_0   | 0.6  | 32768  | 28x1024    | qwen3      | -          | apache   | standard`;

export const CATALOGUE: readonly CatalogueEntry[] = TABLE.trim().split('\n').map(entryOf);

/** @throws where the table is wrong, which a test would have seen. */
function entryOf(line: string): CatalogueEntry {
	const [role = '', name = '', repository = '', quantisation = '', billions, context, ...rest] = line
		.split('|')
		.map((cell) => cell.trim());
	const [size = '', architecture = '', fill = '', licenceKey = '', marks = ''] = rest;
	const [, layers, cacheWidth, read] = /^(\d+)x(\d+)(?:\/([\d.]+))?$/.exec(size) ?? [];
	const licence = LICENCES[licenceKey];
	const roles = ROLES[role];
	if (licence === undefined || roles === undefined || layers === undefined) {
		throw new Error(`The catalogue has no such role, licence or size: ${line}`);
	}
	return {
		name,
		repository,
		quantisation,
		parameters: Math.round(Number(billions) * 1e9),
		context: Number(context),
		layers: Number(layers),
		cacheWidth: Number(cacheWidth),
		readParameters: Math.round(Number(read ?? billions) * 1e9),
		architecture,
		fill: fill === '-' ? undefined : fill,
		licence,
		roles,
		isTrainable: marks.includes('trainable'),
		isStandard: marks.includes('standard'),
		isVerified: false,
	};
}
