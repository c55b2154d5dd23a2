/** What a worker needs to write the folder, and what it says while it does. Types only. */

import type { ChatMessage, FillLayout } from '../../inference/model';
import type { TrainingSettings } from '../settings';
import type { BaseFacts, CorpusFacts, Part } from './facts';

/** A sample that was made apart from the dataset. */
export interface OwnSample {
	readonly tokens: readonly number[];
	/** Index of the first token that is learned. */
	readonly middleStart: number;
	/** `repository/path`. */
	readonly file: string;
}

/** A conversation whose answers are learned from. */
export type Conversation = readonly Pick<ChatMessage, 'role' | 'content'>[];

export interface ScaleOutOrder {
	/** As the user knows the code. */
	readonly name: string;
	/** ISO 8601. */
	readonly created: string;
	/** Absolute path of the folder in which that of the export is made. */
	readonly parentFolder: string;
	/** Absolute path of the base model's GGUF. */
	readonly basePath: string;
	/** Absolute path of the dataset (`datasetFile.ts`). */
	readonly datasetPath: string;
	/** Absolute path of the folder for caches that may be lost, such as fingerprints of models. */
	readonly cacheFolder: string;
	readonly base: Pick<BaseFacts, 'hub' | 'name' | 'parameters' | 'quantisation'>;
	readonly layout: FillLayout<string>;
	readonly settings: TrainingSettings;
	readonly gpus: number;
	readonly corpus: CorpusFacts;
	/** What nothing was chosen by; where there is none, half of the files that are held out. */
	readonly test: readonly OwnSample[] | undefined;
	readonly chat: Readonly<Record<Part, readonly Conversation[]>>;
}

export interface ScaleOutProgress {
	/** Samples written of all. */
	readonly done: number;
	readonly all: number;
}

export interface ScaleOutResult {
	/** Absolute path of the folder. */
	readonly folder: string;
	readonly files: number;
	readonly bytes: number;
}
