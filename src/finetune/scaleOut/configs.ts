/** The configuration files of the other trainers: the same recipe in the words of each. */

import type { ExportFacts } from './facts';
import { accelerateConfigs, deepSpeedConfig } from './launchConfigs';
import type { TextFile } from './textFile';
import { json, type Plain, yamlOf } from './yaml';

/** The cosine ends at this share of the learning rate, as it does here. */
const LAST_RATE = 0.1;
/** Looks at the loss on what is held out. */
const LOOKS = 10;

export function configFiles(facts: ExportFacts): readonly TextFile[] {
	const yaml = (path: string, value: Readonly<Record<string, Plain>>, comment: readonly string[]) => ({
		path: `configs/${path}.yaml`,
		content: yamlOf(value, comment),
	});
	return [
		{ path: 'configs/peft.json', content: json(peftConfig(facts)) },
		yaml('trl', trlConfig(facts), [
			'From the folder of README.md: trl sft --config configs/trl.yaml',
			'data/tokens is tokenised already: TRL adds no end token to it, and learns what has a label.',
		]),
		yaml('axolotl', axolotlConfig(facts), [
			'From the folder of README.md: axolotl train configs/axolotl.yaml',
			'A dataset without a type is read as tokens with labels.',
		]),
		yaml('llamafactory', llamaFactoryConfig(facts), [
			'From the folder of README.md: llamafactory-cli train configs/llamafactory.yaml',
			'It learns from the whole text and ends every sample with the end token: what it writes may stop too early.',
		]),
		yaml('mlx', mlxConfig(facts), [
			'From the folder of README.md: mlx_lm.lora --config configs/mlx.yaml',
			'It learns from the whole text and ends every sample with the end token: what it writes may stop too early.',
		]),
		...accelerateConfigs(facts),
		{ path: 'configs/ds_z3.json', content: json(deepSpeedConfig(facts)) },
		{ path: 'data/dataset_info.json', content: json(datasetInfo(facts)) },
	];
}

/** What PEFT's `LoraConfig` takes. It initialises A and B as usual, so that it can be imported again. */
function peftConfig({ base, adapter, settings }: ExportFacts): Readonly<Record<string, Plain>> {
	return {
		peft_type: 'LORA',
		task_type: 'CAUSAL_LM',
		base_model_name_or_path: base.hub,
		r: settings.rank,
		lora_alpha: settings.alpha,
		lora_dropout: settings.dropout,
		use_rslora: settings.rankStabilised,
		bias: 'none',
		target_modules: adapter.modules,
		layers_to_transform: adapter.layers ?? null,
	};
}

/** Names that all trainers on top of transformers share. */
function common({ settings, batch, steps }: ExportFacts): Readonly<Record<string, Plain>> {
	return {
		per_device_train_batch_size: batch.perDevice,
		gradient_accumulation_steps: batch.accumulation,
		num_train_epochs: settings.epochs,
		learning_rate: settings.learningRate,
		lr_scheduler_type: 'cosine_with_min_lr',
		lr_scheduler_kwargs: { min_lr_rate: LAST_RATE },
		warmup_steps: warmupOf(steps, settings.warmupShare),
		adam_beta1: settings.beta1,
		adam_beta2: settings.beta2,
		adam_epsilon: settings.epsilon,
		weight_decay: settings.weightDecay,
		// 0 clips nothing, there as here.
		max_grad_norm: settings.clipNorm,
		bf16: true,
		gradient_checkpointing: true,
		eval_strategy: 'steps',
		eval_steps: looksEvery(steps),
		save_steps: looksEvery(steps),
		logging_steps: 1,
		seed: settings.seed,
	};
}

/** The learning rate of a first step is 0 there: a single one must not be it. */
function warmupOf(steps: number, share: number): number {
	return Math.min(Math.ceil(steps * share), steps - 1);
}

function looksEvery(steps: number): number {
	return Math.max(1, Math.floor(steps / LOOKS));
}

function trlConfig(facts: ExportFacts): Readonly<Record<string, Plain>> {
	const { base, adapter, settings, data } = facts;
	return {
		model_name_or_path: base.hub,
		dtype: 'bfloat16',
		dataset_name: 'data/tokens',
		dataset_train_split: 'train',
		dataset_test_split: 'validation',
		use_peft: true,
		lora_r: settings.rank,
		lora_alpha: settings.alpha,
		lora_dropout: settings.dropout,
		lora_target_modules: adapter.modules,
		use_rslora: settings.rankStabilised,
		max_length: data.longest,
		packing: false,
		...common(facts),
		output_dir: 'output/trl',
		report_to: 'none',
	};
}

