/** The address of a server, as a user writes it, and whether code may go there. */

import type { Translate } from '../statusText';

export interface ServerAddress {
	/** Without `/v1` and without a slash at its end. */
	readonly base: string;
	/** Name and port, for people. */
	readonly host: string;
	/** `machine`: this one. `network`: a private one, or a name without a dot. */
	readonly place: 'machine' | 'network' | 'internet';
	readonly isEncrypted: boolean;
}

export type ReadAddress =
	| { readonly type: 'address'; readonly address: ServerAddress }
	| { readonly type: 'refused'; readonly reason: string };

/**
 * Beyond this machine and its private network code and key go encrypted, or not at all.
 * @param text a URL; `http://` may be left out for this machine.
 */
export function readAddress(text: string, translate: Translate): ReadAddress {
	const written = text.trim();
	const refused = (reason: string): ReadAddress => ({ type: 'refused', reason });
	if (!URL.canParse(written) || !/^https?:\/\//i.test(written)) {
		return refused(
			translate(
				'{0} is not the address of a server. It begins with https:// or http://, as in https://models.example.com or http://localhost:8080.',
				written.slice(0, 200),
			),
		);
	}
	const url = new URL(written);
	if (url.username !== '' || url.password !== '') {
		return refused(
			translate(
				'The address of {0} holds a user name or a password, and settings are no place for them. Leave them out, and enter the key when you are asked for it.',
				url.host,
			),
		);
	}
	const place = placeOf(url.hostname);
	const isEncrypted = url.protocol === 'https:';
	if (!isEncrypted && place === 'internet') {
		return refused(
			translate(
				'{0} is asked without encryption (http), and it is not on this machine or a private network: everybody on the way could read your code and the key. Use an https address.',
				url.host,
			),
		);
	}
	const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
	return {
		type: 'address',
		address: { base: `${url.origin}${path}`, host: url.host, place, isEncrypted },
	};
}

function placeOf(hostname: string): ServerAddress['place'] {
	const name = hostname
		.toLowerCase()
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '');
	if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d+){3}$/.test(name)) {
		return 'machine';
	}
	// RFC 1918, link-local, what carriers share (RFC 6598, mesh networks use it); the same of IPv6; names that only a private network knows.
	const isPrivate =
		/^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(
			name,
		) ||
		(name.includes(':') && /^(f[cd]|fe[89ab])/.test(name)) ||
		/\.(local|lan|internal|home\.arpa)$/.test(name) ||
		(!name.includes('.') && !name.includes(':'));
	return isPrivate ? 'network' : 'internet';
}
