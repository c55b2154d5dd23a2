/** What is exported, as plain data: whoever writes a file of the folder reads it from here. Types only. */

import type { FillLayout } from '../../inference/model';
import type { TrainingSettings } from '../settings';
import type { Batch } from './batch';

/** A special token: the trainer must have the same number for the same text. */
export interface SpecialToken {
	readonly text: string;
	readonly id: number;
}

/** The parts of a set. */
export const PARTS = ['train', 'valid', 'test'] as const;
export type Part = (typeof PARTS)[number];

export interface PartCounts {
	readonly samples: number;
	readonly tokens: number;
	/** Tokens that are learned. */
	readonly learned: number;
	readonly files: number;
	/** Samples whose middle the end token follows. */
	readonly ending: number;
}

/** What an audit let through, and by which thresholds. */
export interface CorpusFacts {
	readonly repositories: readonly string[];
	readonly filesIn: number;
	/** By the stage that left them out. */
	readonly filesOut: Readonly<Record<string, number>>;
	readonly thresholds: Readonly<Record<string, number | string>>;
}

/** The base model. */
export interface BaseFacts {
	/** What the other trainer loads: a repository of Hugging Face (`owner/name`), or a folder on its machine. */
	readonly hub: string;
	readonly name: string;
	readonly architecture: string;
	readonly parameters: number;
	/** Of the GGUF. */
	readonly quantisation: string;
	/** Name of the GGUF, without its folder. */
	readonly file: string;
	/** sha256 of the GGUF's tensor data. */
	readonly fingerprint: string;
}

/** The adapter that is to be trained. */
export interface AdapterPlan {
	/** PEFT's names of the modules, such as `q_proj`. */
	readonly modules: readonly string[];
	/** mlx-lm's names, such as `self_attn.q_proj`. */
	readonly paths: readonly string[];
	/** Those that get an adapter; undefined for all. */
	readonly layers: readonly number[] | undefined;
	/** Trained numbers. */
	readonly parameters: number;
}

export interface ExportFacts {
	/** As the user knows the code. */
	readonly name: string;
	/** For file and job names: a-z, 0-9 and `-`. */
	readonly slug: string;
	/** Of this extension. */
	readonly version: string;
	/** ISO 8601. */
	readonly created: string;
	readonly base: BaseFacts;
	readonly adapter: AdapterPlan;
	readonly settings: TrainingSettings;
	readonly gpus: number;
	/** Sequences of a step. */
	readonly sequences: number;
	readonly batch: Batch;
	/** Steps of the whole training. */
	readonly steps: number;
	/** Bytes of activations on a GPU. */
	readonly activations: number;
	readonly corpus: CorpusFacts;
	readonly data: {
		readonly hash: string;
		readonly promptFormat: number;
		readonly seed: number;
		readonly longest: number;
		readonly lossOn: 'middle' | 'all';
		/** How files came to their part, in words. */
		readonly splitRule: string;
		readonly counts: Readonly<Record<Part, PartCounts>>;
		/** Conversations, by part; all 0 where there are none. */
		readonly chat: Readonly<Record<Part, number>>;
	};
	readonly tokenizer: {
		readonly kind: string;
		readonly size: number;
		readonly hash: string;
		readonly special: Readonly<Record<string, SpecialToken>>;
		readonly layout: FillLayout<string>;
	};
}
