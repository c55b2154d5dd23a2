/** How Accelerate and DeepSpeed spread a training over GPUs, in the files that they read. */

import { machinesFor } from './batch';
import type { ExportFacts } from './facts';
import type { TextFile } from './textFile';
import { type Plain, yamlOf } from './yaml';

export function accelerateConfigs({ gpus }: ExportFacts): readonly TextFile[] {
	const { nodes, perNode } = machinesFor(gpus);
	const machines = {
		num_machines: nodes,
		num_processes: nodes * perNode,
		machine_rank: 0,
		main_process_port: 29500,
		rdzv_backend: nodes === 1 ? 'static' : 'c10d',
		same_network: true,
		mixed_precision: 'bf16',
		use_cpu: false,
	};
	const file = (name: string, value: Readonly<Record<string, Plain>>) => ({
		path: `configs/accelerate/${name}.yaml`,
		content: yamlOf({ compute_environment: 'LOCAL_MACHINE', ...value, ...machines }, [
			`accelerate launch --config_file configs/accelerate/${name}.yaml train.py`,
			...(nodes === 1
				? []
				: ['On each machine, before train.py: --machine_rank NUMBER --main_process_ip FIRST-MACHINE']),
		]),
	});
	return [
		file('multi_gpu', { distributed_type: nodes * perNode === 1 ? 'NO' : 'MULTI_GPU' }),
		file('zero3', {
			distributed_type: 'DEEPSPEED',
			deepspeed_config: {
				zero_stage: 3,
				zero3_init_flag: true,
				zero3_save_16bit_model: true,
				offload_optimizer_device: 'none',
				offload_param_device: 'none',
			},
		}),
		file('fsdp2', {
			distributed_type: 'FSDP',
			fsdp_config: {
				fsdp_version: 2,
				fsdp_reshard_after_forward: true,
				fsdp_auto_wrap_policy: 'TRANSFORMER_BASED_WRAP',
				fsdp_state_dict_type: 'FULL_STATE_DICT',
				fsdp_cpu_ram_efficient_loading: true,
				fsdp_offload_params: false,
			},
		}),
	];
}

/** `auto` takes what train.py says. */
export function deepSpeedConfig({ settings }: ExportFacts): object {
	return {
		bf16: { enabled: true },
		zero_optimization: {
			stage: 3,
			overlap_comm: true,
			contiguous_gradients: true,
			reduce_bucket_size: 'auto',
			stage3_prefetch_bucket_size: 'auto',
			stage3_param_persistence_threshold: 'auto',
			stage3_gather_16bit_weights_on_model_save: true,
		},
		gradient_clipping: settings.clipNorm === 0 ? 0 : 'auto',
		train_micro_batch_size_per_gpu: 'auto',
		gradient_accumulation_steps: 'auto',
		train_batch_size: 'auto',
	};
}