function axolotlConfig(facts: ExportFacts): Readonly<Record<string, Plain>> {
	const { base, adapter, settings, batch, steps, data } = facts;
	return {
		base_model: base.hub,
		adapter: 'lora',
		lora_r: settings.rank,
		lora_alpha: settings.alpha,
		lora_dropout: settings.dropout,
		lora_target_modules: adapter.modules,
		...(adapter.layers === undefined ? {} : { peft_layers_to_transform: adapter.layers }),
		peft_use_rslora: settings.rankStabilised,
		...(settings.learningRateRatioB === 1 ? {} : { loraplus_lr_ratio: settings.learningRateRatioB }),
		datasets: [{ path: 'data/tokens/train.jsonl', ds_type: 'json' }],
		test_datasets: [{ path: 'data/tokens/valid.jsonl', ds_type: 'json', split: 'train' }],
		dataset_prepared_path: 'output/axolotl-data',
		sequence_len: data.longest,
		sample_packing: false,
		pad_to_sequence_len: false,
		micro_batch_size: batch.perDevice,
		gradient_accumulation_steps: batch.accumulation,
		num_epochs: settings.epochs,
		learning_rate: settings.learningRate,
		lr_scheduler: 'cosine',
		cosine_min_lr_ratio: LAST_RATE,
		warmup_steps: warmupOf(steps, settings.warmupShare),
		optimizer: 'adamw_torch',
		adam_beta1: settings.beta1,
		adam_beta2: settings.beta2,
		adam_epsilon: settings.epsilon,
		weight_decay: settings.weightDecay,
		max_grad_norm: settings.clipNorm,
		bf16: 'auto',
		gradient_checkpointing: true,
		eval_steps: looksEvery(steps),
		save_steps: looksEvery(steps),
		logging_steps: 1,
		seed: settings.seed,
		output_dir: 'output/axolotl',
	};
}

function llamaFactoryConfig(facts: ExportFacts): Readonly<Record<string, Plain>> {
	const { base, adapter, settings, data } = facts;
	return {
		stage: 'pt',
		do_train: true,
		model_name_or_path: base.hub,
		finetuning_type: 'lora',
		lora_rank: settings.rank,
		lora_alpha: settings.alpha,
		lora_dropout: settings.dropout,
		lora_target: adapter.modules.join(','),
		use_rslora: settings.rankStabilised,
		dataset_dir: 'data',
		dataset: 'familiar_train',
		eval_dataset: 'familiar_valid',
		cutoff_len: data.longest,
		packing: false,
		...common(facts),
		output_dir: 'output/llamafactory',
		report_to: 'none',
	};
}

/** mlx-lm counts batches, not epochs. Its `scale` is the whole strength. */
function mlxConfig({
	base,
	adapter,
	settings,
	sequences,
	data,
}: ExportFacts): Readonly<Record<string, Plain>> {
	const batchSize = Math.min(4, sequences);
	const accumulation = Math.max(1, Math.round(sequences / batchSize));
	const iterations = Math.max(1, Math.round((data.counts.train.samples * settings.epochs) / batchSize));
	const strength = settings.alpha / (settings.rankStabilised ? Math.sqrt(settings.rank) : settings.rank);
	return {
		model: base.hub,
		train: true,
		data: 'data',
		fine_tune_type: 'lora',
		num_layers: adapter.layers?.length ?? -1,
		lora_parameters: {
			keys: adapter.paths,
			rank: settings.rank,
			scale: strength,
			dropout: settings.dropout,
		},
		optimizer: 'adamw',
		optimizer_config: {
			adamw: {
				betas: [settings.beta1, settings.beta2],
				eps: settings.epsilon,
				weight_decay: settings.weightDecay,
				// Off by default there; everywhere else AdamW has it.
				bias_correction: true,
			},
		},
		batch_size: batchSize,
		grad_accumulation_steps: accumulation,
		iters: iterations,
		learning_rate: settings.learningRate,
		lr_schedule: {
			name: 'cosine_decay',
			warmup: warmupOf(Math.ceil(iterations / accumulation), settings.warmupShare),
			arguments: [
				settings.learningRate,
				Math.max(1, Math.ceil(iterations / accumulation)),
				Number((settings.learningRate * LAST_RATE).toPrecision(6)),
			],
		},
		max_seq_length: data.longest,
		grad_checkpoint: true,
		steps_per_eval: looksEvery(iterations),
		save_every: looksEvery(iterations),
		seed: settings.seed,
		adapter_path: 'output/mlx',
	};
}

/** LLaMA-Factory's list of datasets. */
function datasetInfo({ data }: ExportFacts): Readonly<Record<string, Plain>> {
	const parts = ['train', 'valid', 'test'] as const;
	return {
		...Object.fromEntries(
			parts.map((part) => [`familiar_${part}`, { file_name: `${part}.jsonl`, columns: { prompt: 'text' } }]),
		),
		...Object.fromEntries(
			parts
				.filter((part) => data.chat[part] > 0)
				.map((part) => [
					`familiar_chat_${part}`,
					{
						file_name: `chat/${part}.jsonl`,
						formatting: 'sharegpt',
						columns: { messages: 'messages' },
						tags: {
							role_tag: 'role',
							content_tag: 'content',
							user_tag: 'user',
							assistant_tag: 'assistant',
							system_tag: 'system',
						},
					},
				]),
		),
	};
}
