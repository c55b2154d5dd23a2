/** Opens a model of the server that the settings name; read from disk when they name one. */

import { readAddress } from './address';
import { RemoteModel, type RemoteModelOptions } from './remoteModel';

export interface OpenRemoteOptions extends Omit<RemoteModelOptions, 'address' | 'refusal' | 'key'> {
	/** As it is written. */
	readonly url: string;
	/** The key for a server, by its base; undefined where there is none for that. */
	readonly key: (base: string) => PromiseLike<string | undefined>;
}

/** An address to which nothing may be sent gives a model that has failed, and says why. */
export function openRemote({ url, key, ...options }: OpenRemoteOptions): RemoteModel {
	const read = readAddress(url, options.translate);
	return read.type === 'address'
		? new RemoteModel({ ...options, address: read.address, key: () => key(read.address.base) })
		: new RemoteModel({
				...options,
				address: { base: '', host: url.slice(0, 100), place: 'internet', isEncrypted: true },
				refusal: read.reason,
				key: async () => undefined,
			});
}
