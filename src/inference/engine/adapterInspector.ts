/** Looks at adapters before llama.cpp does: each file once, against the model that is loaded. */

import * as path from 'node:path';
import { isAbort } from '../cancel';
import { messageOf } from '../failure';
import { fileIdentity } from '../fileIdentity';
import { PROMPT_FORMAT_VERSION } from '../fillFormat';
import { type BaseModel, checkAdapter, readBase } from '../gguf/adapterCheck';
import type { Adapter, InspectedAdapter, LoadOptions, Unsupported } from '../model';

/** Most files whose findings are remembered: moving an adapter's strength asks again and again. */
const MOST_REMEMBERED = 32;

export class AdapterInspector {
	readonly #known = new Map<string, InspectedAdapter>();
	#base: BaseModel | undefined;

	/** @param name of the loaded model, for messages. */
	constructor(
		private readonly options: Pick<LoadOptions, 'path' | 'cacheFolder'>,
		private readonly name: string,
	) {}

	/** @throws AbortError when the signal fires. */
	async inspect(file: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported> {
		const identity = JSON.stringify([file, await fileIdentity(file).catch(() => undefined)]);
		const known = this.#known.get(identity);
		if (known !== undefined) {
			return known;
		}
		const found = await this.#check(file, signal);
		if (found.type === 'facts') {
			this.#known.set(identity, found);
			const [oldest] = this.#known.keys();
			if (this.#known.size > MOST_REMEMBERED && oldest !== undefined) {
				this.#known.delete(oldest);
			}
		}
		return found;
	}

	/** Why these cannot be used together, or undefined. @throws AbortError when the signal fires. */
	async refusal(adapters: readonly Adapter[], signal: AbortSignal): Promise<string | undefined> {
		const files = adapters.map((adapter) => path.resolve(adapter.path));
		for (const [index, file] of files.entries()) {
			if (files.indexOf(file) < index) {
				return `${path.basename(file)} is there twice: give it one strength.`;
			}
			const found = await this.inspect(file, signal);
			const reason = found.type === 'facts' ? found.problem : found.reason;
			if (reason !== undefined) {
				return reason;
			}
		}
		return undefined;
	}

	async #check(file: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported> {
		try {
			return await checkAdapter(file, this.#readBase(), signal);
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			return {
				type: 'unsupported',
				reason: `${path.basename(file)} cannot be checked: ${messageOf(error)}`,
			};
		}
	}

	/** Read when the first adapter is: most users have none. */
	#readBase(): BaseModel {
		this.#base ??= readBase({ ...this.options, name: this.name, promptFormat: PROMPT_FORMAT_VERSION });
		return this.#base;
	}
}
