/** The model architectures that the bundled llama.cpp knows, and which of them cannot write text by themselves. */

/**
 * Names for `general.architecture` of text generators, from LLM_ARCH_NAMES in src/llama-arch.cpp of llama.cpp
 * v0.5.0 (node-llama-cpp 3.22.1). A test compares them with the sources that node-llama-cpp ships.
 */
const GENERATORS = `
	llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bloom stablelm qwen qwen2 qwen2moe
	qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe qwen35 qwen35moe qwen4exp phi2 phi3 phimoe plamo plamo2 plamo3
	codeshell orion internlm2 minicpm minicpm3 gemma gemma2 gemma3 gemma3n gemma4 starcoder2 mamba mamba2 maple jamba
	falcon-h1 xverse command-r cohere2 cohere2moe dbrx olmo olmo2 olmoe muse-glimmer openelm arctic deepseek deepseek2
	deepseek2-ocr deepseek32 deepseek4 chatglm glm4 glm4moe glm-dsa bitnet jais jais2 nemotron nemotron_h
	nemotron_h_moe exaone exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7 arwkv7 granite granitemoe granitehybrid
	graniteswitch granite_swa chameleon plm bailingmoe bailingmoe2 bailingmoe3 dots1 dots3note arcee afmoe laguna
	ernie4_5 ernie4_5-moe hunyuan-moe hunyuan-dense hunyuan_vl hy_v3 hy_v4 smollm3 gpt-oss lfm2 lfm2moe smallthinker
	seed_oss grovemoe apertus minimax-01 hrm_text minimax-m2 minimax-m3 cogvlm pangu-embedded mistral3 mistral4
	paddleocr mimo2 step35 spark2_5 maincoder kimi-linear kimi-k3 talkie mellum nanbeige`;

/** Known to llama.cpp, but no use for completion and chat: names, and what such a model is. */
const OTHERS: readonly (readonly [names: string, what: string])[] = [
	['clip', 'it is the image part of another model'],
	[
		`bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert t5encoder
		gemma-embedding llama-embed`,
		'it makes embeddings, not text',
	],
	['t5', 'it translates whole texts and cannot continue one'],
	['wavtokenizer-dec qwen3tts pockettts', 'it makes sound, not text'],
	['dream llada llada-moe rnd1', 'it is a diffusion model and cannot continue a text'],
	['eagle3 dflash gemma4-assistant', 'it is a draft for speculative decoding and needs its main model'],
];

/** State-space models without attention: their files give no heads, or none at all. */
const RECURRENT = 'mamba mamba2 rwkv6 rwkv6qwen2 rwkv7 arwkv7';

/**
 * Where llama.cpp aborts unless keys, values and rotation have one length: `GGML_ASSERT(n_embd_head == n_rot)` and
 * the like in src/models. A test compares them with the sources.
 */
const ONE_HEAD_LENGTH = `
	apertus arcee arctic baichuan chameleon codeshell cogvlm cohere2moe dbrx deci deepseek dots1 ernie4_5 ernie4_5-moe
	exaone exaone4 exaone-moe falcon granite granite_swa graniteswitch grok grovemoe hunyuan-moe hunyuan_vl hy_v3
	internlm2 jais2 llama llama4 maincoder mellum mistral3 olmo olmo2 olmoe orion
	paddleocr pangu-embedded plamo qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl qwen3vlmoe seed_oss smallthinker
	smollm3 starcoder2 talkie xverse`;

function names(list: string): readonly string[] {
	return list.trim().split(/\s+/);
}

const generators: ReadonlySet<string> = new Set(names(GENERATORS));
const others: ReadonlyMap<string, string> = new Map(
	OTHERS.flatMap(([list, what]) => names(list).map((name) => [name, what] as const)),
);
const recurrent: ReadonlySet<string> = new Set(names(RECURRENT));
const oneHeadLength: ReadonlySet<string> = new Set(names(ONE_HEAD_LENGTH));

type ArchitectureKind =
	| { readonly type: 'generator'; readonly recurrent: boolean; readonly oneHeadLength: boolean }
	| { readonly type: 'other' /** A clause that says what it is. */; readonly what: string }
	| { readonly type: 'unknown' };

export function architectureKind(name: string): ArchitectureKind {
	if (generators.has(name)) {
		return {
			type: 'generator',
			recurrent: recurrent.has(name),
			oneHeadLength: oneHeadLength.has(name),
		};
	}
	const what = others.get(name);
	return what === undefined ? { type: 'unknown' } : { type: 'other', what };
}

/** Every name that is known, for the test against llama.cpp's own list. */
export const knownArchitectures: readonly string[] = [...generators, ...others.keys()];
