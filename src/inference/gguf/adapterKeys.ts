/** Our own keys in an adapter's GGUF: written by the trainer, checked by the host, shown by the editor. */

/** GGUF keys beside llama.cpp's `general.type`, `adapter.type` and `adapter.lora.alpha`. All values are strings. */
export const ADAPTER_KEYS = {
	/** sha256 of the base's tensor data, in hexadecimal (`fingerprint.ts`). */
	base: 'familiar.base.fingerprint',
	/** `general.name` of the base, for messages. */
	baseName: 'familiar.base.name',
	/** Version of the prompt format of the training samples, in decimal. */
	promptFormat: 'familiar.prompt_format',
	/** `chat` for an adapter of chat; absent in those of completion. */
	role: 'familiar.role',
	/** sha256 of the dataset. */
	dataset: 'familiar.dataset',
	/** JSON of `AdapterRun`. */
	run: 'familiar.run',
	/** JSON of the training settings. */
	settings: 'familiar.settings',
	/** Versions of Familiar and of ggml. */
	versions: 'familiar.versions',
} as const;

/** What our keys say; an adapter from elsewhere has none of them. */
export interface AdapterFacts {
	/** `general.name`: as shown. */
	readonly name: string;
	readonly base: string | undefined;
	readonly baseName: string | undefined;
	readonly promptFormat: number | undefined;
	readonly dataset: string | undefined;
	readonly run: AdapterRun | undefined;
	/** JSON of the settings, as it was saved. */
	readonly settings: string | undefined;
	readonly versions: string | undefined;
	/** Who uses it. Default: completion. */
	readonly role?: 'completion' | 'chat' | undefined;
}

/** How the training went. */
export interface AdapterRun {
	/** Held-out loss, mean over weighted tokens, in nats. */
	readonly lossBefore: number;
	readonly lossAfter: number;
	readonly steps: number;
	readonly tokens: number;
	readonly seconds: number;
	/** ISO 8601. */
	readonly created: string;
	readonly repositories: readonly string[];
}
