/** What the engine needs of node-llama-cpp at run time; llama.ts, the only file that loads it, fills this in. */

import type { ChatWrapper, GgmlType, GgufFileType, Llama, LlamaModel, Tokenizer } from 'node-llama-cpp';
import type { Backend } from '../model';
import type { KnownWrapper } from './chatFormat';
import type { Constraint } from './lane';

export type Gpu = Exclude<Backend, 'auto' | 'cpu'>;

export interface LlamaLibrary {
	/**
	 * llama.cpp on one kind of GPU, on the best one that works (which may be none), or without any.
	 * @param log gets what the native libraries write.
	 */
	open(gpu: Gpu | 'auto' | false, log: (line: string) => void): Promise<Llama>;
	/** Kinds of GPU that this platform may have, or those whose driver was found. */
	gpus(which: 'allValid' | 'supported'): Promise<readonly Gpu[]>;
	/** Version of node-llama-cpp. */
	version(): Promise<string>;
	/** The library's chat formats by our names. */
	readonly wrappers: Readonly<Record<KnownWrapper, () => ChatWrapper>>;
	/** A chat format that renders a file's own Jinja template. */
	templateWrapper(template: string, tokenizer: Tokenizer): ChatWrapper;
	/**
	 * For one text of a model.
	 * @param grammar GBNF. @param barred tokens that must not stand in the text.
	 * @throws Error where it is no grammar
	 */
	constraint(
		model: LlamaModel,
		grammar: string,
		barred: readonly number[],
	): Promise<Pick<Constraint, 'state' | 'bias' | 'noBias'>>;
	/** Whether the vocabulary puts a space before a text. */
	isSentencePiece(model: LlamaModel): boolean;
	fileTypeName(type: GgufFileType): string | undefined;
	tensorTypeName(type: GgmlType): string | undefined;
}
