/** What a pasted link means: a repository of the hub, one of its files, or a file on any server. */

import { HUB } from './hub';
import { isRepository, modelFileName } from './names';

export type ModelLink =
	| {
			readonly type: 'repository';
			/** Owner and name. */
			readonly repository: string;
			readonly revision: string;
			/** From the root of the repository, or the end of its name; undefined where all are meant. */
			readonly path: string | undefined;
			/** For example `Q4_K_M`, where the link names one. */
			readonly quantisation: string | undefined;
	  }
	| { readonly type: 'file'; readonly address: URL; readonly name: string };

/** Hosts that lead to the hub. */
const HUB_HOSTS: readonly string[] = [HUB, `www.${HUB}`, 'hf.co'];

/**
 * Understands `hf:owner/name`, `hf:owner/name:Q4_K_M`, `hf:owner/name/path.gguf`, plain `owner/name`, pages and files of
 * the hub, and https links to `.gguf` files; undefined for anything else.
 */
export function parseLink(text: string): ModelLink | undefined {
	const link = text.trim();
	const short = /^(?:hf:(?:\/\/)?|hf\.co\/)?([^/:\s]+\/[^/:\s]+)(?::([\w-]+)|\/(\S+))?$/i.exec(link);
	if (short !== null && !/^https?:/i.test(link)) {
		return repositoryLink(short[1] ?? '', 'main', short[3], short[2]);
	}
	if (!URL.canParse(link)) {
		return undefined;
	}
	const address = new URL(link);
	if (address.protocol !== 'https:' || address.username !== '' || address.password !== '') {
		return undefined;
	}
	if (HUB_HOSTS.includes(address.hostname)) {
		const [owner = '', name = '', kind, revision, ...path] =
			decoded(address.pathname)?.split('/').slice(1) ?? [];
		const isFile = kind === 'resolve' || kind === 'blob' || kind === 'raw';
		return repositoryLink(
			`${owner}/${name}`,
			(isFile || kind === 'tree' ? revision : undefined) ?? 'main',
			isFile ? path.join('/') : undefined,
			undefined,
		);
	}
	const name = modelFileName(decoded(address.pathname) ?? '');
	return name === undefined ? undefined : { type: 'file', address, name };
}

function repositoryLink(
	repository: string,
	revision: string,
	path: string | undefined,
	quantisation: string | undefined,
): ModelLink | undefined {
	const isPath = path === undefined || modelFileName(path) !== undefined;
	return isRepository(repository) && isPath && /^[\w.-]+$/.test(revision)
		? { type: 'repository', repository, revision, path, quantisation: quantisation?.toUpperCase() }
		: undefined;
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
