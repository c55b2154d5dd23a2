/** The key for a server, among the editor's secrets, together with the only address that it may be sent to. */

import { isRecord, parseJson } from './record';

/** The part of VS Code's SecretStorage that is used. */
interface Secrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	delete(name: string): PromiseLike<void>;
}

/** Its name there. */
export const SERVER_KEY = 'familiar.serverKey';

export class ServerKey {
	constructor(private readonly secrets: Secrets) {}

	/** Undefined where there is none for this server; a setting that names another one never gets it. */
	async for(base: string): Promise<string | undefined> {
		const kept = parseJson((await this.secrets.get(SERVER_KEY)) ?? '');
		return isRecord(kept) && kept['base'] === base && typeof kept['key'] === 'string'
			? kept['key']
			: undefined;
	}

	/** @param key undefined: there is none. */
	async keep(base: string, key: string | undefined): Promise<void> {
		await (key === undefined ? this.forget() : this.secrets.store(SERVER_KEY, JSON.stringify({ base, key })));
	}

	async forget(): Promise<void> {
		await this.secrets.delete(SERVER_KEY);
	}
}
