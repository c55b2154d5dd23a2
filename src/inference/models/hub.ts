/** What the Hugging Face hub says of repositories and their files; nothing it says is believed unchecked. */

import type { Translate } from '../statusText';
import { anyOf, boolean, type Check, count, list, object, optional, shortString } from '../wire/shapes';
import { DownloadFailure } from './failure';
import { isRepository } from './names';
import type { ListedFile } from './variants';
import type { Token, Web } from './web';

export const HUB = 'huggingface.co';
/** Repositories that a search shows. */
const MOST_FOUND = 40;
/** Pages of a list of files that are read: a thousand files each. */
const MOST_PAGES = 5;

export interface FoundRepository {
	/** Owner and name. */
	readonly repository: string;
	readonly downloads: number;
	/** As the hub's tags have it, for example `apache-2.0`. */
	readonly licence: string | undefined;
	/** Given only to those who accept its terms. */
	readonly isGated: boolean;
}

interface RawFound {
	readonly id: string;
	readonly downloads: number | undefined;
	readonly gated: boolean | string | undefined;
	readonly tags: readonly string[] | undefined;
}

interface RawFile {
	readonly type: string;
	readonly path: string;
	readonly size: number | undefined;
	readonly lfs: { readonly oid: string; readonly size: number } | undefined;
}

const found: Check<readonly RawFound[]> = list(
	object<RawFound>({
		id: shortString,
		downloads: optional(count),
		gated: optional(anyOf(boolean, shortString)),
		tags: optional(list(shortString)),
	}),
);
const files: Check<readonly RawFile[]> = list(
	object<RawFile>({
		type: shortString,
		path: shortString,
		size: optional(count),
		lfs: optional(object<{ oid: string; size: number }>({ oid: shortString, size: count })),
	}),
);

export class Hub {
	constructor(
		private readonly web: Pick<Web, 'json'>,
		private readonly translate: Translate,
	) {}

	/** Repositories with GGUF files for some words, the most downloaded first. */
	async search(words: string, signal: AbortSignal): Promise<readonly FoundRepository[]> {
		const address = new URL(`https://${HUB}/api/models`);
		address.search = String(
			new URLSearchParams({
				search: words,
				filter: 'gguf',
				sort: 'downloads',
				direction: '-1',
				limit: String(MOST_FOUND),
			}),
		);
		const { value } = await this.web.json(address, undefined, signal);
		return this.checked(value, found)
			.filter(({ id }) => isRepository(id))
			.map(({ id, downloads, gated, tags }) => ({
				repository: id,
				downloads: downloads ?? 0,
				licence: tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length),
				isGated: gated !== undefined && gated !== false,
			}));
	}

	/**
	 * All files of a repository, with their sizes and hashes.
	 * @param revision branch, tag or commit.
	 */
	async files(
		repository: string,
		revision: string,
		token: string | undefined,
		signal: AbortSignal,
	): Promise<readonly ListedFile[]> {
		const listed: ListedFile[] = [];
		const path = `/api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;
		let next: URL | undefined = new URL(path, `https://${HUB}`);
		for (let page = 0; page < MOST_PAGES && next !== undefined; page++) {
			const { value, headers } = await this.web.json(next, tokenFor(token), signal);
			for (const { type, path, size, lfs } of this.checked(value, files)) {
				const bytes = lfs?.size ?? size;
				if (type === 'file' && bytes !== undefined) {
					listed.push({ path, bytes, sha256: sha256Of(lfs?.oid) });
				}
			}
			next = nextPage(headers['link']);
		}
		return listed;
	}

	private checked<T>(value: unknown, check: Check<T>): T {
		if (!check(value)) {
			throw new DownloadFailure(
				this.translate(
					'{0} answers in a way that Familiar does not understand. Paste a link to the file instead.',
					HUB,
				),
				'final',
			);
		}
		return value;
	}
}

/** Where a file of a repository is downloaded from. */
export function fileAddress(repository: string, revision: string, path: string): URL {
	const encoded = path.split('/').map(encodeURIComponent).join('/');
	return new URL(`/${repository}/resolve/${encodeURIComponent(revision)}/${encoded}`, `https://${HUB}`);
}

/** Only the hub itself may see it. */
export function tokenFor(token: string | undefined): Token {
	return { host: HUB, value: token };
}

function sha256Of(oid: string | undefined): string | undefined {
	return /^(?:sha256:)?([0-9a-f]{64})$/.exec(oid ?? '')?.[1];
}

/** `<…>; rel="next"`, which must stay with the hub: a token goes along. */
function nextPage(link: string | string[] | undefined): URL | undefined {
	const address = /<([^>]+)>\s*;\s*rel="next"/.exec(String(link ?? ''))?.[1];
	return address !== undefined && URL.canParse(address) && new URL(address).host === HUB
		? new URL(address)
		: undefined;
}
